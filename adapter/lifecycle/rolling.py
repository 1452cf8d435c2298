"""Closing the distance between wish and fact, once the news has been taken in.

A slot is filled before anyone in it is relieved; a generation is committed when it is whole; the rest is bookkeeping.
"""

from adapter.exits import STOPPED, SYSTEM_FAILED
from adapter.lifecycle import rollback, sleeping
from adapter.lifecycle.actions import Answer, Commit, Exit
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import MERCY
from adapter.lifecycle.state import Change, Generation, Move, Phase, Stage
from adapter.lifecycle.turn import Turn


def settle(turn: Turn) -> None:
    """Order whatever is now to be done."""
    if turn.state.leaving is None:
        turn.change(retry_at=None)
        rollback.judge(turn)
        _end_hopeless(turn)
        _load_anew(turn)
        sleeping.wake_to_prove(turn)
        _cut(turn)
        _fill(turn)
        _prove(turn)
        _commit(turn)  # before anyone is relieved: who leaves an address for good must find that no new client comes to it
        _relieve(turn)
        _forget(turn)
        _rest(turn)
    _leave(turn)


def _end_hopeless(turn: Turn) -> None:
    """The preloader of the generation on trial was stuck, and was ended: nobody could fill the slots that are left."""
    target = turn.state.generation(turn.state.target)
    if target is not None and turn.state.on_trial(target.number) and target.phase in (Phase.DISMISSED, Phase.GONE):
        turn.fail("its preloader was stuck, and was ended", code=SYSTEM_FAILED)


def _load_anew(turn: Turn) -> None:
    """The serving generation lost its preloader: its workers go on, but nobody could replace them."""
    state = turn.state
    generation = state.generation(state.target)
    if state.change is not None or state.stopping or generation is None or generation.phase is not Phase.GONE:
        return
    until = turn.pause(generation.number)
    if until is not None:
        turn.change(retry_at=until)
        return
    turn.change(change=Change(previous=state.target, surge=generation.limits.surge, slots=state.slots, since=turn.now))
    # It is the same again, so it takes the deaths over: what fails again and again must run into its pause.
    turn.load(generation.limits.of(state.slots), generation.deaths)


def _cut(turn: Turn) -> None:
    """A brutal reload: the application is imported, so whoever else serves, or still drains, is ended with all it holds."""
    state = turn.state
    target = state.generation(state.target)
    if state.change is None or not state.change.cuts or target is None or target.phase is not Phase.LOADED:
        return
    old = [worker for worker in state.workers if worker.generation != target.number]
    cut = [worker for worker in old if worker.live or (worker.stage is Stage.DRAINING and worker.granted > 0)]
    for worker in cut:
        turn.drain(worker, 0.0, final=False)
    if cut:
        turn.say("warning", "old workers are cut before new ones start: what they hold is lost", workers=len(cut))


def _fill(turn: Turn) -> None:
    """Each slot gets a worker of the target; beside one that sits there, only `surge` of them at a time. Asleep, none does."""
    state = turn.state
    if state.asleep:
        return
    change, target = state.change, state.generation(state.target)
    loaded = target is not None and target.phase is Phase.LOADED
    canary = change is not None and change.canary
    if target is not None and loaded:
        surge = change.surge if change else target.limits.surge
        for slot in range(1 if canary else state.slots):
            sitting = list(turn.state.sitting(slot))
            if not any(worker.keeps(target.number) for worker in sitting) and (not sitting or _beside(turn) < surge):
                _start(turn, slot, target)
    # The import may take long, or never end, and so may the canary's trial: who dies meanwhile is replaced by the old generation.
    previous = state.generation(change.previous) if change and change.previous is not None else None
    if change is not None and previous is not None and previous.phase is Phase.LOADED and (canary or not loaded):
        for slot in range(change.slots):
            if not any(turn.state.sitting(slot)):
                _start(turn, slot, previous)


def _start(turn: Turn, slot: int, generation: Generation) -> None:
    until = turn.pause(generation.number)
    if until is None:
        turn.fork(slot, generation)
    else:
        turn.change(retry_at=until)


def _beside(turn: Turn) -> int:
    """How many workers of the target are coming to slots where another one sits."""
    target = turn.state.target
    taken = {worker.slot for worker in turn.state.workers if worker.live and not worker.keeps(target)}
    return sum(1 for worker in turn.state.workers if worker.unborn and worker.generation == target and worker.slot in taken)


