"""The numbers a generation lives by."""

from itertools import pairwise

from adapter.lifecycle.limits import FINAL_LINGER, Limits


def test_linger():
    """An idle connection is kept for the whole drain when others serve on, and briefly when nobody does."""
    assert Limits().linger(final=False, seconds=8.0) == 6.0
    assert Limits().linger(final=False, seconds=1.0) == 0.5
    assert Limits().linger(final=True, seconds=8.0) == FINAL_LINGER
    assert Limits().linger(final=True, seconds=0.4) == 0.1


def test_life():
    """A worker may serve its lifetime and a share of the jitter, never less than the least; without a lifetime, for ever."""
    assert Limits().life(1) is None
    lives = [Limits(lifetime=100.0, lifetime_jitter=10.0).life(worker) for worker in range(1, 9)]
    assert all(100.0 <= life < 110.0 for life in lives)
    apart = sorted(lives)
    assert min(later - sooner for sooner, later in pairwise(apart)) > 0.5
    assert Limits(lifetime=1.0, least_life=5.0).life(1) == 5.0
