"""Going back: after a commit the generation before is kept for a while, its application in memory, to serve again at once.

The one that is left is then kept itself: a second rollback goes forward again.
"""

from adapter.exits import FAILED
from adapter.lifecycle.actions import Answer, Recall
from adapter.lifecycle.commands import Command
from adapter.lifecycle.events import Recalled
from adapter.lifecycle.state import Change, Generation, Move, Phase, State
from adapter.lifecycle.turn import STOPPING, Turn

_NOTHING_YET = "there was no reload yet"
# A new generation is not judged by fewer failed answers than this: chance has no say.
_FEW = 5


def refusal(state: State) -> str:
    """Why a rollback asked for now would come to nothing; empty when it would not."""
    if state.stopping:
        return STOPPING
    change = state.change
    if state.parked is not None or (change is not None and change.kind is not None and change.previous is not None):
        return ""
    return f"cannot roll back: {state.way_back or _NOTHING_YET}"


def asked(turn: Turn) -> None:
    """An operator wants to go back: from a change under way to what served before it, else to the generation that is kept."""
    state = turn.state
    if refused := refusal(state):
        turn.say("error", refused)
    elif state.change is not None and state.change.kind is Command.ROLLBACK:
        turn.say("info", "a rollback is under way")
    elif state.change is not None and state.change.kind is not None and state.change.previous is not None:
        _abandon(turn, state.change.previous)
    else:
        begin(turn, "asked for")


def begin(turn: Turn, why: str) -> None:
    """Back to the kept generation; what else is under way or waits is given up."""
    _give_up(turn)
    turn.say("warning", "rolling back", why=why, generation=turn.state.parked or 0, left=turn.state.target)
    turn.change(change=_change(turn, Move.RECALL), probation=None)
    turn.order(Recall(turn.state.parked or 0))


def recalled(turn: Turn, event: Recalled) -> None:
    """It can serve again, so it is rolled into every slot; or it cannot now, and stays kept."""
    change = turn.state.change
    generation = turn.state.generation(event.generation)
    if change is None or change.move is not Move.RECALL or generation is None:
        return
    if event.error:
        turn.fail(event.error, code=FAILED)
    elif generation.number != turn.state.parked:
        turn.fail(f"cannot roll back: {turn.state.way_back}", code=FAILED)  # its time was over just now
    else:
        turn.state = turn.state.with_generation(generation._replace(deadline=None))
        turn.change(
            change=change._replace(move=Move.ROLLING), target=generation.number, slots=generation.limits.slots(turn.state.slots)
        )
        turn.change(parked=None, way_back="the last rollback did not succeed", retry_at=None)


def _abandon(turn: Turn, previous: int) -> None:
    """Back to the generation that served before the change under way: it still has its preloader and listeners."""
    _give_up(turn)
    generation = turn.state.generation(previous)
    turn.say("warning", "rolling back", why="asked for", generation=previous, left="the change under way")
    if generation is not None and generation.phase is Phase.LOADED:
        turn.change(change=_change(turn, Move.ROLLING), retry_at=None)
    else:
        turn.order(Answer(""))  # its preloader had died: it is loaded anew, as it would have been without the change


def _give_up(turn: Turn) -> None:
    queued = turn.state.queued
    turn.change(queued=None)
    turn.fail("an operator rolled back", code=FAILED)
    if queued is not None:
        turn.order(Answer("an operator rolled back"))


def _change(turn: Turn, move: Move) -> Change:
    state = turn.state
    return Change(Command.ROLLBACK, move, previous=state.target, surge=state.limits.surge, slots=state.slots, since=turn.now)


# -- the generation that is kept -------------------------------------------------------------------------------------------


def keep(turn: Turn, change: Change) -> None:
    """The change is committed: keep what served before it, if that can be and was asked for, and let go of what was kept."""
    state = turn.state
    if change.previous is None or change.kind is None or change.previous == state.target:
        return  # a first load, the same loaded anew, a return to the same: there is no other generation to go back to
    limits, previous = state.limits, state.generation(change.previous)
    way_back = ""
    if limits.kept <= 0:
        way_back = "no generation is kept (--rollback-window)"
    elif previous is None or previous.phase is not Phase.LOADED:
        way_back = "the preloader of the generation before had died"
    elif previous.limits.lazy:
        way_back = "with --lazy-apps the generation before is not in memory: each worker imports what lies on the disk"
    if way_back or previous is None:
        turn.change(parked=None, probation=None, way_back=way_back)
        return
    turn.state = turn.state.with_generation(previous._replace(deadline=turn.now + limits.kept))
    judged = limits.probation > 0 and change.kind is not Command.ROLLBACK
    turn.change(parked=previous.number, way_back="", probation=turn.now + limits.probation if judged else None)
    turn.say("info", "kept for a rollback", generation=previous.number, seconds=limits.kept)


def forget(turn: Turn, why: str) -> None:
    """The way back is closed."""
    parked = turn.state.generation(turn.state.parked or 0)
    turn.retire(parked)
    turn.change(parked=None, probation=None, way_back=why)
    turn.say("info", "no way back", why=why)


# -- on probation ----------------------------------------------------------------------------------------------------------


def judge(turn: Turn) -> None:
    """A new generation whose workers die, or whose answers fail more often than those of the one before, is taken back."""
    state = turn.state
    target, change = state.generation(state.target), state.change
    if target is None:
        return
    if change is None:
        if state.probation is not None and (
            why := _crashing(turn, target) or _worse(target, state.generation(state.parked or 0))
        ):
            begin(turn, why)
        return
    tried = change.previous is not None and change.previous != target.number and state.on_trial(target.number)
    if tried and target.limits.judged and (why := _worse(target, state.generation(change.previous or 0))):
        turn.fail(why, code=FAILED)


def _crashing(turn: Turn, generation: Generation) -> str:
    limits = generation.limits
    return "" if turn.pause(generation.number) is None else f"{limits.deaths} deaths in {limits.window:g} s"


def _worse(new: Generation, old: Generation | None) -> str:
    share, before = new.failing, old.failing if old else 0.0
    if new.errors < _FEW or share <= before + new.limits.margin:
        return ""
    return f"{share:.0%} of its answers are errors (5xx), {before:.0%} of those before"
