"""The stacks of workers: asked for, shown by those who can, taken from those who cannot, told once."""

from adapter.lifecycle.actions import InsistOnStacks, ShowStacks, TellStacks
from adapter.lifecycle.events import Shown
from adapter.lifecycle.limits import INSISTING, SHOWING
from adapter.lifecycle.state import State
from adapter.lifecycle.turn import Turn


def asked_of(state: State, slot: int | None) -> tuple[int, ...]:
    """Which workers would be asked: those in this slot, or all."""
    return tuple(each.id for each in state.workers if each.pid and slot in (None, each.slot))


def show_stacks(turn: Turn, slot: int | None) -> None:
    """Of those in this slot, or of all."""
    asked = asked_of(turn.state, slot)
    if not asked:
        turn.say("warning", "nobody there to show a stack", slots=turn.state.slots)
        return
    turn.order(ShowStacks(asked))
    showing = tuple(dict.fromkeys((*turn.state.showing, *asked)))
    turn.change(showing=showing, shown_by=turn.now + SHOWING, insisted=False)


def insist_on_stacks(turn: Turn, worker: int) -> None:
    """Of one that is known not to answer; without delay, unless others are being waited for."""
    showing = tuple(dict.fromkeys((*turn.state.showing, worker)))
    turn.change(showing=showing, shown_by=turn.now if turn.state.shown_by is None else turn.state.shown_by, insisted=False)


def shown(turn: Turn, event: Shown) -> None:
    """Tell it at once. Unasked, an operator sent it a signal of its own."""
    if turn.state.worker(event.worker) is not None:
        turn.order(TellStacks((event.worker,)))
        _wait_for(turn, tuple(each for each in turn.state.showing if each != event.worker))


def look_for_stacks(turn: Turn) -> None:
    """Our patience with those who have shown nothing yet is at its end."""
    state = turn.state
    if state.shown_by is None or state.shown_by > turn.now:
        return
    left = tuple(each for each in state.showing if state.worker(each) is not None)  # the others told it as they died
    if not left or state.insisted:
        _wait_for(turn, ())
        if left:
            turn.order(TellStacks(left))
        return
    turn.order(InsistOnStacks(left))
    turn.change(showing=left, shown_by=turn.now + INSISTING, insisted=True)


def _wait_for(turn: Turn, workers: tuple[int, ...]) -> None:
    turn.change(
        showing=workers, shown_by=turn.state.shown_by if workers else None, insisted=turn.state.insisted and bool(workers)
    )
