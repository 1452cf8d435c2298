"""What was promised, and what was measured, as lines and as a page. Pure."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bench.table import UNITS

_PAGE = """\
# Promises in numbers

`make promises` measures what adapter promises of zero loss, each beside its goal. A strict client looks on: nothing is tried twice, every
byte is checked. Of several rounds the middle counts, and the worst is told.

{when}

| promised | goal | measured | worst | |
|---|---|---|---|---|
"""


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

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """As a row of a table."""
        goal = f"{'at least' if self.least else 'at most'} {_shown(self.goal, self.unit)}"
        worst = "" if self.worst is None else _shown(self.worst, self.unit)
        return self.what, goal, _shown(self.measured, self.unit), worst, "kept" if self.met else "MISSED"

    def __str__(self) -> str:
        what, goal, measured, worst, outcome = self.cells
        return f"{outcome:6}  {what}: {measured}{worst and f', worst {worst}'} ({goal})"


def page(when: str, all_of_them: Sequence[Kept]) -> str:
    """All of them, in Markdown. `when`: of when and where they are."""
    rows = "".join(f"| {' | '.join(kept.cells)} |\n" for kept in all_of_them)
    return _PAGE.format(when=when) + rows


def _shown(value: float, unit: str) -> str:
    factor, decimals, name = UNITS[unit]
    return f"{value * factor:,.{decimals}f}{name}"
