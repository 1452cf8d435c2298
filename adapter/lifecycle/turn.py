"""One step under way: the state so far, the orders given so far, and the moves that every decision is made of."""

from adapter.lifecycle.actions import (
    Action,
    Answer,
    Dismiss,
    Drain,
    Fork,
    Kill,
    Load,
    Say,
    StartPreflight,
    StopListening,
    StopPreflight,
)
from adapter.lifecycle.commands import Command
from adapter.lifecycle.intensity import pause_until, remember
from adapter.lifecycle.limits import HEARING, MERCY, Limits
from adapter.lifecycle.state import Change, Generation, Leaving, Move, Phase, Stage, State, Worker

STOPPING = "the server was asked to stop"


class Turn:
    """Mutable only for the length of one `step`; nothing outside sees it."""

    def __init__(self, state: State, now: float) -> None:
        self.state = state
        self.now = now
        self.actions: list[Action] = []

    def change(self, **fields: object) -> None:
        """Set fields of the state."""
        self.state = self.state._replace(**fields)  # type: ignore[arg-type]  # the names are checked by `_replace`

    def order(self, action: Action) -> None:
        """Have something done."""
        self.actions.append(action)

    def say(self, level: str, sentence: str, detail: str = "", **fields: str | float) -> None:
        """One line for the log."""
        self.order(Say(level, sentence, fields, detail))

    # -- workers -------------------------------------------------------------------------------------------------------

    def put(self, worker: Worker, stage: Stage, *, lasting: float | None = None) -> None:
        """A worker enters a stage, which may last so many seconds."""
        deadline = None if lasting is None else self.now + lasting
        self.state = self.state.with_worker(worker._replace(stage=stage, since=self.now, deadline=deadline))

    def fork(self, slot: int, generation: Generation) -> None:
        """A worker for this slot. Its boot deadline stands before it exists, so that one that gets lost is missed."""
        worker = Worker(self.state.next_worker, slot, generation.number)
        self.change(next_worker=worker.id + 1)
        self.put(worker, Stage.FORKING, lasting=generation.limits.boot)
        self.order(Fork(worker.id, slot, generation.number))

    def kill(self, worker: Worker) -> None:
        """SIGKILL, once. While the pid is unknown the signal is owed (see `Forked`), for as long as the worker had to appear."""
        if worker.stage is not Stage.KILLED:
            self.put(worker, Stage.KILLED)
            if worker.pid:
                self.order(Kill(worker.id, worker.pid))
            elif worker.deadline is not None and worker.deadline > self.now:
                self.state = self.state.with_worker(worker._replace(stage=Stage.KILLED, since=self.now))

    def drain(self, worker: Worker, seconds: float, *, final: bool) -> None:
        """Let a ready worker finish; one that is not ready holds nothing and is killed."""
        if worker.unborn:
            self.kill(worker)
        else:
            lasting = HEARING if worker.deaf else seconds + MERCY
            self.put(worker._replace(final=final, granted=seconds), Stage.DRAINING, lasting=lasting)
            self.order(Drain(worker.id, seconds, final))
            if worker.stage is not Stage.DRAINING:  # else it is told again, for there is less time now
                self.change(drains=self.state.drains + 1)

    # -- generations ---------------------------------------------------------------------------------------------------

    def load(self, limits: Limits, deaths: tuple[float, ...] = ()) -> None:
        """A new generation becomes the target; its slots are its own limits' business."""
        number, limits = self.state.last_generation + 1, limits.within(self.state.patience)
        deadline = self.now + limits.boot
        generation = Generation(number, limits, Phase.LOADING, since=self.now, deadline=deadline, deaths=deaths)
        self.state = self.state.with_generation(generation)
        self.change(last_generation=number, target=number, slots=limits.slots(self.state.slots), retry_at=None)
        self.order(Load(number))

    def retire(self, generation: Generation | None) -> None:
        """Nobody will be forked from it again. Its preloader goes when the last of its workers has (see `roles.worker.offspring`)."""
        if (
            generation is None
            or generation.phase not in (Phase.LOADED, Phase.RETIRED)
            or not self.state.has_workers(generation.number)
        ):
            self.dismiss(generation)
        else:
            self.state = self.state.with_generation(generation._replace(phase=Phase.RETIRED, deadline=None))

    def dismiss(self, generation: Generation | None) -> None:
        """End a preloader; it serves nobody. While its pid is unknown the order is owed: see `PreloaderStarted`."""
        if generation is not None and generation.phase in (Phase.LOADING, Phase.LOADED, Phase.RETIRED):
            self.state = self.state.with_generation(generation._replace(phase=Phase.DISMISSED, deadline=None))
            if generation.number == self.state.parked:
                self.change(parked=None, probation=None, way_back="the preloader of the generation before was stuck")
            if generation.pid:
                self.order(Dismiss(generation.number))

    def count_death(self, number: int) -> None:
        """Nobody asked for this one: a worker of this generation, its preloader, or a load of the same again."""
        generation = self.state.generation(number)
        if generation is not None:
            deaths = remember(generation.deaths, self.now, generation.limits.window)
            self.state = self.state.with_generation(generation._replace(deaths=deaths))
            if (until := self.pause(number)) is not None:
                allowed = f"{generation.limits.deaths} deaths in {generation.limits.window:g} s"
                self.say("error", f"{allowed}: the next start waits", generation=number, seconds=until - self.now)

    def pause(self, number: int) -> float | None:
        """Until when nobody of this generation should be started, because too many died lately; None: no pause."""
        generation = self.state.generation(number)
        if generation is None:
            return None
        limits = generation.limits
        return pause_until(generation.deaths, self.now, allowed=limits.deaths, window=limits.window)

    # -- changes -------------------------------------------------------------------------------------------------------

    def begin(self, command: Command) -> None:
        """Start a reload; the caller has seen that none is under way."""
        limits = self.state.limits
        surge = 1 if command is Command.CHAIN_RELOAD else limits.surge
        change = Change(command, previous=self.state.target, surge=surge, since=self.now, slots=self.state.slots)
        if command.reexecutes:
            self.change(change=change._replace(move=Move.PREFLIGHT, deadline=self.now + limits.boot))
            self.order(StartPreflight())
        else:
            self.change(change=change._replace(canary=limits.canary and not command.cuts))
            self.load(limits.of(self.state.slots))

    def fail(self, error: str, *, code: int, detail: str = "") -> None:
        """The change under way comes to nothing: the previous generation goes on in every slot, or, with none, we leave."""
        change = self.state.change
        if change is None:
            return
        self.change(change=None)
        if change.move is Move.PREFLIGHT:
            self.order(StopPreflight())
        self.order(Answer(error, detail))
        if change.previous is None:
            self.say("fatal", error, detail)
            self.leave(code, 0.0)
            return
        self.say("error", f"{_name(change)} failed: {error}", detail, serving=change.previous)
        if change.move is Move.ROLLING:
            self._restore(change)
        self.change(failed_reloads=self.state.failed_reloads + 1)
        self.begin_queued()

    def abandon(self) -> None:
        """We leave: whoever waits for the change under way is told that it will not come."""
        change = self.state.change
        if change is None:
            return
        self.change(change=None)
        if change.move is Move.PREFLIGHT:
            self.order(StopPreflight())
        self.order(Answer(STOPPING))

    def _restore(self, change: Change) -> None:
        failed = self.state.target
        self.change(target=change.previous, slots=change.slots, retry_at=None)
        if change.previous is not None and (change.kind is None or failed == change.previous):
            # Nobody will ask for it again: we shall start it anew by ourselves, but not without a pause.
            self.count_death(change.previous)
        if failed == change.previous:
            return
        self.retire(self.state.generation(failed))
        for worker in self.state.workers:
            if worker.generation == failed and worker.unborn:
                self.kill(worker)

    def begin_queued(self) -> None:
        """Start the reload that was asked for while another was under way."""
        queued = self.state.queued
        if queued is not None and self.state.leaving is None:
            self.change(queued=None)
            self.begin(queued)

    def leave(self, code: int, seconds: float) -> None:
        """From here on everything goes towards our exit."""
        if self.state.leaving is None:
            self.order(StopListening())
        if self.state.queued is not None:
            self.order(Answer(STOPPING))
        leaving = (self.state.leaving or Leaving())._replace(code=code, seconds=seconds)
        # Not paused any more: who drains takes what it has accepted.
        self.change(leaving=leaving, queued=None, retry_at=None, parked=None, probation=None, paused=False, lame_duck=None)
        self.change(asleep=False)


def _name(change: Change) -> str:
    return "loading anew" if change.kind is None else change.kind.value
