"""Files that are watched: when one is touched, its command becomes an event.

The kernel tells of each change in the directories that matter (inotify); then the files are looked at, once, when it has been
quiet for a moment. Where the kernel cannot tell, they are looked at every two seconds.
"""

import errno
import time
from collections.abc import Iterable, Mapping
from typing import Any

from adapter.lifecycle.commands import Command
from adapter.lifecycle.events import Asked, Event
from adapter.lifecycle.touching import Mark, Window, Wish, noticed, touched
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.unix import trails
from adapter.unix.inotify import CHILDREN, IGNORED, OVERFLOW, SELF, UNMOUNT, Inotify

_TICK = 2.0  # seconds, where only looking helps


class Touches:
    """What is watched for, since when, and when to look."""

    def __init__(self, log: Log, watch: Watch) -> None:
        self._log = log
        self._watch = watch
        self._asked: tuple[Wish, ...] = ()
        self._imported: tuple[Wish, ...] | None = None  # None: nobody wants to know
        self._marks: dict[str, Mark] = {}
        self._window: Window | None = None
        self._tick: float | None = None
        self._inotify: Inotify | None = None
        self._names: dict[int, set[str] | None] = {}  # by watch: which names in that directory matter; None: all

    @property
    def _wishes(self) -> tuple[Wish, ...]:
        return (*self._asked, *(self._imported or ()))

    def follow(self, wishes: Iterable[Wish], *, imported: bool) -> None:
        """Watch for these, and no longer for others; with `imported` also for the files that are to be learned.

        Those that are new count as they are now.
        """
        former = {wish.path for wish in self._wishes}
        self._asked = tuple(dict.fromkeys(wishes))
        self._imported = (self._imported or ()) if imported else None
        paths = {wish.path for wish in self._wishes}
        if paths == former:
            return
        self._arrange()
        self._marks = {path: mark for path, mark in self._marks.items() if path in paths & former}
        self._marks |= self._look(paths - former)
        for path in sorted(paths - former - set(self._marks)):
            self._log.info("not there yet: watched for", path=path)

    def learn(self, files: Mapping[str, Mark]) -> None:
        """The application is made of these, too. One that no longer has the mark it was imported with is looked at at once."""
        if self._imported is None or not files:
            return
        known = {wish.path for wish in self._wishes}
        fresh = {path: mark for path, mark in files.items() if path not in known}
        if fresh:
            self._imported += tuple(Wish(path, Command.WORKERS_RELOAD) for path in fresh)
            self._marks |= fresh
            self._arrange()
            self._window = noticed(self._window, time.monotonic())

    @property
    def deadline(self) -> float | None:
        """The next instant to look; None: nothing happened."""
        instants = [self._window.due if self._window else None, self._tick]
        return min((instant for instant in instants if instant is not None), default=None)

    def look(self, now: float) -> list[Event]:
        """What was touched, if it is time to look."""
        if self.deadline is None or self.deadline > now:
            return []
        self._window = None
        self._arrange()
        found = touched(self._wishes, self._marks, self._look({wish.path for wish in self._wishes}))
        self._marks = dict(found.marks)
        return [Asked(wish.command, f"touched {wish.path}") for wish in found.wishes]

    @staticmethod
    def _look(paths: Iterable[str]) -> dict[str, Mark]:
        return {path: mark for path in paths if (mark := trails.mark(path)) is not None}

    # -- what the kernel tells -----------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Have the kernel watch every directory on the way to our files, as those ways lead now."""
        if not self._wishes:
            self.close()
            return
        try:
            if self._inotify is None:
                self._inotify = Inotify()
                self._watch.add(self._inotify.fd, self._hear)
            self._watch_ways(self._inotify)
        except OSError as error:
            if self._tick is None:
                self._log.warning(
                    "the kernel will not tell of touched files, so they are looked at now and then",
                    reason=error.strerror, path=error.filename, seconds=_TICK,
                )  # fmt: skip
            self._tick = time.monotonic() + _TICK
        else:
            self._tick = None

    def _watch_ways(self, inotify: Inotify) -> None:
        """Raises OSError when a directory that matters cannot be watched."""
        former, self._names = self._names, {}
        refused: OSError | None = None
        for directory, names in _ways(self._wishes).items():
            try:
                number = inotify.watch(directory, SELF if names == set() else SELF | CHILDREN)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ENOTDIR):  # it has just gone: the directory above it will tell
                    self._window = noticed(self._window, time.monotonic())
                elif names != set():  # else only a renaming of that directory would be missed
                    refused = OSError(error.errno, error.strerror, directory)
                continue
            self._names[number] = names
        for number in set(former) - set(self._names):
            inotify.unwatch(number)
        if refused is not None:
            raise refused

    def _hear(self) -> list[Event]:
        for happened in self._inotify.read() if self._inotify else ():
            if happened.mask & OVERFLOW or (
                happened.watch in self._names and self._matters(happened.watch, happened.mask, happened.name)
            ):
                self._window = noticed(self._window, time.monotonic())
        return []

    def _matters(self, watch: int, mask: int, name: str) -> bool:
        names = self._names[watch]
        return bool(mask & (SELF | IGNORED | UNMOUNT)) or names is None or name in names

    def close(self) -> None:
        """Watch no more."""
        if self._inotify is not None:
            self._watch.remove(self._inotify.fd)
            self._inotify.close()
        self._inotify = self._window = self._tick = None
        self._names = {}

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover: with the marks, so that what is touched during an exec is seen after it."""
        asked = [[wish.path, wish.command.value] for wish in self._asked]
        imported = None if self._imported is None else [wish.path for wish in self._imported]
        return {"wishes": asked, "imported": imported, "marks": self._marks}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        known = {each.value for each in Command}
        self._asked = tuple(Wish(path, Command(name)) for path, name in plain.get("wishes", ()) if name in known)
        imported = plain.get("imported")
        self._imported = None if imported is None else tuple(Wish(path, Command.WORKERS_RELOAD) for path in imported)
        self._marks = {path: (mark[0], mark[1], mark[2]) for path, mark in plain.get("marks", {}).items()}
        if self._wishes:
            self._arrange()
            self._window = noticed(None, time.monotonic())


def _ways(wishes: Iterable[Wish]) -> dict[str, set[str] | None]:
    """All directories that matter, each with the names in it that do."""
    found: dict[str, set[str] | None] = {}
    for wish in wishes:
        for directory, names in trails.trail(wish.path).items():
            known = found.get(directory, set())
            found[directory] = None if names is None or known is None else known | names
    return found
