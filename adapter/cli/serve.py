"""`adapter serve`: the server itself, in the foreground."""

import os

import click

from adapter.cli.options import TableCommand, from_table, given
from adapter.config.resolve import near_misses, resolve
from adapter.exits import STOPPED
from adapter.log import Log

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
    said = given(ctx)
    log = Log(2, stamp=False)
    for sentence in near_misses(os.environ):
        log.warning(sentence)
    if ctx.params["check"]:
        log.info("the options are good", app=resolve(said, os.environ).app)
        return STOPPED
    from adapter.roles import master  # noqa: PLC0415 -- `--help` and `--check` do not need it

    # The master reads for itself: an image that took over a running server goes on even when it cannot.
    return master.run(lambda: resolve(said, os.environ))
