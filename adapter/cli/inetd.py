"""`adapter inetd --help`. The command itself never comes here: `adapter.__main__` goes straight to `roles.inetd`, without click."""

import click

from adapter.cli.options import TableCommand, from_table

_EXAMPLE = """\b
Examples:
  tcpserver 127.0.0.1 8000 adapter inetd shop.wsgi
  socat TCP-LISTEN:8000,fork,reuseaddr EXEC:"adapter inetd shop.wsgi"
  server_args = inetd shop.wsgi     (xinetd; server is adapter's path)

[x] is the default."""


@click.command(
    "inetd", short_help="Serve it on standard input and output, for inetd and its like.", cls=TableCommand, epilog=_EXAMPLE
)
@from_table(inetd=True)
def command(**_: object) -> int:
    """Serve APP on standard input and output, for inetd, xinetd, tcpserver or socat.

    A connection on fd 0 (`nowait`) is served, with all its requests, and we exit. A listening socket on fd 0 (`wait`)
    makes us a normal server until --idle-exit. What APP prints never reaches the client.
    """
    raise AssertionError("adapter.__main__ dispatches inetd")
