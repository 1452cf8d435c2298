"""`adapter reload`."""

import click

from adapter.cli.target import seconds, target, waiting


@click.command(
    "reload",
    short_help="Reload a running server: new code, same process id.",
    epilog="\b\nExample:\n  adapter reload /run/shop.control --wait",
)
@target
@waiting("the new generation serves; exit 0 then, and otherwise say why it does not")
def command(target: str, *, wait: bool, timeout: str | None) -> int:
    """Reload the server that TARGET (a pidfile or control socket) names: new code, new config, same process id.

    The old generation serves until the new one is ready, and goes on serving if it never is. Only a control socket can answer: --wait needs one.
    """
    limit = seconds(timeout)
    from adapter.roles import remote  # noqa: PLC0415 -- `--help` does not need it

    return remote.reload(target, wait=wait or limit is not None, timeout=limit)
