"""Questions about the state."""

import pytest

from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.state import Change, Generation, Leaving, Move, Phase, Stage, State, Worker, next_deadline, shifted

TWO = State(
    target=2,
    slots=2,
    workers=(
        Worker(1, 0, 1, Stage.READY),
        Worker(2, 0, 2, Stage.BOOTING, deadline=9.0),
        Worker(3, 1, 2, Stage.DRAINING, deadline=7.0),
    ),
    generations=(Generation(1), Generation(2, Limits(workers=2), Phase.LOADING, deadline=8.0)),
    change=Change(Command.RELOAD, previous=1),
)


@pytest.mark.parametrize("record", [State, Worker, Generation, Change, Leaving, Limits])
def test_defaults(record):
    """Every field has a default, so that a record of another version can be read."""
    assert set(record._fields) == set(record._field_defaults)


def test_stages():
    """Who drains or is killed is not live; who boots is not born yet."""
    assert [stage for stage in Stage if Worker(stage=stage).live] == [Stage.FORKING, Stage.BOOTING, Stage.READY]
    assert [stage for stage in Stage if Worker(stage=stage).unborn] == [Stage.FORKING, Stage.BOOTING]


def test_keeps():
    """A slot is kept by one of the target that nobody else wants away."""
    assert Worker(generation=2).keeps(2)
    assert not Worker(generation=1).keeps(2)
    assert not Worker(generation=2, unwanted=True).keeps(2)
    assert not Worker(generation=2, stage=Stage.DRAINING).keeps(2)


def test_whole():
    """Whole is: a ready worker of the target in every slot; no slots are not whole."""
    ready = (Worker(1, 0, 2, Stage.READY), Worker(2, 1, 2, Stage.READY))

    assert State(target=2, slots=2, workers=ready).whole()
    assert not State(target=2, slots=3, workers=ready).whole()
    assert not State(target=3, slots=2, workers=ready).whole()
    assert not State(target=2).whole()
    assert not TWO.whole()


def test_sitting():
    """Who sits in a slot is there to serve, now or soon."""
    assert [worker.id for worker in TWO.sitting(0)] == [1, 2]
    assert list(TWO.sitting(1)) == []


@pytest.mark.parametrize(("move", "expected"), [(Move.PREFLIGHT, False), (Move.REEXEC, False), (Move.ROLLING, True)])
def test_on_trial(move, expected):
    """A change stands or falls with its generation, which is the target only from the roll on."""
    state = State(target=2, change=Change(Command.RELOAD, move))

    assert state.on_trial(2) is expected
    assert not state.on_trial(1)
    assert not State(target=2).on_trial(2)


def test_limits():
    """The limits are the target's; before there is one, the defaults."""
    assert TWO.limits == Limits(workers=2)
    assert State().limits == Limits()


def test_next_deadline():
    """The earliest of all; none when nothing but news can change us."""
    assert next_deadline(State()) is None
    assert next_deadline(TWO) == 7.0
    assert next_deadline(State(retry_at=3.0)) == 3.0
    assert next_deadline(State(change=Change(deadline=4.0), retry_at=5.0)) == 4.0


def test_shifted():
    """Every deadline moves by what we slept, and nothing else does."""
    later = shifted(TWO, 5.0)

    assert next_deadline(later) == 12.0
    assert [worker.deadline for worker in later.workers] == [None, 14.0, 12.0]
    assert shifted(later, -5.0) == TWO
