"""What becomes of a generation's workers when the master is gone. Pure.

Each lets go of the listeners as soon as it hears of it, then finishes what it holds. One that is stuck in C with the interpreter's
lock held hears nothing, and would keep the port for as long as that call lasts: it is told from the others by its silence. One that
had let go before, for another sat in its slot, keeps its time even then.

Silence alone does not tell a stuck worker from one whose threads compute: with four that do, the thread that hears has waited for the
lock for up to 80 ms, since it needs it again after each system call. But while the lock goes round, one thread after the other runs.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

from adapter.lifecycle.limits import MERCY

_SILENCE = 0.05  # seconds to hear that the master is gone, for one whose lock does not go round
_TURNS = 0.1  # and, for one whose lock does, for each thread: twenty turns (sys.getswitchinterval); for eight 310 ms were seen
_RAN = 0.002  # seconds by which it is known that a thread had the lock: who only waits for it wakes up briefly, again and again
_LOOK = 0.002  # seconds between two looks while it is not known of all whether they have let go
_STEP = 1.0  # and afterwards


class Orphan(NamedTuple):
    """One worker: has it let go, and said so? How long (seconds) could it have done, in all, and since its lock last went round? And
    how long each of its threads had run by then.
    """

    free: bool = False
    had: float = 0.0
    silent: float = 0.0
    ran: Mapping[int, float] = {}

    def after(self, used: float, ran: Mapping[int, float]) -> "Orphan":
        """It could have used so much more, and its threads have run for so long by now; nothing is said of them where it is not known."""
        if not ran or sum(seconds - self.ran.get(thread, 0.0) >= _RAN for thread, seconds in ran.items()) > 1:
            return self._replace(had=self.had + used, silent=0.0, ran=ran)
        return self._replace(had=self.had + used, silent=self.silent + used)


class Orphans(NamedTuple):
    """How long (seconds) a word is waited for, how long the end of all; and how long they have been."""

    patience: float
    last: float
    waited: float = 0.0

    @classmethod
    def of(cls, *, threads: int, drain: float) -> Self:
        """Of workers with so many threads, which leave within the drain deadline by themselves."""
        return cls(_SILENCE + threads * _TURNS, drain + MERCY)

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
        return [worker for worker, each in orphans.items() if self.over or (not each.free and self._deaf(each))]

    def _deaf(self, orphan: Orphan) -> bool:
        return orphan.silent >= _SILENCE or orphan.had >= self.patience


def had(passed: float, meant: float, *, ran: float, waits: bool) -> float:
    """How much of that time one could use: it `ran` for so long, and `waits` for a processor now. On a machine that is busy who only
    waits for one is not stuck, however long that takes; and who sleeps in C gets no more of our lateness than is our own.
    """
    return min(ran, passed) if waits else min(passed, meant)
