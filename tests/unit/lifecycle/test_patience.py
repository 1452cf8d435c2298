"""The drain fits into the supervisor's patience, whenever that becomes known; unless somebody has said how long it is to be."""

import pytest

from adapter.lifecycle import events as e
from adapter.lifecycle.limits import LAST_WORD, MERCY, Limits, fitted
from adapter.lifecycle.master import step
from adapter.lifecycle.state import Generation, State


@pytest.mark.parametrize(
    ("seconds", "lame_duck", "drain"),
    [
        (None, 0.0, 8.0),
        (None, 30.0, 8.0),
        (10.0, 0.0, 8.0),
        (65.0, 0.0, 63.0),
        (7.0, 0.0, 5.0),
        (30.0, 10.0, 18.0),
        (4.0, 0.0, 2.0),
        (2.0, 0.0, 1.0),
        (0.0, 0.0, 0.0),
        (10.0, 20.0, 0.0),
    ],
)
def test_fitted(seconds, lame_duck, drain):
    """With room for who is stuck and is killed after it; half of it where it is too short for that."""
    assert fitted(seconds, lame_duck) == drain
    if seconds is not None and seconds >= lame_duck + 4:
        assert lame_duck + drain + MERCY + LAST_WORD < seconds


def test_granted():
    """Every generation, also one that is kept, gets the drain that fits; one that was told its own keeps it; and a later one has it, too."""
    fits, told = Limits(fits=True), Limits(drain=20.0)
    state = State(target=2, generations=(Generation(1, told), Generation(2, fits), Generation(3, fits.of(4))), last_generation=3)
    after, orders = step(state, e.Granted(30.0), 1.0)
    assert [each.limits.drain for each in after.generations] == [20.0, 28.0, 28.0]
    assert [order.sentence for order in orders] == ["the drain is made to fit into the supervisor's patience"]
    assert step(after, e.Granted(30.0), 2.0)[1] == ()
    later, _ = step(State(patience=30.0), e.Started(fits), 3.0)
    assert later.limits.drain == 28.0
    later, _ = step(State(patience=30.0), e.Started(told), 3.0)
    assert later.limits.drain == 20.0
    assert step(State(), e.Granted(None), 4.0) == (State(), ())
