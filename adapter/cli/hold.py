"""`adapter hold --help`. The command itself never comes here: `adapter.__main__` goes straight to `roles.hold`, without click."""

import click

from adapter.config.holding import OPTIONS, Holding, spelled
from adapter.config.kinds import FLAG, OCTAL

_EXAMPLE = """\b
Example:
  adapter hold /run/shop.hold web=127.0.0.1:8000
  adapter serve shop.wsgi --bind hold:/run/shop.hold#web

TERM ends it. HUP: a new image of itself, the listeners kept, FILE read again.
USR1: tells in the log what is held. It speaks the protocol of s6-fdholderd, so
s6-fdholder-retrieve and s6-fdholder-list are clients of it, too. [x] is the default."""


def _default(name: str) -> str:
    value = Holding._field_defaults[name]
    if not value or OPTIONS[name].kind is FLAG:
        return ""
    return f" [{value:o}]" if OPTIONS[name].kind is OCTAL else f" [{value}]"


def _options() -> list[click.Option]:
    return [
        click.Option(
            ["--log-time/--no-log-time" if name == "log_time" else spelled(name)],
            is_flag=option.kind is FLAG,
            multiple=option.many,
            metavar=option.kind.metavar or None,
            help=option.help + _default(name),
        )
        for name, option in OPTIONS.items()
    ]


def _never(**_: object) -> int:
    raise AssertionError("adapter.__main__ dispatches hold")


command = click.Command(
    "hold",
    short_help="Keep listening sockets open for servers that come and go.",
    epilog=_EXAMPLE,
    params=[
        click.Argument(["socket"], metavar="SOCKET"),
        click.Argument(["listeners"], nargs=-1, metavar="[NAME=]ADDR..."),
        *_options(),
    ],
    callback=_never,
    help="""Keep listening sockets open, and give them to servers that come and go.

    Whoever may ask at SOCKET (a UNIX socket, mode 600; who asks is checked as well) gets a duplicate of the listener NAME. While
    no server is there, clients wait in the kernel's queue: a restart, a crash or a kill -9 of the server refuses nobody.
    ADDR is as for --bind; without a NAME it is called by its address.""",
)
