"""The master's mind: `step(state, event, now)` takes in one piece of news and says what is to be done.

All transitions live in this file (what news means), in `rolling` (what is then to be done) and in `turn` (the moves both are
made of). News about somebody unknown changes nothing; only our own promises are taken for granted.
"""

from dataclasses import replace

from adapter.exits import STOPPED, SYSTEM_FAILED
from adapter.lifecycle import events as e
from adapter.lifecycle.actions import Abort, Action, Answer, Dismiss, Kill, Reexec, Report, StopPreflight
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import LAST_WORD
from adapter.lifecycle.reaping import exited
from adapter.lifecycle.rolling import settle
from adapter.lifecycle.state import Change, Move, Phase, Stage, State, Worker, shifted
from adapter.lifecycle.turn import STOPPING, Turn


def step(state: State, event: e.Event, now: float) -> tuple[State, tuple[Action, ...]]:
    """The state after this event, and the orders it leads to. `now` is monotonic, in seconds."""
    turn = Turn(state, now)
    _learn(turn, event)
    settle(turn)
    return turn.state, tuple(turn.actions)


def _learn(turn: Turn, event: e.Event) -> None:  # noqa: C901, PLR0912 -- the table of news, one line each
    match event:
        case e.Asked():
            _asked(turn, event)
        case e.Started():
            turn.change(since=turn.now, change=Change(since=turn.now, surge=event.limits.surge))
            turn.load(event.limits)
        case e.PreflightEnded():
            _preflight_ended(turn, event)
        case e.Reexecuted():
            _reexecuted(turn, event)
        case e.ReexecFailed():
            if turn.state.change is not None and turn.state.change.move is Move.REEXEC:
                turn.fail(event.error, code=SYSTEM_FAILED)
        case e.PreloaderStarted():
            _preloader_started(turn, event)
        case e.Loaded():
            _loaded(turn, event)
        case e.LoadFailed():
            _load_failed(turn, event)
        case e.Forked():
            _forked(turn, event)
        case e.ForkFailed():
            _fork_failed(turn, event)
        case e.Ready():
            _ready(turn, event)
        case e.BootFailed():
            _boot_failed(turn, event)
        case e.Left():
            _left(turn, event)
        case e.Exited():
            exited(turn, event)
        case e.Rested():
            _rested(turn, event)
        case e.Ticked():
            _expire(turn)
        case e.Slept():
            turn.state = shifted(turn.state, event.seconds)
            turn.say("warning", "stopped for a while: deadlines are moved by as much", seconds=event.seconds)


# -- what operators ask ----------------------------------------------------------------------------------------------------


def _asked(turn: Turn, event: e.Asked) -> None:
    command = event.command
    turn.say("info", command.value, source=event.source)
    match command:
        case Command.STOP:
            if turn.state.leaving is None:
                _abandon_change(turn)
                turn.leave(STOPPED, turn.state.limits.drain)
        case Command.STOP_NOW:
            _abandon_change(turn)
            turn.leave(turn.state.leaving.code if turn.state.leaving else STOPPED, 0.0)
        case Command.RELOAD | Command.CHAIN_RELOAD:
            _reload(turn, command)
        case Command.MORE:
            _scale(turn, 1)
        case Command.FEWER:
            _scale(turn, -1)
        case Command.STATISTICS | Command.STATUS:
            turn.order(Report(workers=command is Command.STATUS))
        case Command.NOTHING:
            pass


def _abandon_change(turn: Turn) -> None:
    """Whoever waits for a reload is told that it will not come."""
    change = turn.state.change
    if change is None:
        return
    turn.change(change=None)
    if change.move is Move.PREFLIGHT:
        turn.order(StopPreflight())
    turn.order(Answer(STOPPING))


def _reload(turn: Turn, command: Command) -> None:
    if turn.state.leaving is not None:
        turn.say("warning", "not reloading: we are stopping")
        turn.order(Answer(STOPPING))
    elif turn.state.change is not None:
        # RELOAD does all that CHAIN_RELOAD does, so it is never the one to be forgotten.
        kept = Command.RELOAD if Command.RELOAD in (turn.state.queued, command) else command
        turn.change(queued=kept)
        turn.say("info", "another change is under way: this one follows it", command=kept.value)
    else:
        turn.begin(command)


def _scale(turn: Turn, by: int) -> None:
    slots = turn.state.slots + by
    if turn.state.leaving is not None or slots < 1:
        turn.say("warning", "the number of workers stays", workers=turn.state.slots)
        return
    change = turn.state.change
    if change is not None:
        turn.change(change=replace(change, slots=max(1, change.slots + by)))
    turn.change(slots=slots)
    turn.say("info", "workers wanted", workers=slots)


# -- what becomes of a reload ----------------------------------------------------------------------------------------------


def _preflight_ended(turn: Turn, event: e.PreflightEnded) -> None:
    change = turn.state.change
    if change is None or change.move is not Move.PREFLIGHT:
        return
    turn.change(change=replace(change, deadline=None, move=Move.REEXEC))
    if event.error:
        turn.fail(event.error, code=SYSTEM_FAILED, detail=event.detail)
    else:
        turn.order(Reexec())


def _reexecuted(turn: Turn, event: e.Reexecuted) -> None:
    change = turn.state.change
    if change is None or change.move is not Move.REEXEC:
        return
    if event.error:
        turn.fail(event.error, code=SYSTEM_FAILED)
        return
    turn.change(change=replace(change, move=Move.ROLLING, surge=event.limits.surge))
    turn.load(event.limits)


# -- what preloaders tell --------------------------------------------------------------------------------------------------


