"""`adapter stop`."""

import click

from adapter.cli.target import seconds, target, waiting


@click.command(
    "stop",
    short_help="Stop a running server; what is in flight finishes.",
    epilog="\b\nExample:\n  adapter stop /run/shop.pid --wait --timeout 30s",
)
@target
@waiting("it has gone")
def command(target: str, *, wait: bool, timeout: str | None) -> int:
    """Stop the server that TARGET (a pidfile or control socket) names: requests in flight finish first.

    Under a supervisor use the supervisor's own stop: it would start the server again.
    """
    limit = seconds(timeout)
    from adapter.roles import remote  # noqa: PLC0415 -- `--help` does not need it

    return remote.stop(target, wait=wait or limit is not None, timeout=limit)
