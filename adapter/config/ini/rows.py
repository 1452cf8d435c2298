"""What the table is made of: a row for each option of uWSGI's, or for a family of them, with what becomes of it here."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from adapter.config.ini.values import truth

_SHOWN = 80  # characters: a line's worth


class Verdict(Enum):
    """What becomes of a line. `value`: for people."""

    SAME = "the same"
    RENAMED = "another name"
    TRANSLATED = "translated"
    IMPLIED = "always so"
    IGNORED = "left out"
    REFUSED = "refused"
    GRAMMAR = "of the file itself"


class Line(NamedTuple):
    """One line of the section, as it is meant after all placeholders; `place` is FILE:LINE."""

    name: str
    value: str
    place: str

    @property
    def on(self) -> bool:
        """As a flag."""
        return truth(self.value)

    def __str__(self) -> str:
        value = self.value if len(self.value) <= _SHOWN else f"{self.value[:_SHOWN]}..."
        return f"{self.place}: {self.name[:_SHOWN]} = {value}" if value else f"{self.place}: {self.name[:_SHOWN]}"


class Given(NamedTuple):
    """A value for an option of ours, as the command line would have it, and the lines it comes from."""

    name: str  # a field of Settings
    text: str
    lines: tuple[Line, ...]


class Companion(NamedTuple):
    """A program that uWSGI runs beside the application. `changes`: what there is to do before it runs without uWSGI."""

    name: str  # of a service, without the application's
    command: str  # as a shell has it
    changes: tuple[str, ...] = ()
    chdir: str = ""
    user: str = ""
    script: str = ""  # its file, if it is one of Python's
    times: str = ""  # of crontab(5), if it is no service
    alone: bool = False  # due again, it waits for no end: it is left out
    seconds: str = ""  # it may take


class Said(NamedTuple):
    """Of one line: what becomes of it, other than its row says."""

    line: Line
    verdict: Verdict
    sentence: str
    companion: Companion | None = None


class Sheet:
    """All lines that are there, by the first name of their row."""

    def __init__(self, lines: dict[str, list[Line]]) -> None:
        self._lines = lines

    def all(self, name: str) -> list[Line]:
        """In order."""
        return self._lines.get(name, [])

    def last(self, name: str) -> Line | None:
        """Where one value is wanted the last one counts; one that is off is none."""
        lines = self.all(name)
        return lines[-1] if lines and lines[-1].on else None

    def on(self, name: str) -> bool:
        """Whether this flag is set."""
        return self.last(name) is not None

    def text(self, name: str) -> str:
        """Empty when it is not there."""
        line = self.last(name)
        return line.value if line else ""


Outcome = Iterable[Given | Said]
Make = Callable[[Sheet, Sequence[Line]], Outcome]
"""From the lines of a row (there is at least one) to ours. Raises Misuse."""


class Row(NamedTuple):
    """`names`: the first is the one it is called by; one that ends in * is a family. `ours`: fields of Settings."""

    names: tuple[str, ...]
    verdict: Verdict
    ours: tuple[str, ...] = ()
    why: str = ""
    make: Make | None = None


def _plain(ours: str, *, many: bool) -> Make:
    def make(_: Sheet, lines: Sequence[Line]) -> Outcome:
        return [Given(ours, line.value, (line,)) for line in (lines if many else lines[-1:])]

    return make


def same(names: str, why: str = "", *, many: bool = False) -> Row:
    """It is called the same here; its other names are uWSGI's."""
    words = tuple(names.split())
    ours = words[0].replace("-", "_")
    return Row(words, Verdict.SAME, (ours,), why, _plain(ours, many=many))


def renamed(names: str, ours: str, why: str = "", *, many: bool = False) -> Row:
    """It has another name here, and takes the same values."""
    return Row(tuple(names.split()), Verdict.RENAMED, (ours,), why, _plain(ours, many=many))


def translated(names: str, ours: str, make: Make, why: str = "") -> Row:
    """What it means is said in other words here."""
    return Row(tuple(names.split()), Verdict.TRANSLATED, tuple(ours.split()), why, make)


def implied(names: str, why: str = "", ours: str = "") -> Row:
    """It is always so here, or as `ours` has it anyway."""
    return Row(tuple(names.split()), Verdict.IMPLIED, tuple(ours.split()), why)


def ignored(names: str, why: str) -> Row:
    """The site works without it; `why` is told."""
    return Row(tuple(names.split()), Verdict.IGNORED, (), why)


def refused(names: str, instead: str, make: Make | None = None) -> Row:
    """The site would not be the same without it; `instead` says what to do, or `make` of each line."""
    return Row(tuple(names.split()), Verdict.REFUSED, (), instead, make)


def grammar(names: str, why: str = "") -> Row:
    """The reader of the file has done it already."""
    return Row(tuple(names.split()), Verdict.GRAMMAR, (), why)


def own(given: Iterable[Line], verdict: Verdict, sentence: str) -> list[Said]:
    """The same sentence of each of these lines."""
    return [Said(line, verdict, sentence) for line in given]


def alongside(_sheet: Sheet, _lines: Sequence[Line]) -> Outcome:
    """What another row's lines take into account."""
    return ()
