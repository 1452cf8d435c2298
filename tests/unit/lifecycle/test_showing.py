"""Stacks that are asked for: told as soon as they are shown, taken from whoever does not answer, told once."""

from adapter.lifecycle import events as e
from adapter.lifecycle.actions import InsistOnStacks, Say, ShowStacks, TellStacks
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import INSISTING, SHOWING, Limits
from adapter.lifecycle.master import step
from adapter.lifecycle.state import Stage, State, Worker, next_deadline

SERVING = State(
    target=1, slots=2, workers=tuple(Worker(each, each - 1, 1, Stage.READY, pid=each) for each in (1, 2)), last_generation=1
)


def run(state, event, now):
    """The state after it, and what was ordered, without what was said."""
    state, ordered = step(state, event, now)
    return state, [each for each in ordered if not isinstance(each, Say)]


def test_who_answers_is_told_at_once():
    """Each for itself; when all have, nothing is due any more."""
    state, ordered = run(SERVING, e.Asked(Command.TRACEBACK, "x"), 10.0)
    assert ordered == [ShowStacks((1, 2))]
    state, ordered = run(state, e.Shown(2), 10.1)
    assert ordered == [TellStacks((2,))]
    state, ordered = run(state, e.Shown(1), 10.2)
    assert ordered == [TellStacks((1,))]
    assert (next_deadline(state), state.showing) == (None, ())


def test_who_does_not_answer_is_made_to():
    """After our patience by its kernel; and told soon after, whatever it has shown."""
    state, ordered = run(SERVING, e.Asked(Command.TRACEBACK, "x", 1), 10.0)
    assert ordered == [ShowStacks((2,))]
    assert next_deadline(state) == 10.0 + SHOWING
    state, ordered = run(state, e.Ticked(), 10.0 + SHOWING)
    assert ordered == [InsistOnStacks((2,))]
    state, ordered = run(state, e.Ticked(), 10.0 + SHOWING + INSISTING)
    assert ordered == [TellStacks((2,))]
    assert (next_deadline(state), state.showing, state.insisted) == (None, (), False)


def test_the_dead_are_not_waited_for():
    """Who died meanwhile has told it as it died."""
    state, _ = run(SERVING, e.Asked(Command.TRACEBACK, "x", 0), 10.0)
    state, _ = run(state, e.Exited(1, "killed by signal 9", clean=False), 10.1)
    state, ordered = run(state, e.Ticked(), 10.0 + SHOWING)
    assert ordered == []
    assert state.shown_by is None


def test_unasked_it_is_told_too():
    """An operator asked the worker itself."""
    assert run(SERVING, e.Shown(1), 10.0) == (SERVING, [TellStacks((1,))])


def test_limits_fit():
    """A worker that drains past its deadline is not waited for longer than it has for its last word."""
    assert INSISTING < SHOWING < Limits().drain
