"""`adapter serve`: the server itself, in the foreground."""

import click

from adapter.cli.options import TableCommand, from_table, given
from adapter.cli.quick import serve

_EXAMPLE = """\b
Example:
  adapter serve shop.wsgi:app --bind 8000 --workers 4 --drain-timeout 25s

Every option can also be said in the environment (--drain-timeout is ADAPTER_DRAIN_TIMEOUT)
and in a config file; the command line wins. [x] is the default."""


@click.command("serve", short_help="Serve an application over HTTP, in the foreground.", cls=TableCommand, epilog=_EXAMPLE)
@from_table(inetd=False)
@click.pass_context
def command(ctx: click.Context, /, **_: object) -> int:
    """Serve APP over HTTP, in the foreground, for a supervisor.

    APP is pkg.mod:callable, pkg.mod:factory(), file.py or file.py:callable; `application`, then `app`, when left out.
    TERM drains and stops, HUP reloads under the same process id; `adapter signals` tells the rest.
    """
    return serve(given(ctx))
