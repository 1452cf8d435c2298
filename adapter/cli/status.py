"""`adapter status`."""

import click

from adapter.cli.target import target


@click.command(
    "status",
    short_help="Show what a running server consists of.",
    epilog="\b\nExample:\n  adapter status /run/shop.control --json\n  adapter status /run/shop.pid --ready && echo in rotation",
)
@target
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--ready", is_flag=True, help="Only say whether it should be sent requests; exit 0 if so, else 1.")
def command(target: str, *, as_json: bool, ready: bool) -> int:
    """Show on one screen how the server stands that TARGET (a control socket, or the pidfile of a server with one) names.

    --ready is for scripts and load balancers: 0 only when every slot is served, and it is neither paused, nor leaving the rotation, nor stopping.
    """
    from adapter.roles.asking import remote  # noqa: PLC0415 -- `--help` does not need it

    return remote.status(target, as_json=as_json, ready=ready)
