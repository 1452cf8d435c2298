"""The number of workers between changes: what is asked for, what the load says, and what a reload makes of it."""

from adapter.lifecycle import events as e
from adapter.lifecycle.carryover import from_plain, to_plain
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.master import step
from adapter.lifecycle.state import State

ADAPTIVE = Limits(workers=2, most=16)


def serving(limits: Limits) -> State:
    """A server that has loaded its first generation, every slot ready."""
    state = State()
    state, _ = step(state, e.Started(limits), 1.0)
    return loaded(state, 1)


def loaded(state: State, generation: int, now: float = 2.0) -> State:
    """That generation has loaded, and every worker that was ordered is ready; those that are told to go are gone."""
    state, _ = step(state, e.PreloaderStarted(generation, 100 + generation), now)
    state, _ = step(state, e.Loaded(generation), now)
    return settled(state, now)


def settled(state: State, now: float) -> State:
    """Everybody does as ordered, until nothing is left to do."""
    while waiting := [each for each in state.workers if each.unborn or not each.live]:
        worker = waiting[0]
        if worker.unborn:
            state, _ = step(state, e.Forked(worker.id, 1000 + worker.id), now)
            state, _ = step(state, e.Ready(worker.id), now)
        else:
            state, _ = step(state, e.Exited(worker.pid, "exit code 0", clean=True), now)
    return state


def test_a_busy_server_gets_more_workers_up_to_the_most():
    """Half again as many with each busy look, and the log says why."""
    state = serving(ADAPTIVE)
    counts = []
    for look in range(8):
        state, orders = step(state, e.Measured(0.9, 0), 10.0 + look)
        state = settled(state, 10.0 + look)
        counts.append(state.slots)

    assert counts == [3, 4, 6, 9, 13, 16, 16, 16]
    assert len([each for each in state.workers if each.live]) == 16
    assert not [each for each in orders if type(each).__name__ == "Fork"]


def test_a_fixed_number_stays():
    """Without a range no load changes anything."""
    state = serving(Limits(workers=2))

    assert step(state, e.Measured(1.0, 99), 10.0) == (state, ())


def test_what_is_under_way_shows_its_effect_first():
    """While new workers are coming a busy look asks for no more; nor during a reload, nor while we leave."""
    state = serving(ADAPTIVE)
    state, _ = step(state, e.Measured(0.9, 0), 10.0)
    assert step(state, e.Measured(0.9, 0), 11.0)[0].slots == 3
    state = settled(state, 12.0)
    rolling, _ = step(state, e.Asked(Command.CHAIN_RELOAD, "x"), 13.0)
    assert step(rolling, e.Measured(0.9, 0), 14.0)[0].slots == 3
    leaving, _ = step(state, e.Asked(Command.STOP, "x"), 13.0)
    assert step(leaving, e.Measured(0.9, 0), 14.0)[0].slots == 3


def test_a_reload_keeps_the_number():
    """The new generation begins with as many as the load asked for, within its own range; a fixed number is its own."""
    state = serving(ADAPTIVE)
    for look in range(3):
        state, _ = step(state, e.Measured(0.9, 0), 10.0 + look)
        state = settled(state, 10.0 + look)
    assert state.slots == 6
    chained, _ = step(state, e.Asked(Command.CHAIN_RELOAD, "x"), 20.0)
    chained = loaded(chained, 2, 21.0)
    assert (chained.slots, chained.target, chained.limits) == (6, 2, ADAPTIVE)
    for limits, slots in (
        (ADAPTIVE, 6),
        (ADAPTIVE._replace(most=4), 4),
        (ADAPTIVE._replace(workers=8), 8),
        (Limits(workers=3), 3),
    ):
        state_, _ = step(state, e.Asked(Command.RELOAD, "x"), 20.0)
        state_, _ = step(state_, e.PreflightEnded(""), 21.0)
        state_, _ = step(state_, e.Reexecuted(limits), 22.0)
        assert loaded(state_, 2, 23.0).slots == slots


def test_the_pace_survives_an_exec():
    """What was learnt of the load is carried over."""
    state = serving(ADAPTIVE)
    for look in range(200):
        state, _ = step(state, e.Measured(0.9 if look < 3 else 0.0, 0), 10.0 + look)
        state = settled(state, 10.0 + look)

    assert state.pace.went is not None
    assert from_plain(to_plain(state)).pace == state.pace


def test_one_goes_at_a_time_and_drains():
    """After a calm window the highest slot is given up: its worker drains, the others stay."""
    state = serving(ADAPTIVE._replace(workers=1))
    state, _ = step(state, e.Asked(Command.WORKERS, "x", 3), 5.0)
    state = settled(state, 6.0)
    orders = ()
    now = 10.0
    while state.slots == 3:
        state, orders = step(state, e.Measured(0.1, 0), now)
        now += 1.0

    assert [type(each).__name__ for each in orders] == ["Say", "Drain"]
    assert [each.slot for each in state.workers if each.live] == [0, 1]
    assert now >= 40.0
