"""Statistics, pure: from rounds to what a table says."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import NamedTuple

Sample = Mapping[
    str, float
]  # what one round of one server measured: name of the measure and value; `errors` counts wrong answers


class Figure(NamedTuple):
    """One measure of one server over all rounds: the median, the least, the most, and the wrong answers met on the way."""

    median: float
    low: float
    high: float
    errors: int


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle. ValueError when there is none."""
    if not values:
        raise ValueError("there is no median of nothing")
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least `share` (0 … 1) of all do not exceed (nearest rank). ValueError when there is none."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def figure(samples: Iterable[Sample], measure: str) -> Figure | None:
    """The figure of that measure; None when no round has it."""
    met = [sample for sample in samples if measure in sample]
    if not met:
        return None
    values = [sample[measure] for sample in met]
    return Figure(median(values), min(values), max(values), int(sum(sample.get("errors", 0) for sample in met)))


def ratio(ours: Figure | None, theirs: Figure | None) -> float | None:
    """How many times theirs ours is, by the medians; None when either is missing or theirs is nothing."""
    if ours is None or theirs is None or not theirs.median:
        return None
    return ours.median / theirs.median


def largest_share(counts: Iterable[int], workers: int) -> float:
    """What the busiest of `workers` did, against a fair share of all; 0 when nobody did anything."""
    done = list(counts)
    return max(done) * workers / sum(done) if sum(done) else 0.0


def turns(servers: Sequence[str], rounds: int) -> list[list[str]]:
    """Who is measured when: every round has everybody once and begins with another, so that no one has the quiet minute to himself."""
    return [[*servers[start:], *servers[:start]] for start in (number % max(1, len(servers)) for number in range(rounds))]
