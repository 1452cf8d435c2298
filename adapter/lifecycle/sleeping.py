"""Down to no worker at all, and back (--idle-cheap): who has nobody to serve goes, and whoever comes has workers forked again.

The listeners stay with the master, who is told of the first to come (`Knocked`); a loaded application stays with its preloader.
"""

from adapter.lifecycle.events import Knocked
from adapter.lifecycle.state import Move, Phase
from adapter.lifecycle.turn import Turn


def knocked(turn: Turn, _: Knocked) -> None:
    """Somebody waits to be served. A pause keeps also those waiting who find nobody."""
    if turn.state.asleep and not turn.state.paused:
        turn.change(asleep=False)
        turn.say("info", "somebody has come: workers are forked", workers=turn.state.slots)


def wake_to_prove(turn: Turn) -> None:
    """Only workers that become ready prove a new generation, so it has them, also when nobody has come."""
    state = turn.state
    target = state.generation(state.target)
    rolling = state.change is not None and state.change.move is Move.ROLLING
    if state.asleep and rolling and target is not None and target.phase is Phase.LOADED:
        turn.change(asleep=False)


def fall_asleep(turn: Turn) -> None:
    """All rest. They drain as those who are too many do: who was met by a client just now serves it, and hands it over."""
    turn.say("info", "idle: no worker until somebody comes", generation=turn.state.target)
    turn.change(asleep=True)
    for worker in turn.state.workers:
        if worker.live:
            turn.drain(worker, turn.state.limits.drain, final=False)
