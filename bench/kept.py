"""What was promised, and what was measured, as lines. Pure."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bench.table import UNITS


class Kept(NamedTuple):
    """`measured` should be at most `goal`, or at least it; both in `unit` (see `bench.table.UNITS`). `worst`: of all rounds."""

    what: str
    goal: float
    measured: float
    unit: str
    worst: float | None = None
    least: bool = False

    @property
    def met(self) -> bool:
        """Is it?"""
        return self.measured >= self.goal if self.least else self.measured <= self.goal

    @classmethod
    def median(cls, what: str, goal: float, samples: Sequence[float], unit: str = "ms") -> "Kept":
        """Of several rounds the middle counts, as anything may happen to one of them on a machine that others use too."""
        return cls(what, goal, median(samples), unit, max(samples))

    def __str__(self) -> str:
        said = f"{'at least' if self.least else 'at most'} {_shown(self.goal, self.unit)}"
        worst = "" if self.worst is None else f", worst {_shown(self.worst, self.unit)}"
        return f"{'kept' if self.met else 'MISSED':6}  {self.what}: {_shown(self.measured, self.unit)}{worst} ({said})"


def _shown(value: float, unit: str) -> str:
    factor, decimals, name = UNITS[unit]
    return f"{value * factor:,.{decimals}f}{name}"
