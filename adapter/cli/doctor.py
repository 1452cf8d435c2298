"""`adapter doctor`: what is wrong with how a server is run."""

import os

import click

from adapter.cli.target import as_json, seconds
from adapter.exits import Misuse
from adapter.supervisors import proxyconf

_EXAMPLE = """\b
Example:
  adapter doctor /run/shop.control --proxy-keepalive 60
  adapter doctor /run/shop.pid --proxy-keepalive /etc/nginx/conf.d/shop.conf
  adapter doctor --json | jq .findings"""


@click.command("doctor", short_help="Say what is wrong with how a server is run, and what to do.", epilog=_EXAMPLE)
@click.argument("target", metavar="[TARGET]", required=False)
@click.option(
    "--proxy-keepalive", metavar="TIME|FILE", help="How long the proxy in front keeps idle connections, or nginx' configuration."
)
@click.option("--patience", metavar="TIME", help="How long a container has to stop (docker run --stop-timeout). [10]")
@as_json
def command(target: str | None, *, proxy_keepalive: str | None, patience: str | None, as_json: bool) -> int:
    """Look at a running server and at its supervisor, and say in a line each what is wrong, and the remedy.

    TARGET is its control socket or its pidfile; without one it is ADAPTER_CONTROL, ADAPTER_PIDFILE, or every server that is found.

    Exit 0 when all is well, 1 when something is wrong, 100 when asked wrongly, 111 when the server cannot be asked.
    """
    from adapter.roles.asking import doctor  # noqa: PLC0415 -- `--help` does not need it

    given = doctor.Given(_proxy(proxy_keepalive), seconds(patience, "--patience"))
    return doctor.doctor(target, given, as_json=as_json)


def _proxy(said: str | None) -> float | None:
    """Raises Misuse."""
    if said is None or not os.path.exists(said):
        return seconds(said, "--proxy-keepalive")
    try:
        with open(said, encoding="utf-8", errors="replace") as file:
            return proxyconf.idle(file.read())
    except OSError as error:
        raise Misuse(f"--proxy-keepalive: cannot read {said}: {error.strerror}; say a time, or nginx' configuration") from None
