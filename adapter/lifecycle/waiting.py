"""Who waits for the outcome of a command, and for how many outcomes of others first."""

from adapter.lifecycle.commands import Command
from adapter.lifecycle.rollback import refusal
from adapter.lifecycle.state import State


def wait_for(state: State, command: Command) -> int | str:
    """How many answers come before that to a change asked for now; or, in words, why there will be none."""
    change = state.change
    if command is not Command.ROLLBACK:
        return int(change is not None)  # it follows what is under way; all that wait become one
    if refused := refusal(state):
        return refused
    if change is not None and change.kind is Command.ROLLBACK:
        return 0  # it is that one
    return (change is not None) + (state.queued is not None)  # both are given up for it
