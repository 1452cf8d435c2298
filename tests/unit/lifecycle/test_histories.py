"""Every history of `kit.histories` comes out as written: alone, among strangers, with each fact said twice, and carried over."""

import json

import pytest

from adapter.lifecycle import actions as a
from adapter.lifecycle import events as e
from adapter.lifecycle.carryover import from_plain, to_plain
from adapter.lifecycle.master import step
from adapter.lifecycle.state import State, next_deadline
from kit.histories import CONT, HISTORIES, Step

NOBODY = 999
every = pytest.mark.parametrize("name", HISTORIES)
# What a child or the kernel says once and means for good; what operators say twice, or time, is another matter.
ONCE = (e.PreloaderStarted, e.Loaded, e.LoadFailed, e.Forked, e.ForkFailed, e.Ready, e.BootFailed, e.Left, e.Exited)


def steps_of(name: str) -> list[Step]:
    """The whole history, from the very beginning."""
    history = HISTORIES[name]
    return [*(steps_of(history.after) if history.after else ()), *history.steps]


def heard(state: State, event: e.Event, now: float) -> tuple[State, list[a.Action]]:
    """The next state, and the orders but for the log's."""
    state, ordered = step(state, event, now)
    return state, [each for each in ordered if not isinstance(each, a.Say)]


@every
def test_history(name):
    """The orders are those that are written down, one by one."""
    state = State()
    for at, event, *expected in steps_of(name):
        state, ordered = heard(state, event, at)
        assert ordered == expected, f"{HISTORIES[name].promise} at {at}: {event}"


@every
def test_among_strangers(name):
    """News about somebody unknown changes nothing, whenever it comes."""
    state = State()
    for at, event, *_ in steps_of(name):
        state, _ = heard(state, event, at)
        for stranger in (
            e.PreloaderStarted(NOBODY, NOBODY),
            e.Loaded(NOBODY),
            e.LoadFailed(NOBODY, "x", 1),
            e.Forked(NOBODY, NOBODY),
            e.ForkFailed(NOBODY, "x"),
            e.Ready(NOBODY),
            e.BootFailed(NOBODY, "x", 1),
            e.Left(NOBODY),
            e.Rested(NOBODY, idle=True),
            e.Exited(NOBODY, "exit code 3", clean=False),
        ):
            assert heard(state, stranger, at) == (state, []), stranger


@every
def test_said_twice(name):
    """What was said once and is heard twice changes nothing."""
    state = State()
    for at, event, *_ in steps_of(name):
        state, _ = heard(state, event, at)
        if isinstance(event, ONCE):
            assert heard(state, event, at) == (state, []), event


@every
def test_carried_over(name):
    """At any moment the state survives a reexec unchanged."""
    state = State()
    for at, event, *_ in steps_of(name):
        state, _ = heard(state, event, at)
        assert from_plain(json.loads(json.dumps(to_plain(state)))) == state


@every
def test_wake_ups(name):
    """Who is woken when it asked to be has something to do, or does not ask for that instant again."""
    state = State()
    for at, event, *_ in steps_of(name):
        state, _ = heard(state, event, at)
        state, ordered = heard(state, CONT, at)
        assert ordered == []
        due = next_deadline(state)
        if due is not None:
            woken, _ = heard(state, e.Ticked(), max(due, at))
            again = next_deadline(woken)
            assert again is None or again > due
