"""`adapter status`."""

import click

from adapter.cli.target import target


@click.command(
    "status",
    short_help="Show what a running server consists of.",
    epilog="\b\nExample:\n  adapter status /run/shop.control --json",
)
@target
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(target: str, *, as_json: bool) -> int:
    """Show master, generations and workers of the server that TARGET (a control socket) names."""
    from adapter.roles import remote  # noqa: PLC0415 -- `--help` does not need it

    return remote.status(target, as_json=as_json)
