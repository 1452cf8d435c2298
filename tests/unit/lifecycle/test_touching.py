"""What it means that files changed."""

from hypothesis import given
from hypothesis import strategies as st

from adapter.lifecycle.commands import Command
from adapter.lifecycle.touching import PATIENCE, QUIET, Touched, Wish, noticed, touched

A, B, C = Wish("/a", Command.RELOAD), Wish("/b", Command.RELOAD), Wish("/c", Command.STOP)
OLD, NEW = (1, 10, 1000), (1, 10, 2000)


def test_nothing_happened():
    """Equal marks ask for nothing."""
    assert touched([A], {"/a": OLD}, {"/a": OLD}) == Touched((), {"/a": OLD})


def test_touched_replaced_created():
    """A new time (also an older one), another file, and a file that was not there are each a touch."""
    for now in (NEW, (1, 10, 5), (1, 11, 1000), (2, 10, 1000)):
        assert touched([A], {"/a": OLD}, {"/a": now}) == Touched((A,), {"/a": now})
    assert touched([A], {}, {"/a": NEW}) == Touched((A,), {"/a": NEW})


def test_deleted_and_made_again_is_one_touch():
    """The deletion asks for nothing and the file's mark is kept; what comes back as it was had only been away."""
    gone = touched([A], {"/a": OLD}, {})
    assert gone == Touched((), {"/a": OLD})
    assert touched([A], gone.marks, {"/a": NEW}).wishes == (A,)
    assert touched([A], gone.marks, {"/a": OLD}).wishes == ()


def test_each_command_once():
    """Two files that ask for the same ask once; another command is asked for, too."""
    marks = dict.fromkeys(("/a", "/b", "/c"), NEW)
    assert touched([A, B, C], {}, marks).wishes == (A, C)


def test_the_same_file_may_ask_for_two_things():
    """Each of them is asked for."""
    both = (A, Wish("/a", Command.STOP))
    assert touched(both, {}, {"/a": NEW}).wishes == both


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=30))
def test_the_window(pauses):
    """We look when it has been quiet, at the latest when our patience ends; never in the past of the last news before that."""
    now, window = 0.0, None
    for pause in pauses:
        now += pause
        if window is not None and window.due <= now:
            window = None
        window = noticed(window, now)
        assert now <= window.due <= now + QUIET
        assert window.due <= window.first + PATIENCE
