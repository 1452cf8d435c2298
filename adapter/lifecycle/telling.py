"""What preloaders and workers tell of themselves; their deaths are in `reaping`."""

from adapter.exits import SYSTEM_FAILED
from adapter.lifecycle import events as e
from adapter.lifecycle.actions import Begin, Dismiss, Kill
from adapter.lifecycle.limits import MERCY, Limits
from adapter.lifecycle.showing import insist_on_stacks
from adapter.lifecycle.state import Phase, Stage, Worker
from adapter.lifecycle.turn import Turn

_RECENT = 20_000  # answers; past it all that came before counts half


def preloader_started(turn: Turn, event: e.PreloaderStarted) -> None:
    """A preloader has a pid."""
    generation = turn.state.generation(event.generation)
    if generation is None or generation.pid or generation.phase is Phase.GONE:
        return
    turn.state = turn.state.with_generation(generation._replace(pid=event.pid))
    if generation.phase is Phase.DISMISSED:
        turn.order(Dismiss(generation.number))  # owed since before we knew its pid


def loaded(turn: Turn, event: e.Loaded) -> None:
    """It can fork."""
    generation = turn.state.generation(event.generation)
    if generation is not None and generation.phase is Phase.LOADING:
        turn.say("info", "loaded", generation=generation.number, seconds=turn.now - generation.since)
        turn.state = turn.state.with_generation(generation._replace(phase=Phase.LOADED, since=turn.now, deadline=None))


def load_failed(turn: Turn, event: e.LoadFailed) -> None:
    """It never will."""
    generation = turn.state.generation(event.generation)
    if generation is None or generation.phase not in (Phase.LOADING, Phase.DISMISSED):
        return
    if generation.pid:
        turn.dismiss(generation)
    else:  # it never was: nobody's death will tell us so
        turn.state = turn.state.with_generation(generation._replace(phase=Phase.GONE, deadline=None))
    if turn.state.on_trial(generation.number):
        turn.fail(event.error, code=event.code, detail=event.detail)


def forked(turn: Turn, event: e.Forked) -> None:
    """A worker has a pid."""
    worker = turn.state.worker(event.worker)
    if worker is None or worker.pid:
        return
    if worker.stage is Stage.FORKING:  # else it spoke before we heard of its birth
        worker = worker._replace(stage=Stage.BOOTING, since=turn.now)
    if worker.stage is Stage.KILLED:
        worker = worker._replace(deadline=None)
        turn.order(Kill(event.worker, event.pid))  # owed since before we knew its pid
    turn.state = turn.state.with_worker(worker._replace(pid=event.pid))


def fork_failed(turn: Turn, event: e.ForkFailed) -> None:
    """A worker never will."""
    worker = turn.state.worker(event.worker)
    if worker is None or worker.pid:
        return
    turn.state = turn.state.without_worker(worker)
    if worker.stage is not Stage.KILLED:  # else we had given it up already
        stillborn(turn, worker, e.BootFailed(worker.id, f"a worker could not be forked: {event.error}", SYSTEM_FAILED))


def stillborn(turn: Turn, worker: Worker, why: e.BootFailed) -> None:
    """It never came to serve: that ends a roll; for a generation that serves it is a death like any other."""
    if turn.state.on_trial(worker.generation):
        turn.fail(why.error, code=why.code, detail=why.detail)
    else:
        turn.say("error", why.error, why.detail, worker=worker.id, slot=worker.slot, pid=worker.pid)
        turn.count_death(worker.generation)


def ready(turn: Turn, event: e.Ready) -> None:
    """A worker can serve, and now does."""
    worker = turn.state.worker(event.worker)
    if worker is not None and worker.unborn:
        turn.put(worker, Stage.READY, lasting=_limits(turn, worker).life(worker.id))
        turn.order(Begin(worker.id))
        turn.say("info", "ready", worker=worker.id, slot=worker.slot, generation=worker.generation, pid=worker.pid)


def boot_failed(turn: Turn, event: e.BootFailed) -> None:
    """A worker never will."""
    worker = turn.state.worker(event.worker)
    if worker is None or not worker.unborn:
        return
    turn.kill(worker)
    stillborn(turn, worker, event)


def left(turn: Turn, event: e.Left) -> None:
    """Not to be let go at once: the TERM may have been for the whole process group, and ours be the next thing we read."""
    worker = turn.state.worker(event.worker)
    if worker is None or not worker.live or worker.unwanted:
        return
    if event.reason and worker.stage is Stage.READY:
        if not worker.reason:
            due = worker.since + _limits(turn, worker).least_life
            sooner = due if worker.deadline is None else min(due, worker.deadline)
            turn.state = turn.state.with_worker(worker._replace(reason=event.reason, deadline=sooner))
        return
    turn.state = turn.state.with_worker(worker._replace(unwanted=True))
    turn.say(
        "info", "someone told a worker to stop: it will when another is ready in its slot", worker=worker.id, slot=worker.slot
    )


def stuck(turn: Turn, event: e.Stuck) -> None:
    """It has told the client; but the call still runs, and only the end of its process can end it."""
    worker = turn.state.worker(event.worker)
    if worker is not None and worker.live and not worker.unwanted:
        turn.state = turn.state.with_worker(worker._replace(unwanted=True))
        turn.say(
            "warning",
            "a worker with a stuck request will be relieved",
            request=event.request,
            seconds=event.seconds,
            worker=worker.id,
            slot=worker.slot,
            pid=worker.pid,
        )


def deaf(turn: Turn, event: e.Deaf) -> None:
    """It can neither tell nor answer anybody, nor drain. What it is at is shown now, while it is: it may yet come back."""
    worker = turn.state.worker(event.worker)
    if worker is None or worker.stage is not Stage.READY or worker.deaf:
        return
    turn.state = turn.state.with_worker(worker._replace(unwanted=True, deaf=True))
    turn.say(
        "error",
        "a call holds the interpreter's lock past its deadline (--request-timeout): its worker will be ended",
        worker=worker.id,
        slot=worker.slot,
        pid=worker.pid,
    )
    insist_on_stacks(turn, worker.id)


def draining(turn: Turn, event: e.Draining) -> None:
    """One that was deaf hears again, so it drains as any other."""
    worker = turn.state.worker(event.worker)
    if worker is not None and worker.deaf and worker.stage is Stage.DRAINING:
        turn.put(worker._replace(deaf=False), Stage.DRAINING, lasting=worker.granted + MERCY)


def _limits(turn: Turn, worker: Worker) -> Limits:
    generation = turn.state.generation(worker.generation)
    return generation.limits if generation else Limits()


def rested(turn: Turn, event: e.Rested) -> None:
    """A worker has nobody to serve, or has again."""
    worker = turn.state.worker(event.worker)
    if worker is not None:
        turn.state = turn.state.with_worker(worker._replace(idle=event.idle))


def answered(turn: Turn, event: e.Answered) -> None:
    """How its generation does. What lies long back counts less and less, so that it is the present that is compared."""
    worker = turn.state.worker(event.worker)
    generation = turn.state.generation(worker.generation) if worker else None
    if generation is None:
        return
    answers, errors = generation.answers + event.answers, generation.errors + event.errors
    if answers > _RECENT:
        answers, errors = answers // 2, errors // 2
    turn.state = turn.state.with_generation(generation._replace(answers=answers, errors=errors))