def _preloader_started(turn: Turn, event: e.PreloaderStarted) -> None:
    generation = turn.state.generation(event.generation)
    if generation is None or generation.pid or generation.phase is Phase.GONE:
        return
    turn.state = turn.state.with_generation(replace(generation, pid=event.pid))
    if generation.phase is Phase.DISMISSED:
        turn.order(Dismiss(generation.number))  # owed since before we knew its pid


def _loaded(turn: Turn, event: e.Loaded) -> None:
    generation = turn.state.generation(event.generation)
    if generation is not None and generation.phase is Phase.LOADING:
        turn.say("info", "loaded", generation=generation.number, seconds=turn.now - generation.since)
        turn.state = turn.state.with_generation(replace(generation, phase=Phase.LOADED, since=turn.now, deadline=None))


def _load_failed(turn: Turn, event: e.LoadFailed) -> None:
    generation = turn.state.generation(event.generation)
    if generation is None or generation.phase not in (Phase.LOADING, Phase.DISMISSED):
        return
    if generation.pid:
        turn.dismiss(generation)
    else:  # it never was: nobody's death will tell us so
        turn.state = turn.state.with_generation(replace(generation, phase=Phase.GONE, deadline=None))
    if turn.state.on_trial(generation.number):
        turn.fail(event.error, code=event.code, detail=event.detail)


# -- what workers tell -----------------------------------------------------------------------------------------------------


def _forked(turn: Turn, event: e.Forked) -> None:
    worker = turn.state.worker(event.worker)
    if worker is None or worker.pid:
        return
    if worker.stage is Stage.FORKING:  # else it spoke before we heard of its birth
        worker = replace(worker, stage=Stage.BOOTING, since=turn.now)
    if worker.stage is Stage.KILLED:
        worker = replace(worker, deadline=None)
        turn.order(Kill(event.worker, event.pid))  # owed since before we knew its pid
    turn.state = turn.state.with_worker(replace(worker, pid=event.pid))


def _fork_failed(turn: Turn, event: e.ForkFailed) -> None:
    worker = turn.state.worker(event.worker)
    if worker is None or worker.pid:
        return
    turn.state = turn.state.without_worker(worker)
    if worker.stage is not Stage.KILLED:  # else we had given it up already
        _stillborn(turn, worker, e.BootFailed(worker.id, f"a worker could not be forked: {event.error}", SYSTEM_FAILED))


def _stillborn(turn: Turn, worker: Worker, why: e.BootFailed) -> None:
    """It never came to serve: that ends a roll; for a generation that serves it is a death like any other."""
    if turn.state.on_trial(worker.generation):
        turn.fail(why.error, code=why.code, detail=why.detail)
    else:
        turn.say("error", why.error, why.detail, worker=worker.id, slot=worker.slot, pid=worker.pid)
        turn.count_death(worker.generation)


def _ready(turn: Turn, event: e.Ready) -> None:
    worker = turn.state.worker(event.worker)
    if worker is not None and worker.unborn:
        turn.put(worker, Stage.READY)
        turn.say("info", "ready", worker=worker.id, slot=worker.slot, generation=worker.generation, pid=worker.pid)


def _boot_failed(turn: Turn, event: e.BootFailed) -> None:
    worker = turn.state.worker(event.worker)
    if worker is None or not worker.unborn:
        return
    turn.kill(worker)
    _stillborn(turn, worker, event)


def _left(turn: Turn, event: e.Left) -> None:
    """Not to be let go at once: the TERM may have been for the whole process group, and ours be the next thing we read."""
    worker = turn.state.worker(event.worker)
    if worker is not None and worker.live and not worker.unwanted:
        turn.state = turn.state.with_worker(replace(worker, unwanted=True))
        turn.say(
            "info", "someone told a worker to stop: it will when another is ready in its slot", worker=worker.id, slot=worker.slot
        )


def _rested(turn: Turn, event: e.Rested) -> None:
    worker = turn.state.worker(event.worker)
    if worker is not None:
        turn.state = turn.state.with_worker(replace(worker, idle=event.idle))


# -- what time tells -------------------------------------------------------------------------------------------------------


def _expire(turn: Turn) -> None:
    change = turn.state.change
    if change is not None and _over(change.deadline, turn.now):
        turn.fail("the pre-flight took longer than the boot timeout", code=SYSTEM_FAILED)
    for generation in turn.state.generations:
        if _over(generation.deadline, turn.now):
            turn.dismiss(generation)
            turn.fail(
                f"importing the application took longer than {generation.limits.boot:g} s (--boot-timeout)", code=SYSTEM_FAILED
            )
    for number in [worker.id for worker in turn.state.workers]:
        worker = turn.state.worker(number)  # looked up anew: what befell another may have ended it
        if worker is not None and _over(worker.deadline, turn.now):
            _overdue(turn, worker)


def _overdue(turn: Turn, worker: Worker) -> None:
    if worker.stage is Stage.DRAINING:
        # It should have cut what it holds, told about it, and left: so it is stuck in C, or stopped. A last word, if it can.
        turn.put(worker, Stage.ABORTING, lasting=LAST_WORD)
        turn.order(Abort(worker.id, worker.pid))
        turn.say("error", "killed at the drain deadline", worker=worker.id, slot=worker.slot, pid=worker.pid)
        return
    turn.kill(worker)
    if worker.stage is Stage.ABORTING:
        return
    if not worker.pid:
        # The preloader took the order and did nothing: it is stuck, and would not fork the next one either.
        turn.dismiss(turn.state.generation(worker.generation))
    if worker.stage is Stage.KILLED:  # given up long ago
        turn.state = turn.state.with_worker(replace(worker, deadline=None))
        return
    _stillborn(turn, worker, e.BootFailed(worker.id, "a worker was not ready within the boot timeout", SYSTEM_FAILED))


def _over(deadline: float | None, now: float) -> bool:
    return deadline is not None and deadline <= now
