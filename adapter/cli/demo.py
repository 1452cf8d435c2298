"""`adapter demo`: the five-minute tour."""

import click

from adapter.roles.demo.kinds import KINDS

_EXAMPLE = """\b
Example:
  adapter demo
  adapter demo runit"""


@click.command("demo", short_help="Show it all under a real supervisor, with visitors who count.", epilog=_EXAMPLE)
@click.argument("kind", metavar="[KIND]", type=click.Choice(list(KINDS)), default="supervisord")
@click.option("--fast", is_flag=True, help="Without pauses for a reader.")
def command(kind: str, *, fast: bool) -> int:
    """Run KIND (supervisord, daemontools, runit, s6; supervisord comes with adapter) in a temporary directory with what `adapter conf` writes,
    send visitors, and show a restart, a reload, a broken deploy and a rollback, with what was answered and lost at each step.

    Nothing stays behind, also after Ctrl-C. Exit 0 when nothing was lost that should not be, else 1; 100 when KIND is not installed.
    """
    from adapter.roles.demo import tour  # noqa: PLC0415 -- `--help` does not need it

    return tour.demo(kind, fast=fast)
