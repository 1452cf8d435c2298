"""What it means that files changed: which of them were touched, what that asks for, and when to look.

Deleting is not touching: a file that is deleted and made again was touched once. One that comes to be was touched.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from adapter.lifecycle.commands import Command

Mark = tuple[int, int, int]  # device, inode, time of the last write (ns): equal means untouched

QUIET = 0.1  # seconds without news after which a deploy or an editor is done with what it does to one file
PATIENCE = 1.0  # and how long we wait for that


class Wish(NamedTuple):
    """When this file is touched, do that."""

    path: str
    command: Command


class Window(NamedTuple):
    """News came: look once it is quiet, or at the end of our patience."""

    first: float
    last: float

    @property
    def due(self) -> float:
        """The instant to look."""
        return min(self.last + QUIET, self.first + PATIENCE)


def noticed(window: Window | None, now: float) -> Window:
    """Something happened."""
    return window._replace(last=now) if window else Window(now, now)


class Touched(NamedTuple):
    """What is asked for, each once and with the first file that asks for it; and the marks to compare with next time."""

    wishes: tuple[Wish, ...]
    marks: Mapping[str, Mark]


def touched(wishes: Iterable[Wish], before: Mapping[str, Mark], now: Mapping[str, Mark]) -> Touched:
    """Compare. A file without a mark in `before` was not there; one without a mark in `now` keeps the one it had."""
    asked: dict[Command, Wish] = {}
    for wish in wishes:
        if wish.path in now and now[wish.path] != before.get(wish.path):
            asked.setdefault(wish.command, wish)
    return Touched(tuple(asked.values()), {**before, **now})
