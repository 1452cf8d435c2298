"""What a death means: who it was, at which stage, and whether somebody asked for it."""

from adapter.exits import FAILED
from adapter.lifecycle import rollback
from adapter.lifecycle.events import Exited
from adapter.lifecycle.state import Generation, Phase, Stage, Worker
from adapter.lifecycle.turn import Turn


def exited(turn: Turn, event: Exited) -> None:
    """A child is gone. A stranger's death (we are a subreaper, perhaps PID 1) changes nothing."""
    for worker in turn.state.workers:
        if worker.pid == event.pid:
            _worker_exited(turn, worker, event)
    for generation in turn.state.generations:
        if generation.pid == event.pid and generation.phase is not Phase.GONE:
            _preloader_exited(turn, generation, event)


def _worker_exited(turn: Turn, worker: Worker, event: Exited) -> None:
    turn.state = turn.state.without_worker(worker)
    fields: dict[str, str | int] = {"worker": worker.id, "slot": worker.slot, "generation": worker.generation, "pid": worker.pid}
    if worker.stage is Stage.DRAINING and event.clean:
        turn.say("info", "drained", "", **fields)
    elif not worker.live:
        turn.say("info", "gone", event.stack, how=event.how, **_at(event), **fields)
    else:
        _worker_died(turn, worker, event, fields)


def _worker_died(turn: Turn, worker: Worker, event: Exited, fields: dict[str, str | int]) -> None:
    """Nobody asked for this one."""
    on_trial = turn.state.on_trial(worker.generation)
    turn.say("error", "a worker died", event.stack, how=event.how, **_at(event), stage=worker.stage.value, **fields)
    turn.count_death(worker.generation)
    turn.change(respawns=turn.state.respawns + 1)
    limits = turn.state.limits
    if on_trial and worker.unborn:
        turn.fail(f"a worker died before it was ready: {event.how}", code=FAILED)
    elif on_trial and turn.state.change is not None and turn.state.change.canary:
        turn.fail(f"the canary died: {event.how}", code=FAILED)
    elif on_trial and turn.pause(worker.generation) is not None:
        turn.fail(f"its workers die: {limits.deaths} in {limits.window:g} s, the last one: {event.how}", code=FAILED)


def _at(event: Exited) -> dict[str, str]:
    return {"request": event.request} if event.request else {}


def _preloader_exited(turn: Turn, generation: Generation, event: Exited) -> None:
    turn.state = turn.state.with_generation(generation._replace(phase=Phase.GONE, pid=0, deadline=None))
    for worker in turn.state.workers:
        # Ordered, but who should have forked it is gone. Had it been forked after all, `Forked` would be here by now,
        # since the pid is told before the worker is let go.
        if worker.generation == generation.number and not worker.pid:
            turn.state = turn.state.without_worker(worker)
    if generation.phase in (Phase.RETIRED, Phase.DISMISSED):
        if event.stack:
            turn.say("error", "the import hung here", event.stack, generation=generation.number)
        return
    if generation.number == turn.state.parked:
        rollback.forget(turn, f"the preloader of the generation before died: {event.how}")
        return
    sentence = f"the preloader died: {event.how}"
    if turn.state.on_trial(generation.number):
        turn.fail(sentence, code=FAILED, detail=event.stack)
    else:
        turn.count_death(generation.number)
        turn.say("error", sentence, event.stack, generation=generation.number)
