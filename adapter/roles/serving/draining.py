"""What a drain was asked to be, what becomes of it when it is asked for again, and how its time goes by. Pure."""

from typing import NamedTuple

TICK = 1.0  # seconds between two looks at the clock
_SLACK = (
    0.5  # a look that comes later than this was not delayed: we were stopped (SIGSTOP, a frozen cgroup), with the clock running
)


class Draining(NamedTuple):
    """`left`: seconds, as far as we were awake. `linger`: seconds an idle connection stays. `leaving`: addresses that nobody
    will serve after us.
    """

    left: float
    linger: float
    leaving: frozenset[str]

    def joined(self, asked: "Draining") -> "Draining":
        """Both wishes in one: never later, never longer."""
        return Draining(min(self.left, asked.left), min(self.linger, asked.linger), self.leaving | asked.leaving)

    @property
    def tick(self) -> float:
        """Seconds until the next look."""
        return min(TICK, max(self.left, 0.0))

    def after(self, passed: float) -> "Draining":
        """So many seconds after the last look. Time that we slept through does not count: nobody is cut for it."""
        return self if passed > self.tick + _SLACK else self._replace(left=self.left - passed)
