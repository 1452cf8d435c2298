"""Numbers and text as people read them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.scoreboard.words import amount, duration, fit, plain, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "-"),
        (0.0, "0us"),
        (0.00035, "350us"),
        (0.0012, "1.2ms"),
        (0.048, "48ms"),
        (3.14, "3.1s"),
        (42.0, "42s"),
        (125, "2m05s"),
        (11520, "3h12m"),
        (442800, "5d03h"),
    ],
)
def test_duration(seconds, said):
    """One unit, or two of them; never longer than six characters below ten days."""
    assert duration(seconds) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0B"), (812, "812B"), (1200, "1.2K"), (47185920, "45M"), (1 << 60, "1024P")])
def test_size(count, said):
    """Bytes in powers of 1024."""
    assert size(count) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0"), (812.4, "812"), (1234, "1.2k"), (45_000_000, "45M")])
def test_amount(count, said):
    """Things in powers of 1000."""
    assert amount(count) == said


@settings(deadline=None)  # a busy machine is no bug
@given(st.text())
def test_plain(text):
    """Whatever it was, it is printable ASCII now."""
    assert plain(text).isascii()
    assert plain(text).isprintable()


@settings(deadline=None)  # a busy machine is no bug
@given(st.text(), st.integers(0, 100))
def test_fit(text, width):
    """Never wider; cut text shows that it was."""
    told = fit(text, width)

    assert len(told) <= width
    assert told == text or told[-1:] in (">", "")
