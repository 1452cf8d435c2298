"""The table of options as click sees it: parameters, and a `--help` in groups, with every default."""

from collections.abc import Callable
from typing import Any

import click

from adapter.config.kinds import FLAG
from adapter.config.settings import OPTIONS, Option, Settings, spelled
from adapter.config.shown import default
from adapter.exits import Misuse

_LAST = "Control and configuration"  # where `--help` itself is listed


class TableCommand(click.Command):
    """A command whose `--help` shows the table's groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Overrides click's single list."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                option = OPTIONS.get(parameter.name or "")
                groups.setdefault(option.group if option else _LAST, []).append(record)
        width = max(len(spelling) for records in groups.values() for spelling, _ in records)
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl([(spelling.ljust(width), text) for spelling, text in records], col_max=width)


def from_table(*, inetd: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The table's options on a command. Values stay text: `config.resolve` checks them, wherever they come from."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for name, option in reversed(OPTIONS.items()):  # decorators stack from the last to the first
            if option.inetd or not inetd:
                function = _parameter(name, option)(function)
        return function

    return add


def _parameter(name: str, option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    if option.argument:
        return click.argument(name, required=False, metavar=option.kind.metavar)
    spelling = spelled(name)
    if option.kind is FLAG and not option.only_asked:
        spelling = f"{spelling}/{spelling.replace('--', '--no-', 1)}"
    shown = default(name)
    return click.option(
        *([option.short] if option.short else []),
        spelling,
        name,
        is_flag=option.kind is FLAG,
        multiple=option.many,
        default=None,
        metavar=option.kind.metavar or None,
        help=option.help + (f" [{shown}]" if shown else ""),
        callback=None if option.kind is FLAG else _no_option,
    )


def _no_option(_: click.Context, parameter: click.Parameter, value: object) -> object:
    """In `--bind --workers 3` click takes `--workers` for the address, and would complain about the 3."""
    for text in value if isinstance(value, tuple) else (value,):
        if isinstance(text, str) and text.startswith("--"):
            raise Misuse(f"{parameter.opts[-1]} needs a value, and the option {text} follows it")
    return value


def given(ctx: click.Context) -> dict[str, object]:
    """What the command line says, for `resolve`."""
    return {name: ctx.params[name] for name in Settings._fields if name in ctx.params}
