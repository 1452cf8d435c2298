"""What a configuration is made of: plain values, of which only the names are judged here. How each syntax spells them: `syntax`."""

import re
from typing import NamedTuple

from adapter.exits import Misuse

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
# What useradd(8) of Debian takes, and a number.
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}\$?|[0-9]{1,10}")

# What no syntax here needs quotes for: these stand on lines of their own too, where quotes would be part of the path.
_PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")


class Values(NamedTuple):
    """One service. A relative path is meant from the directory of the configuration on. What is None was not asked for."""

    name: str  # of the service: in file names, in the supervisor's own commands
    app: str | None = None
    config: str | None = None  # a file for --config, instead of everything below up to `workers`
    chdir: str | None = None
    bind: str = "127.0.0.1:8000"  # HOST:PORT; $NAME as port: a variable of the supervisor's environment
    workers: str = "2"
    drain: int = 20  # seconds
    more: tuple[tuple[str, ...], ...] = ()  # further options of `serve`: each its name, and its value if it has one
    program: str = "adapter"
    user: str | None = None
    run: str = "."  # for sockets and pidfiles
    logs: str = "."
    python: str = "3.12"  # of Docker's base image
    command: tuple[str, ...] = ()  # a companion's, instead of everything about adapter
    told: tuple[str, ...] = ()  # of a companion: where it comes from, and what there is to change
    besides: tuple[str, ...] = ()  # the files of companions that a whole configuration includes

    @property
    def host(self) -> str:
        """Of `bind`."""
        return self.bind.rpartition(":")[0]

    @property
    def port(self) -> str:
        """Of `bind`."""
        return self.bind.rpartition(":")[2]


def plain(text: str) -> bool:
    """Whether every syntax takes it without quotes."""
    return _PLAIN.fullmatch(text) is not None


def checked(values: Values) -> Values:
    """The same values. Raises Misuse for a name that would mean something else to a shell, a file system or a supervisor."""
    if not _NAME.fullmatch(values.name):
        raise Misuse(
            f"a service cannot be named {values.name!r}: file names and every supervisor's commands take letters, digits, _ and -"
            " (63 at most, a letter or digit first); say --name"
        )
    if values.user is not None and not _USER.fullmatch(values.user):
        raise Misuse(f"{values.user!r} is no name of a user: give one as useradd takes it, or a number, with --user")
    for text in (*values[1:], *(word for option in values.more for word in option), *values.command, *values.told):
        if isinstance(text, str) and not text.isprintable():
            raise Misuse(f"{text!r} has control characters: in a configuration they could begin a line of their own")
    for path in (values.run, values.logs):
        if not plain(path):
            raise Misuse(
                f"{path!r} cannot be the directory of logs and sockets: not every supervisor takes its characters unquoted"
            )
    return values
