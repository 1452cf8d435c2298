"""What becomes of a generation's workers when the master is gone. Pure.

Each lets go of the listeners as soon as it hears of it, then finishes what it holds. One that is stuck in C with the interpreter's
lock held hears nothing, and would keep the port for as long as that call lasts: it is told from the others by its silence. One that
had let go before, for another sat in its slot, keeps its time even then.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

from adapter.lifecycle.limits import MERCY

_SOON = 0.03  # seconds to hear that the master is gone, for one that can
_TURN = 0.005  # and for each thread that may get the interpreter's lock before the one that hears (sys.getswitchinterval)
_LOOK = 0.002  # seconds between two looks while it is not known of all whether they have let go
_STEP = 1.0  # and afterwards


class Orphan(NamedTuple):
    """One worker: has it let go, and said so? How long (seconds) could it have done?"""

    free: bool = False
    had: float = 0.0


class Orphans(NamedTuple):
    """How long (seconds) a word is waited for, how long the end of all; and how long they have been."""

    patience: float
    last: float
    waited: float = 0.0

    @classmethod
    def of(cls, *, threads: int, drain: float) -> Self:
        """Of workers with so many threads, which leave within the drain deadline by themselves."""
        return cls(_SOON + threads * _TURN, drain + MERCY)

    @property
    def over(self) -> bool:
        """Has whoever is left had its time?"""
        return self.waited >= self.last

    def wait(self, orphans: Mapping[int, Orphan]) -> float:
        """How long to wait now for the end of those that are left."""
        left = max(0.0, self.last - self.waited)
        return min(_STEP if all(each.free for each in orphans.values()) else _LOOK, left)

    def after(self, passed: float, meant: float) -> "Orphans":
        """We waited. What it took longer than we meant does not count: the machine is busy, or we all were stopped."""
        return self._replace(waited=self.waited + min(passed, meant))

    def condemned(self, orphans: Mapping[int, Orphan]) -> list[int]:
        """Who is to be killed now."""
        return [worker for worker, each in orphans.items() if self.over or (not each.free and each.had >= self.patience)]


def had(passed: float, meant: float, *, ran: float, waits: bool) -> float:
    """How much of that time one could use: it `ran` for so long, and `waits` for a processor now. On a machine that is busy who only
    waits for one is not stuck, however long that takes; and who sleeps in C gets no more of our lateness than is our own.
    """
    return min(ran, passed) if waits else min(passed, meant)
