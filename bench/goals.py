"""What adapter aims at, as ratios to others in the same run. Data; `met` is the only thought."""

from typing import NamedTuple

from bench.figures import Figure, ratio
from bench.results import Results


class Goal(NamedTuple):
    """`ours` measured against `theirs` (a server; empty: the bound is the value itself): at most `bound`, or at least."""

    workload: str
    measure: str
    theirs: str
    bound: float
    least: bool = False
    ours: str = "adapter"


_AT_LEAST = True
_SPEED = (
    Goal("hello", "cpu", "bjoern", 2),
    Goal("hello", "rate", "bjoern", 0.55, _AT_LEAST),
    Goal("hello", "cpu", "bare", 1.3),
    Goal("hello", "cpu", "granian", 1),
    Goal("hello", "rate", "granian", 1.2, _AT_LEAST),
    Goal("hello", "rate", "uwsgi", 2.3, _AT_LEAST),
    Goal("new", "rate", "uwsgi", 1, _AT_LEAST),
    Goal("hello", "rate", "waitress", 5, _AT_LEAST),
    Goal("hello", "rate", "gthread", 8, _AT_LEAST),
    Goal("hello", "rate", "sync", 12, _AT_LEAST),
)
GOALS = (
    *_SPEED,
    *(goal._replace(ours="adapter-compiled") for goal in _SPEED),
    Goal("slow", "share", "", 0.95, _AT_LEAST),
    Goal("slow-few", "share", "", 0.95, _AT_LEAST),
    Goal("mix", "p99_times", "", 2),
    Goal("memory", "extra", "gthread", 1),
    Goal("inetd", "seconds", "python-import", 1.25, ours="adapter-inetd"),
    Goal("inetd-flask", "seconds", "python-import", 1.25, ours="adapter-inetd"),
    Goal("balance", "share", "", 2),
)


def reached(goal: Goal, results: Results) -> float | None:
    """The ratio, or the value itself; None when it was not measured."""
    ours = results.figure(goal.workload, goal.ours, goal.measure)
    if not goal.theirs:
        return ours.median if ours else None
    theirs: Figure | None = results.figure(goal.workload, goal.theirs, goal.measure)
    return ratio(ours, theirs)


def met(goal: Goal, value: float) -> bool:
    """Whether it is."""
    return value >= goal.bound if goal.least else value <= goal.bound
