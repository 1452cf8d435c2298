"""When something must happen, for very many things, few of which ever come due. Pure: the time is an argument.

Putting a deadline off (every request does) costs an assignment: the heap's entry stays where it is and is looked at again when
it comes up. Only an earlier deadline makes a new entry; the one it replaces is dead.
"""

import heapq
from collections.abc import Callable, Iterator
from typing import Final

NEVER: Final = float("inf")
_SWEEP_FROM = 1024  # fewer dead entries than this are not worth a sweep


class Timed:
    """Something with a deadline, in seconds of the monotonic clock; `expire` is called once it has come."""

    __slots__ = ("alarm", "deadline")

    def __init__(self) -> None:
        self.deadline = NEVER
        self.alarm: Entry | None = None

    def expire(self, now: float) -> None:
        """The deadline has come; it is NEVER again until set anew."""
        raise NotImplementedError


class Alarm(Timed):
    """A deadline that calls something, with the time."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[[float], None]) -> None:
        super().__init__()
        self._call = call

    def expire(self, now: float) -> None:
        """Call it."""
        self._call(now)


class Entry:
    """A place in the heap. Invariant: a `Timed` with a deadline has exactly one living entry, at or before its deadline."""

    __slots__ = ("at", "timed")

    def __init__(self, at: float, timed: Timed) -> None:
        self.at = at
        self.timed: Timed | None = timed

    def __lt__(self, other: "Entry") -> bool:
        return self.at < other.at


class Deadlines:
    """The deadlines of one loop."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._dead = 0

    def __len__(self) -> int:
        return len(self._heap)

    def set(self, timed: Timed, at: float) -> None:
        """Let `timed` expire at `at`, and no longer at what was said before; NEVER keeps its entry for the next time."""
        timed.deadline = at
        alarm = timed.alarm
        if at == NEVER or (alarm is not None and alarm.at <= at):
            return
        if alarm is not None:
            self._bury(alarm)
        timed.alarm = entry = Entry(at, timed)
        heapq.heappush(self._heap, entry)

    def forget(self, timed: Timed) -> None:
        """`timed` is gone for good: the heap must not keep it alive."""
        timed.deadline = NEVER
        if timed.alarm is not None:
            self._bury(timed.alarm)
            timed.alarm = None

    def next(self) -> float:
        """No deadline comes before this; NEVER when there is none. May be earlier than the first true deadline."""
        self._clean()
        return self._heap[0].at if self._heap else NEVER

    def due(self, now: float) -> Iterator[Timed]:
        """Each whose deadline has come; its deadline is NEVER from then on. Deadlines may be set and forgotten meanwhile."""
        while self._heap and self._heap[0].at <= now:
            timed = heapq.heappop(self._heap).timed
            if timed is None:
                self._dead -= 1
                continue
            timed.alarm = None
            if timed.deadline > now:
                self.set(timed, timed.deadline)
            else:
                timed.deadline = NEVER
                yield timed

    def _bury(self, entry: Entry) -> None:
        entry.timed = None
        self._dead += 1
        if self._dead > _SWEEP_FROM and self._dead * 2 > len(self._heap):
            self._heap = [each for each in self._heap if each.timed is not None]
            heapq.heapify(self._heap)
            self._dead = 0

    def _clean(self) -> None:
        """Dead entries and those of a NEVER on top of the heap would only wake an idle loop."""
        while self._heap:
            timed = self._heap[0].timed
            if timed is not None and timed.deadline != NEVER:
                return
            heapq.heappop(self._heap)
            if timed is None:
                self._dead -= 1
            else:
                timed.alarm = None
