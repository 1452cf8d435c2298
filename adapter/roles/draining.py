"""What a drain was asked to be, and what becomes of it when it is asked for again. Pure."""

from typing import NamedTuple


class Draining(NamedTuple):
    """`deadline`: monotonic. `linger`: seconds an idle connection stays. `leaving`: addresses that nobody will serve after us."""

    deadline: float
    linger: float
    leaving: frozenset[str]

    def joined(self, asked: "Draining") -> "Draining":
        """Both wishes in one: never later, never longer."""
        return Draining(min(self.deadline, asked.deadline), min(self.linger, asked.linger), self.leaving | asked.leaving)
