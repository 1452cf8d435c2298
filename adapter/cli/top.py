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
    """Watch the workers of the server that TARGET (a control socket or pidfile) names: what each is doing and for how long, throughput,
    latency, backlog, last events.

    Keys sort, and ask the server for a reload or a stop after a confirmation; q quits. NO_COLOR and TERM=dumb are respected.
    """
    try:
        seconds = float(SOME_DURATION.parse(interval) or 0)
    except ValueError:
        raise Misuse(f"--interval: '{interval}' is not {SOME_DURATION.allowed}") from None
    from adapter.roles.asking import finding, top  # noqa: PLC0415 -- `--help` does not need it

    return top.top(finding.control_of(target), seconds)
