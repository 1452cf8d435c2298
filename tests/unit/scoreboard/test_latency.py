"""Latency in buckets: sums, differences, quantiles."""

import statistics
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.scoreboard import latency
from adapter.scoreboard.latency import BOUNDS, BUCKETS, NONE, fitted, plus, quantile, since

counts = st.tuples(*[st.integers(0, 1000)] * BUCKETS)


def counted(seconds):
    """The buckets after these."""
    buckets = [0] * BUCKETS
    for each in seconds:
        buckets[bisect_left(BOUNDS, each)] += 1
    return tuple(buckets)


def test_bounds():
    """They rise, and none is further from the next than by a factor of 2.5."""
    assert list(BOUNDS) == sorted(set(BOUNDS))
    assert max(high / low for low, high in pairwise(BOUNDS)) <= 2.51


@settings(deadline=None)  # a busy machine is no bug
@given(counts, counts)
def test_since(before, more):
    """What was added is what is found between two readings; a server that began anew counts from nothing."""
    after = plus(before, more)

    assert since(after, before) == more
    assert since(more, after) == more if any(before) else more


@settings(deadline=None)  # a busy machine is no bug
@given(st.lists(st.floats(1e-5, 90.0), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.99]))
def test_quantile(seconds, share):
    """It lies in the bucket of the true one."""
    told = quantile(counted(seconds), share)
    true = sorted(seconds)[max(0, -(-len(seconds) * round(share * 100) // 100) - 1)]
    place = bisect_left(BOUNDS, true)
    low = BOUNDS[place - 1] if place else 0.0

    assert told is not None
    assert low <= told <= BOUNDS[place] * 1.000001


def test_quantile_of_nothing():
    """Nothing was answered: no quantile."""
    assert quantile(NONE, 0.5) is None


def test_quantile_beyond_the_bounds():
    """What took longer than all bounds is told as the last of them."""
    assert quantile(counted([1000.0]), 0.99) == BOUNDS[-1]


@pytest.mark.parametrize("count", [0, 3, BUCKETS - 1, BUCKETS, BUCKETS + 7])
def test_fitted(count):
    """Nothing counted is lost when another version had more or fewer buckets."""
    told = fitted([2] * count)

    assert len(told) == BUCKETS
    assert sum(told) == 2 * count


def test_the_median_of_many():
    """With a thousand answers around a millisecond, the median is told within the bucket's width."""
    seconds = [0.0008 + n * 0.0000004 for n in range(1000)]
    told = quantile(counted(seconds), 0.5)

    assert told is not None
    assert abs(told - statistics.median(seconds)) < latency.BOUNDS[6] - latency.BOUNDS[5]
