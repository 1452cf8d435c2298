"""Too many deaths in a window."""

from hypothesis import given
from hypothesis import strategies as st

from adapter.lifecycle.intensity import pause_until, remember

seconds = st.floats(0, 1e6, allow_nan=False)


def test_remember():
    """A death is remembered for as long as the window, not longer."""
    assert remember((1.0, 5.0), 10.9, 10.0) == (1.0, 5.0, 10.9)
    assert remember((1.0, 5.0), 11.0, 10.0) == (5.0, 11.0)


def test_no_pause():
    """Fewer deaths than allowed need no pause."""
    assert pause_until((), 7.0, allowed=3, window=10.0) is None
    assert pause_until((5.0, 6.0), 7.0, allowed=3, window=10.0) is None


def test_pause():
    """The pause ends when the window has moved past the death that was one too many."""
    assert pause_until((4.0, 5.0, 6.0), 7.0, allowed=3, window=10.0) == 14.0
    assert pause_until((3.0, 4.0, 5.0, 6.0), 7.0, allowed=3, window=10.0) == 14.0


@given(deaths=st.lists(seconds, min_size=1, max_size=9), allowed=st.integers(1, 4), window=st.floats(0.001, 100, allow_nan=False))
def test_pause_ends(deaths, allowed, window):
    """At the instant that was named, whatever the rounding, it is over or has been named anew for later."""
    now = max(deaths)
    until = pause_until(tuple(sorted(deaths)), now, allowed=allowed, window=window)

    if until is not None:
        again = pause_until(tuple(sorted(deaths)), until, allowed=allowed, window=window)
        assert until > now
        assert again is None or again > until
