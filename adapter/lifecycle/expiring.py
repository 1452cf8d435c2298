"""What time tells: whose deadline is over."""

from adapter.exits import STOPPED, SYSTEM_FAILED
from adapter.lifecycle import rollback
from adapter.lifecycle.actions import Abort
from adapter.lifecycle.events import BootFailed, Ticked
from adapter.lifecycle.limits import LAST_WORD
from adapter.lifecycle.showing import look_for_stacks
from adapter.lifecycle.state import Stage, Worker
from adapter.lifecycle.telling import stillborn
from adapter.lifecycle.turn import Turn


def expire(turn: Turn, _: Ticked) -> None:
    """See to everybody who is late."""
    change = turn.state.change
    if change is not None and _over(change.deadline, turn.now):
        turn.fail("the pre-flight took longer than the boot timeout", code=SYSTEM_FAILED)
    if _over(turn.state.lame_duck, turn.now):
        turn.leave(STOPPED, turn.state.limits.drain)
    if _over(turn.state.probation, turn.now):
        turn.change(probation=None)
        turn.say("info", "probation passed", generation=turn.state.target)
    _expire_preloaders(turn)


def _expire_preloaders(turn: Turn) -> None:
    for generation in turn.state.generations:
        if _over(generation.deadline, turn.now):
            if generation.number == turn.state.parked:
                rollback.forget(turn, "the time the generation before was kept for is over (--rollback-window)")
                continue
            turn.dismiss(generation)
            turn.fail(
                f"importing the application took longer than {generation.limits.boot:g} s (--boot-timeout)", code=SYSTEM_FAILED
            )
    look_for_stacks(turn)
    for number in [worker.id for worker in turn.state.workers]:
        worker = turn.state.worker(number)  # looked up anew: what befell another may have ended it
        if worker is not None and _over(worker.deadline, turn.now):
            _overdue(turn, worker)


def _overdue(turn: Turn, worker: Worker) -> None:
    if worker.stage is Stage.READY:
        _outlived(turn, worker)
        return
    if worker.stage is Stage.DRAINING:
        # It should have cut what it holds, told about it, and left: so it is stuck in C, or stopped. A last word, if it can.
        turn.put(worker, Stage.ABORTING, lasting=LAST_WORD)
        turn.order(Abort(worker.id, worker.pid))
        sentence = "killed: a call holds the interpreter's lock" if worker.deaf else "killed at the drain deadline"
        turn.say("error", sentence, worker=worker.id, slot=worker.slot, pid=worker.pid)
        return
    turn.kill(worker)
    if worker.stage is Stage.ABORTING:
        return
    if not worker.pid:
        # The preloader took the order and did nothing: it is stuck, and would not fork the next one either.
        turn.dismiss(turn.state.generation(worker.generation))
    if worker.stage is Stage.KILLED:  # given up long ago
        turn.state = turn.state.with_worker(worker._replace(deadline=None))
        return
    stillborn(turn, worker, BootFailed(worker.id, "a worker was not ready within the boot timeout", SYSTEM_FAILED))


def _outlived(turn: Turn, worker: Worker) -> None:
    """It has served as long as it may, or has reached a limit and lived long enough since it began."""
    turn.state = turn.state.with_worker(worker._replace(deadline=None, unwanted=True))
    turn.change(recycled=turn.state.recycled + 1)
    turn.say(
        "info",
        "a worker will be relieved",
        reason=worker.reason or "--max-lifetime",
        worker=worker.id,
        slot=worker.slot,
        pid=worker.pid,
        seconds=turn.now - worker.since,
    )


def _over(deadline: float | None, now: float) -> bool:
    return deadline is not None and deadline <= now
