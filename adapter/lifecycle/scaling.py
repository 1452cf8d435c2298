"""How many slots there are: as operators ask for, and, when the number follows the load, as the samples say."""

from adapter.lifecycle.adaptive import Sample, wish
from adapter.lifecycle.events import Measured
from adapter.lifecycle.turn import Turn


def scale(turn: Turn, slots: int, **why: float) -> None:
    """So many from here on. Whoever sits above drains, once those below serve."""
    if turn.state.leaving is not None or slots < 1:
        turn.say("warning", "the number of workers stays", workers=turn.state.slots)
        return
    change = turn.state.change
    if change is not None:
        turn.change(change=change._replace(slots=max(1, change.slots + slots - turn.state.slots)))
    turn.change(slots=slots)
    turn.say("info", "workers wanted", "", workers=slots, **why)


def measured(turn: Turn, event: Measured) -> None:
    """Only a server that is whole tells by its load how many it needs: what is under way is to show its effect first."""
    state = turn.state
    if not state.limits.most or state.leaving is not None or state.paused or state.change is not None or not state.whole():
        return
    sample = Sample(event.busyness, event.waiting)
    limits = state.limits
    slots, pace = wish(state.slots, sample, turn.now, state.pace, least=limits.workers, most=limits.most, calm=limits.calm)
    turn.change(pace=pace)
    if slots != state.slots:
        scale(turn, slots, busyness=event.busyness, waiting=event.waiting)
