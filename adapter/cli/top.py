"""`adapter top`."""

import click

from adapter.cli.target import target
from adapter.config.kinds import SOME_DURATION
from adapter.exits import Misuse


@click.command(
    "top",
    short_help="Watch a running server, live.",
    epilog="\b\nExample:\n  adapter top /run/shop.control",
)
@target
@click.option("--interval", metavar="TIME", default="1s", show_default=True, help="How often to look.")
def command(target: str, *, interval: str) -> int:
    """Watch a running server and its workers: what each is doing and for how long, throughput, latency, backlog, last events.

    TARGET is its control socket, or the pidfile of a server that has one. Keys (the last line shows them) sort the workers, and ask the
    server for a reload, a stop and the like, once you have confirmed it; q quits. NO_COLOR and TERM=dumb are respected.
    """
    try:
        seconds = float(SOME_DURATION.parse(interval) or 0)
    except ValueError:
        raise Misuse(f"--interval: '{interval}' is not {SOME_DURATION.allowed}") from None
    from adapter.roles.asking import finding, top  # noqa: PLC0415 -- `--help` does not need it

    return top.top(finding.control_of(target), seconds)
