"""What becomes of a generation's workers when the master is gone. Pure.

Each lets go of the listeners as soon as it hears of it, then finishes what it holds. One that is stuck in C with the interpreter's
lock held hears nothing, and would keep the port for as long as that call lasts: it is told from the others by its silence. One that
had let go before, for another sat in its slot, keeps its time even then.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

from adapter.lifecycle.limits import MERCY

_SOON = 0.05  # seconds to hear that the master is gone, for one that can
_TURN = 0.005  # and for each thread that may get the interpreter's lock before the one that hears (sys.getswitchinterval)
_LOOK = 0.01  # seconds between two looks while it is not known of all whether they have let go
_STEP = 1.0  # and afterwards


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

    def wait(self, free: Mapping[int, bool]) -> float:
        """How long to wait now for the end of those that are left. `free`: by worker, whether it has let go, and said so."""
        if self.waited < self.patience and not all(free.values()):
            return min(_LOOK, self.patience - self.waited)
        return min(_STEP, max(0.0, self.last - self.waited))

    def after(self, passed: float, meant: float) -> "Orphans":
        """We waited. What it took longer than we meant does not count: the machine is busy, or we all were stopped."""
        return self._replace(waited=self.waited + min(passed, meant))

    def condemned(self, free: Mapping[int, bool]) -> list[int]:
        """Who is to be killed now."""
        if self.over:
            return list(free)
        return [worker for worker, let_go in free.items() if not let_go] if self.waited >= self.patience else []
