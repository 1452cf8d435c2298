"""`read`: from `FILE[:section]` to what it says, in order, with nothing left to fill in."""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from adapter.config.ini import limits
from adapter.config.ini.custom import made_of
from adapter.config.ini.filling import filled, reckoned
from adapter.config.ini.walk import Entry, Kind, Walk
from adapter.config.ini.world import World
from adapter.exits import Misuse, SystemFailure

_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
_OWN_WORDS: Final = ("log", "req-log", "route")  # whose values have %(…) of their own: log-format = %(addr)


class Written(NamedTuple):
    """One option as it was written; a name without a value has "", which is true. `place` is FILE:LINE, or a variable's name."""

    name: str
    value: str
    place: str


class Reading(NamedTuple):
    """`lines` is the section that was asked for, `native` is [adapter]; `used` are the names that some `%(name)` took;
    `files` are all that were read as INI or TOML, by their absolute paths.
    """

    lines: tuple[Written, ...]
    native: tuple[Written, ...]
    remarks: tuple[str, ...]
    used: frozenset[str]
    files: tuple[str, ...] = ()


def read(spec: str, environ: Mapping[str, str], *, again: bool = False, world: World | None = None) -> Reading:
    """Everything the file says. `again`: this is a reload (`if-reload`). Raises Misuse or SystemFailure."""
    if world is None:
        from adapter.config.ini.disk import Disk  # noqa: PLC0415 -- everything else here only thinks

        world = Disk()
    walk = Walk(world, environ, again=again)
    walk.environment(spec)
    walk.begin(spec)
    blanks = _Blanks(walk, environ, world)
    entries = blanks.fill(walk.entries)
    entries += _inherited(walk, entries)
    remarks = [f"{entry.place}: {entry.value}" for entry in entries if entry.kind is Kind.PRINTED]
    return Reading(
        lines=_written(made_of(entries, walk.allowance)),
        native=_written(blanks.fill(walk.native)),
        remarks=tuple(dict.fromkeys(walk.remarks + remarks)),
        used=frozenset(blanks.used),
        files=tuple(sorted(walk.seen)),
    )


def _written(entries: list[Entry]) -> tuple[Written, ...]:
    return tuple(Written(entry.name, entry.value, entry.place) for entry in entries)


def _inherited(walk: Walk, entries: list[Entry]) -> list[Entry]:
    """The files that `inherit` names come last, so theirs is the last word; and nothing is filled in there: both as uWSGI."""
    begin = at = len(walk.entries)
    asked = [entry for entry in entries if entry.kind is Kind.INHERITED]
    while asked:
        entry = asked.pop(0)
        walk.inherit(entry.value, entry.place)
        asked += [later for later in walk.entries[at:] if later.kind is Kind.INHERITED]
        at = len(walk.entries)
    return walk.entries[begin:]


class _Blanks:
    """What is filled in, and where it comes from."""

    def __init__(self, walk: Walk, environ: Mapping[str, str], world: World) -> None:
        self.used: set[str] = set()
        self._walk = walk
        self._environ = environ
        self._world = world
        self._values: dict[str, str] = {}

    def fill(self, entries: list[Entry]) -> list[Entry]:
        """The entries, filled in. The first to have a name gives its value to all who ask, also when it was filled earlier."""
        for sign in "$@":
            entries = [self._filled(entry, sign) for entry in entries]
        for entry in entries:
            if entry.kind in (Kind.OPTION, Kind.PLACEHOLDER):
                self._values.setdefault(entry.name, entry.value)
        return [self._filled(entry, "%") for entry in entries]

    def _filled(self, entry: Entry, sign: str) -> Entry:
        if f"{sign}(" not in entry.value:
            return entry
        looks: dict[str, Callable[[str, Entry], str | None]] = {"$": self._variable, "@": self._content, "%": self._option}
        look = looks[sign]
        value = filled(entry.value, sign, lambda name: look(name, entry), entry.place, self._walk.allowance)
        return entry._replace(value=value)

    def _variable(self, name: str, entry: Entry) -> str | None:
        value = self._environ.get(name)
        if value is None and _VARIABLE.fullmatch(name):
            self._walk.remarks.append(f"{entry.place}: {name} is not in the environment: $({name}) stays as it is")
        return value

    def _content(self, name: str, entry: Entry) -> str:
        """A file's, without the newline at its end."""
        limits.one_line(name, f"{entry.place}: ")
        if "://" in name:
            raise Misuse(f"{entry.place}: cannot read {name[:60]}: only files are read; put what it gives into one")
        try:
            data = self._world.contents(name, limits.VALUE)
            text = data.decode()
        except (Misuse, SystemFailure) as error:
            raise type(error)(f"{entry.place}: {error.sentence}") from None
        except UnicodeDecodeError as error:
            raise Misuse(f"{entry.place}: cannot read {name}: byte {error.start} is not UTF-8") from None
        if "\0" in text:
            raise Misuse(f"{entry.place}: cannot read {name}: there is a NUL byte, so this is no text")
        return text[:-1] if text.endswith(("\n", "\r")) else text

    def _option(self, name: str, entry: Entry) -> str | None:
        value = reckoned(name, self._named)
        if value is None and not entry.name.startswith(_OWN_WORDS):
            self._walk.remarks.append(f"{entry.place}: nothing is called {name[:60]}: %({name[:60]}) stays as it is")
        return value

    def _named(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None:
            self.used.add(name)
        return value
