"""`adapter stop`: short for `adapter ctl TARGET stop`."""

import click

from adapter.cli.target import as_json, seconds, target, waiting
from adapter.lifecycle.commands import Command


@click.command(
    "stop",
    short_help="Stop a running server; what is in flight finishes.",
    epilog="\b\nExample:\n  adapter stop /run/shop.pid --wait --timeout 30s",
)
@target
@waiting("it has gone")
@as_json
def command(target: str, *, wait: bool, timeout: str | None, as_json: bool) -> int:
    """Stop the server that TARGET names (by its control socket, pidfile or FIFO): requests in flight finish first.

    Under a supervisor use the supervisor's own stop: it would start the server again.
    """
    limit = seconds(timeout)
    from adapter.roles.asking import ctl  # noqa: PLC0415 -- `--help` does not need it

    return ctl.ctl(target, Command.STOP, wait=wait or limit is not None, timeout=limit, as_json=as_json)
