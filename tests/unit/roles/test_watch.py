"""When the master need not think: somebody has asked how we stand, and that is all."""

import pytest

from adapter.roles.master.watch import only_asked


@pytest.mark.parametrize(
    ("said", "until", "now", "quiet"),
    [
        ([None], None, 5.0, True),
        ([None, None], 6.0, 5.0, True),
        ([None, []], None, 5.0, False),  # a worker has said something
        ([[]], None, 5.0, False),
        ([], None, 5.0, False),  # nobody: it was time that woke us
        ([None], 5.0, 5.0, False),
        ([None], 4.0, 5.0, False),
    ],
)
def test_only_asked(said, until, now, quiet):
    """Questions alone are no news; but they never keep a deadline from being seen to."""
    assert only_asked(said, until=until, now=now) is quiet
