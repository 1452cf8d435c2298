"""The numbers a generation lives by."""

from adapter.lifecycle.limits import FINAL_LINGER, Limits


def test_linger():
    """An idle connection is kept for the whole drain when others serve on, and briefly when nobody does."""
    assert Limits().linger(final=False, seconds=8.0) == 6.0
    assert Limits().linger(final=False, seconds=1.0) == 0.5
    assert Limits().linger(final=True, seconds=8.0) == FINAL_LINGER
    assert Limits().linger(final=True, seconds=0.4) == 0.1
