"""Every command, by every signal and letter, in every state that a history passes through: understood, and without a surprise."""

import json

import pytest

from adapter.lifecycle import actions as a
from adapter.lifecycle import events as e
from adapter.lifecycle.carryover import from_plain, to_plain
from adapter.lifecycle.commands import CHANGES, Command
from adapter.lifecycle.dialects import DIALECTS, LETTERS
from adapter.lifecycle.letters import understood
from adapter.lifecycle.master import step
from adapter.lifecycle.state import State
from adapter.lifecycle.status import lines, status
from adapter.lifecycle.waiting import wait_for
from kit.histories import HISTORIES

ONCE = (Command.STOP, Command.STOP_NOW, Command.PAUSE, Command.RESUME)
"""Asked again, these change nothing."""


def states() -> list[State]:
    """Every one that some history passes through, each once, and when."""
    found: dict[str, tuple[float, State]] = {}

    def after(name: str) -> tuple[float, State]:
        history = HISTORIES[name]
        now, state = after(history.after) if history.after else (0.0, State())
        for now, event, *_ in history.steps:
            state, _ = step(state, event, now)
            found.setdefault(repr(state), (now, state))
        return now, state

    for name in HISTORIES:
        after(name)
    return list(found.values())


STATES = states()


def ask(command: Command, state: State, now: float) -> tuple[State, tuple[a.Action, ...]]:
    """By some door; one that takes a number is asked for 2."""
    return step(state, e.Asked(command, "test", 2 if command is Command.WORKERS else None), now)


@pytest.mark.parametrize("command", Command)
def test_in_every_state(command):
    """It is said in the log, the state can be told, shown and carried over, and whoever waits for a change has one to wait for, or an answer."""
    for now, state in STATES:
        after, ordered = ask(command, state, now)
        assert isinstance(ordered[0], a.Say) and ordered[0].sentence == command.value
        assert from_plain(json.loads(json.dumps(to_plain(after)))) == after
        assert lines(json.loads(json.dumps(status(after, now))))
        if command in CHANGES and not isinstance(wait_for(state, command), str):
            answered = any(isinstance(each, a.Answer) for each in ordered)
            assert answered or after.change is not None or after.queued is not None
        if state.leaving is not None:
            assert after.leaving is not None and not any(isinstance(each, a.Fork | a.Load | a.Pause) for each in ordered)


@pytest.mark.parametrize("command", ONCE)
def test_again(command):
    """A second time in the same state it orders nothing: supervisors repeat themselves."""
    for now, state in STATES:
        once, _ = ask(command, state, now)
        twice, ordered = ask(command, once, now)
        assert twice == once
        assert all(isinstance(each, a.Say) for each in ordered)


def test_a_toggle_is_the_other_of_the_two():
    """In every state it does what `pause` would do, or what `resume` would."""
    for now, state in STATES:
        other = Command.RESUME if state.paused else Command.PAUSE
        assert ask(Command.PAUSE_TOGGLE, state, now)[0] == ask(other, state, now)[0]


def test_every_door_leads_to_the_same():
    """A signal in any dialect, and a letter, are a command and nothing besides: one and the same in every state."""
    asked = {command for dialect in DIALECTS.values() for command in dialect.values()}
    asked |= {command for letter in LETTERS for command in understood(letter.encode()).commands}
    assert asked <= set(Command)
    assert set(Command) - asked == {Command.PAUSE, Command.RESUME, Command.WORKERS, Command.TRACEBACK}
