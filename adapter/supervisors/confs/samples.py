"""The values of the repository's conf/: `python -m adapter.supervisors.confs.samples conf` writes it anew; a test compares them."""

import sys
from typing import NamedTuple

from adapter.supervisors.confs.companions import beside
from adapter.supervisors.confs.kinds import KINDS
from adapter.supervisors.confs.rendering import File, render
from adapter.supervisors.confs.shelf import templates
from adapter.supervisors.confs.values import Values
from adapter.unix.deposits import put


class Sample(NamedTuple):
    """A directory of conf/, and what is rendered into it."""

    folder: str
    kind: str
    values: Values


# Runs from any checkout, as whoever starts it: adapter is on the path, and what it writes lies beside the configuration.
_CHECKOUT = Values(name="web", app="hello.py", chdir="../../examples")
# As on a server: a directory with the virtualenv, the releases and a link to the current one.
_SITE = Values(
    name="shop",
    app="hello.py",
    chdir="/opt/shop/current",
    program="/opt/shop/venv/bin/adapter",
    user="www-data",
    run="/opt/shop/log",
    logs="/opt/shop/log",
)
# The programs beside them.
_BESIDE = Values(name="tasks", command=("python", "-u", "tasks.py"), chdir="../../../examples")
_BESIDE_SITE = _SITE._replace(name="shop-tasks", app=None, command=("/opt/shop/venv/bin/python", "-u", "tasks.py"))

SAMPLES = (
    Sample("supervisord", "supervisord", _CHECKOUT._replace(bind="127.0.0.1:$PORT")),
    Sample("supervisord", "supervisord-fcgi", _CHECKOUT._replace(bind="127.0.0.1:$PORT")),
    Sample("daemontools", "daemontools", _CHECKOUT),
    Sample("runit", "runit", _CHECKOUT),
    Sample("s6", "s6", _CHECKOUT),
    Sample("circus", "circus", _CHECKOUT._replace(bind="127.0.0.1:$PORT")),
    Sample("xinetd", "xinetd", _SITE),
    Sample("xinetd", "xinetd-wait", _SITE),
    Sample("inetd", "inetd", _SITE),
    Sample("inetd", "inetd-wait", _SITE),
    Sample("inetd", "tcpserver", _SITE),
    Sample("inetd", "socat", _SITE),
    Sample("initd", "initd", _SITE),
    Sample("openrc", "openrc", _SITE),
    Sample("rcd", "rcd", _SITE),
    Sample("systemd", "systemd", _SITE._replace(run="/run/shop")),
    Sample("systemd/socket", "systemd-socket", _SITE._replace(run="/run/shop")),
    Sample("systemd/inetd", "systemd-inetd", _SITE._replace(run="/run/shop")),
    Sample("monit", "monit", _SITE),
    Sample("upstart", "upstart", _SITE),
    Sample("docker", "docker", _SITE),
    Sample("s6-overlay", "s6-overlay", _SITE),
    Sample("beside/supervisord", "supervisord", _BESIDE),
    Sample("beside/daemontools", "daemontools", _BESIDE),
    Sample("beside/runit", "runit", _BESIDE),
    Sample("beside/s6", "s6", _BESIDE),
    Sample("beside/circus", "circus", _BESIDE),
    Sample("beside/initd", "initd", _BESIDE_SITE),
    Sample("beside/openrc", "openrc", _BESIDE_SITE),
    Sample("beside/rcd", "rcd", _BESIDE_SITE),
    Sample("beside/systemd", "systemd", _BESIDE_SITE),
    Sample("beside/monit", "monit", _BESIDE_SITE),
    Sample("beside/upstart", "upstart", _BESIDE_SITE),
    Sample("beside/s6-overlay", "s6-overlay", _BESIDE_SITE._replace(command=("python", "-u", "tasks.py"))),
)


def rendered(sample: Sample) -> dict[str, File]:
    """The files of a sample, by their path below conf/."""
    kind = beside(KINDS[sample.kind]) if sample.values.command else KINDS[sample.kind]
    files = render(kind, templates(kind), [sample.values._replace(drain=kind.drain)])
    return {f"{sample.folder}/{path}": file for path, file in files.items()}


if __name__ == "__main__":
    for each in SAMPLES:
        put(sys.argv[1], rendered(each), force=True)
