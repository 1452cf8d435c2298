"""The holder of conf/hold under the real svscan, runsvdir and s6-svscan, and the real s6-fdholderd as a holder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest

from kit.load import Load
from kit.scandir import KINDS, RUNSVDIR, Kind, Scandir
from kit.server import Adapter, Caged, listening
from kit.supervisord import Supervisord

Record = Callable[[str, object], None]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_restarts_and_kills_refuse_nobody(kind: Kind, record_property: Record) -> None:
    """`svc -t`, `sv restart`, `s6-svc -r`, then kill -9 of the master, a HUP of the holder, and down and up: 0 refused, 0 reset, 0 lost."""
    with Scandir(kind) as site, Load(site.address) as load:
        pid = site.pid()
        site.deploy("exact.py", 2)
        site.restart()
        assert site.pid() != pid
        load.until("2")
        mark = site.logs["web"].mark()
        os.kill(site.pid(), SIGKILL)
        assert "serving" in site.serving(mark)
        load.lap()
        assert site.say(kind.hup, "hold")[1] == 0
        down, _ = site.say(kind.down, "web")
        site.logs["web"].wait_for("adapter: info: stopped code=0", since=down)
        assert listening(site.address)
        up, code = site.say(kind.up, "web")
        assert (code, "serving" in site.serving(up)) == (0, True)
        load.lap()
        report = load.stop().told(record_property)
        assert report.failed == 0, str(report)
        assert "adapter: fatal:" not in "\n".join(site.logs["web"].all()[mark:])


def test_a_rolling_restart_of_two(record_property: Record) -> None:
    """Two services on one held socket, restarted one by one: 0 failed of all, and both run the new release."""
    with Scandir(RUNSVDIR, "web", "web2") as site, Load(site.address) as load:
        site.deploy("exact.py", 2)
        for name in site.servers:
            site.restart(name)
        load.lap()
        assert load.lap() == {"2"}
        report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


def test_supervisorctl_restart_refuses_nobody(record_property: Record) -> None:
    """`supervisorctl restart` of a [program] beside a holder, then kill -9 of its master: 0 refused, 0 reset, 0 lost."""
    with Supervisord("adapter-hold.conf") as sv, Load(sv.address) as load:
        pids = sv.pids()
        sv.deploy("exact.py", 2)
        sv.ctl("restart", "web")
        assert sv.pids() != pids
        load.until("2")
        mark = sv.logs["web"].mark()
        os.kill(sv.pids()[0], SIGKILL)
        sv.logs["web"].wait_for("adapter: info: serving generation=", since=mark)
        load.lap()
        report = load.stop().told(record_property)
        assert report.failed == 0, str(report)


STORE = """
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
os.dup2(listener.fileno(), 0)
os.execvp("s6-fdholder-store", ["s6-fdholder-store", sys.argv[1], sys.argv[2]])
"""


def test_the_real_s6_fdholderd_is_a_holder(tmp_path: Path) -> None:
    """A listener stored in s6-fdholderd is had by `hold:`; restarts under load lose nothing; what it does not allow is a sentence."""
    env = tmp_path / "rules" / "uid" / str(os.getuid()) / "env"
    env.mkdir(parents=True)
    (env.parent / "allow").touch()
    for right in ("STORE", "RETRIEVE"):
        (env / f"S6_FDHOLDER_{right}_REGEX").write_text("^tcp:\n")
    path = tmp_path / "fdh"
    holder = Caged(["s6-fdholder-daemon", "-1", "-i", str(tmp_path / "rules"), str(path)], tmp_path, os.environ)
    try:
        holder.log.wait_for("^$")  # -1: a line when it is ready
        subprocess.run([sys.executable, "-c", STORE, str(path), "tcp:web"], check=True, timeout=30)
        bind = f"hold:{path}#tcp:web"
        with Adapter("exact.py", bind=(bind,), keeps_listener=True) as one:
            address = one.address
            with Load(address) as load:
                assert one.stop() == 0
                with Adapter("exact.py", bind=(bind,), keeps_listener=True) as two:
                    two.wait_for("adapter: info: serving generation=")
                    two.reload()
                    load.lap()
                    report = load.stop()
        assert report.failed == 0, str(report)
        for name, said in (
            ("tcp:none", "the holder has nothing named tcp:none"),
            ("other", "it refuses us; allow this user there"),
            ("", "it refuses us; allow this user there"),
        ):
            with Adapter("exact.py", bind=(f"hold:{path}#{name}",)) as refused:
                assert refused.process.exit_code() == 111
                refused.wait_for(f"adapter: fatal: cannot have hold:{path}(#{name})?: {said}")
    finally:
        holder.end()
