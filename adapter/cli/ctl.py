"""`adapter ctl`: every command there is, by whatever names a running server."""

import click

from adapter.cli.target import as_json, seconds, target, waiting
from adapter.config.nearest import meant
from adapter.exits import STOPPED, Misuse
from adapter.lifecycle.commands import MEANINGS, NO_NUMBER, NUMBERS, Command

_DIGITS = 9
_EXAMPLE = """\b
Example:
  adapter ctl /run/shop.control chain-reload --wait
  adapter ctl /run/shop.control workers 8
  adapter ctl /run/shop.fifo reopen-logs
  adapter ctl --list"""


def _list(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 -- click's signature
    if not asked or ctx.resilient_parsing:
        return
    names = {_spelled(command): MEANINGS[command] for command in Command if command is not Command.NOTHING}
    width = max(map(len, names))
    for name, meaning in names.items():
        click.echo(f"{name:<{width}}  {meaning}")
    ctx.exit(STOPPED)


def _spelled(command: Command) -> str:
    """As one types it."""
    takes = NUMBERS.get(command, NO_NUMBER)
    return command.value if takes is NO_NUMBER else f"{command.value} {'NUMBER' if takes.needed else '[NUMBER]'}"


@click.command("ctl", short_help="Ask a running server for anything it can do.", epilog=_EXAMPLE)
@target
@click.argument("name", metavar="COMMAND")
@click.argument("number", metavar="[NUMBER]", required=False)
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="Show every COMMAND, and exit.")
@waiting("it has come to its end (reloads and stops)")
@as_json
def command(target: str, name: str, number: str | None, *, wait: bool, timeout: str | None, as_json: bool) -> int:
    """Ask a running server for anything it can do; --list shows every COMMAND, and which of them take a NUMBER.

    TARGET names the server by a path, and what that is decides how it is asked: a control socket, a FIFO (by letters), or a pidfile (by
    the control socket the server was started with, else by signals). Only a control socket answers, so --wait needs one; but a stop
    can be waited for by the pidfile, too.

    Exit 0 when it was done, 1 when it failed, 100 when that
    target cannot do it, 111 when the server is lost or silent.
    """
    limit = seconds(timeout)
    from adapter.roles.asking import ctl, remote  # noqa: PLC0415 -- `--help` does not need it

    commands = {each.value: each for each in Command if each is not Command.NOTHING}
    if name not in commands:
        raise Misuse(f"there is no command {name}{meant(name, tuple(commands))}; `adapter ctl --list` shows them all")
    if commands[name] is Command.STATUS and ctl.can_answer(target):
        return remote.status(target, as_json=as_json, ready=False)
    which = _number(name, commands[name], number)
    return ctl.ctl(target, commands[name], which, wait=wait or limit is not None, timeout=limit, as_json=as_json)


def _number(name: str, command: Command, text: str | None) -> int | None:
    takes = NUMBERS.get(command, NO_NUMBER)
    if takes is NO_NUMBER and text is not None:
        raise Misuse(f"{name} takes no number: leave {text} out")
    if text is None and takes.needed:
        raise Misuse(f"{name} takes a number: {takes.says}")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS or not takes.allows(int(text)):
        raise Misuse(f"'{text}' is no number for {name}, which takes one: {takes.says}")
    return int(text)