def _prove(turn: Turn) -> None:
    """The canary serves beside the old ones; when it has done so well, or long, enough, the others follow."""
    state = turn.state
    change, target = state.change, state.generation(state.target)
    ready = any(each.stage is Stage.READY and each.generation == state.target for each in state.workers)
    if change is None or not change.canary or change.move is not Move.ROLLING or target is None or not ready:
        return
    limits = target.limits
    if limits.canary_seconds > 0 and change.canary_until is None:
        turn.change(change=change._replace(canary_until=turn.now + limits.canary_seconds))
        turn.say("info", "a canary serves", generation=target.number, seconds=limits.canary_seconds)
    elif target.answers >= limits.canary_answers if change.canary_until is None else change.canary_until <= turn.now:
        turn.change(change=change._replace(canary=False, canary_until=None))
        turn.say("info", "the canary lives: the others follow", answers=target.answers, errors=target.errors)
        _fill(turn)


def _relieve(turn: Turn) -> None:
    """Where a ready worker of the target sits, everybody else may go; so may those whose slot is no more."""
    state = turn.state
    for slot in {worker.slot for worker in state.workers}:
        sitting = list(state.sitting(slot))
        ready = [worker for worker in sitting if worker.stage is Stage.READY]
        # One that somebody else wants away still relieves all but the one that comes to relieve it.
        keepers = [] if state.change and state.change.canary else [each for each in ready if each.generation == state.target]
        keeper = min(keepers, key=lambda each: each.unwanted, default=None)
        for worker in sitting:
            if keeper is not None:
                if worker is not keeper and not (keeper.unwanted and worker.keeps(state.target)):
                    turn.drain(worker, state.limits.drain, final=False)
            elif ready and worker.unborn and worker.generation != state.target:
                turn.kill(worker)  # it was to replace the one that sits there, and so is the target's: one is enough
    if state.change is None:  # until the commit the previous generation keeps all its slots
        for worker in state.workers:
            if worker.live and worker.slot >= state.slots and state.whole():
                turn.drain(worker, state.limits.drain, final=False)


def _commit(turn: Turn) -> None:
    """Every slot is served by the target: there is no way back."""
    change = turn.state.change
    if change is None or change.move is not Move.ROLLING or change.canary or not turn.state.whole():
        return
    back = change.kind is Command.ROLLBACK
    turn.change(change=None, rollbacks=turn.state.rollbacks + back)
    turn.change(reloads=turn.state.reloads + (change.previous is not None and not back))
    target = turn.state.target
    turn.order(Commit(target))
    _relieve(turn)
    turn.say("info", "serving", generation=target, workers=turn.state.slots, seconds=turn.now - change.since)
    turn.order(Answer(""))
    rollback.keep(turn, change)
    for generation in turn.state.generations:
        if generation.number not in (target, turn.state.parked):
            turn.retire(generation)
    turn.begin_queued()


def _forget(turn: Turn) -> None:
    """A retired preloader without workers may go. A generation without either, to which nobody can go back, was."""
    for generation in turn.state.generations:
        if generation.phase is Phase.RETIRED:
            turn.retire(generation)
    state = turn.state
    kept = {state.target, state.change.previous if state.change else None}
    kept.update(worker.generation for worker in state.workers)
    for generation in state.generations:
        if generation.phase is Phase.GONE and generation.number not in kept:
            turn.state = turn.state.without_generation(generation)


def _rest(turn: Turn) -> None:
    """Nobody has had a connection for the idle limit: the workers go, or the listener goes back to whoever gave it to us."""
    state = turn.state
    resting = state.whole() and all(worker.idle for worker in state.workers if worker.live)
    if not resting or state.change is not None or state.paused:  # nobody rests: clients wait
        return
    if state.limits.cheap:
        sleeping.fall_asleep(turn)
    else:
        turn.say("info", "idle: leaving the listener to whoever gave it to us")
        turn.leave(STOPPED, state.limits.drain)


def _leave(turn: Turn) -> None:
    """Drain who serves, end who does not, and exit when no child is left."""
    leaving = turn.state.leaving
    if leaving is None or leaving.over:
        return
    for worker in turn.state.workers:
        if worker.live:
            turn.drain(worker, leaving.seconds, final=True)
        elif worker.stage is Stage.DRAINING and (not worker.final or worker.granted > leaving.seconds):
            remaining = leaving.seconds if worker.deadline is None else worker.deadline - turn.now - MERCY
            turn.drain(worker, max(0.0, min(leaving.seconds, remaining)), final=True)
    for generation in turn.state.generations:
        turn.retire(generation)
    if not turn.state.workers and all(each.phase is Phase.GONE for each in turn.state.generations):
        turn.change(leaving=leaving._replace(over=True))
        turn.say("info", "stopped", code=leaving.code, seconds=turn.now - turn.state.since)
        turn.order(Exit(leaving.code))
