"""`adapter reload`: short for `adapter ctl TARGET reload`."""

import click

from adapter.cli.target import as_json, seconds, target, waiting
from adapter.lifecycle.commands import Command


@click.command(
    "reload",
    short_help="Reload a running server: new code, same process id.",
    epilog="\b\nExample:\n  adapter reload /run/shop.control --wait",
)
@target
@waiting("the new generation serves; exit 0 then, and otherwise say why it does not")
@as_json
def command(target: str, *, wait: bool, timeout: str | None, as_json: bool) -> int:
    """Reload the server that TARGET names (by its control socket, pidfile or FIFO): new code, new config, same process id.

    The old generation serves until the new one is ready, and goes on serving if it never is. Only a control socket can answer: --wait needs one.
    """
    limit = seconds(timeout)
    from adapter.roles.asking import ctl  # noqa: PLC0415 -- `--help` does not need it

    return ctl.ctl(target, Command.RELOAD, wait=wait or limit is not None, timeout=limit, as_json=as_json)
