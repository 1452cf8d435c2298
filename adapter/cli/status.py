"""`adapter status`."""

import click

from adapter.cli.target import target


@click.command(
    "status",
    short_help="Show how a running server stands.",
    epilog="\b\nExample:\n  adapter status /run/shop.control --json\n  adapter status /run/shop.pid --ready && echo in rotation",
)
@target
@click.option("--json", "as_json", is_flag=True, help="Print the whole record as one JSON object, for programs.")
@click.option("--ready", is_flag=True, help="Only say whether it should be sent requests; exit 0 if so, else 1.")
def command(target: str, *, as_json: bool, ready: bool) -> int:
    """Show on one screen how a running server stands, and what each of its workers is doing.

    TARGET is its control socket, or the pidfile of a server that has one. --ready is for scripts and load balancers: 0 only when every slot
    is served, and the server is neither paused, nor leaving the rotation, nor stopping.
    """
    from adapter.roles.asking import remote  # noqa: PLC0415 -- `--help` does not need it

    return remote.status(target, as_json=as_json, ready=ready)
