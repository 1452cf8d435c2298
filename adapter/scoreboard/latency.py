"""How long answers take, as counts in fixed buckets: two additions per request, and no reader ever asks for more.

The bounds never change within one version of the cells: counts of older workers are added to those of newer ones.
"""

from collections.abc import Sequence
from operator import add
from typing import Final

BOUNDS: Final = (
    0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
    10.0, 20.0, 50.0, 100.0,
)  # fmt: skip
"""Upper bounds in seconds, each inclusive. One more bucket holds what took longer.

`counts[bisect_left(BOUNDS, seconds)] += 1` is all that the data plane does.
"""
BUCKETS = len(BOUNDS) + 1
NONE = (0,) * BUCKETS


def fitted(counts: Sequence[int]) -> tuple[int, ...]:
    """As many buckets as we know; what another version counted beyond them took longer than all our bounds."""
    if len(counts) == BUCKETS:
        return tuple(counts)
    known = (*counts[: BUCKETS - 1], *NONE)[: BUCKETS - 1]
    return (*known, sum(counts[BUCKETS - 1 :]))


def plus(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """Both together."""
    assert len(one) == len(other)
    return tuple(map(add, one, other))


def since(now: Sequence[int], then: Sequence[int]) -> tuple[int, ...]:
    """What came between two readings. One that began anew (another server by the same name) counts from nothing."""
    fresh = any(a < b for a, b in zip(now, then, strict=True))
    return tuple(now) if fresh else tuple(a - b for a, b in zip(now, then, strict=True))


def quantile(counts: Sequence[int], share: float) -> float | None:
    """Seconds within which this share (0 to 1) was answered, to the accuracy of the buckets; None when nothing was."""
    rank = sum(counts) * share
    if rank <= 0:
        return None
    below, low = 0, 0.0
    for count, high in zip(counts, BOUNDS, strict=False):
        if count and below + count >= rank:
            return low + (high - low) * (rank - below) / count
        below, low = below + count, high
    return BOUNDS[-1]
