"""What the master knows (facts) and what it was asked for (wishes), as records; questions about them by name.

Every field has a default, so that a record written by another version of adapter can be read (`carryover`).
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from adapter.lifecycle.adaptive import Pace
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits


class Stage(Enum):
    """A worker's stages, in order; none is entered twice."""

    FORKING = "forking"  # ordered, its pid not known yet
    BOOTING = "booting"  # exists
    READY = "ready"  # serves
    DRAINING = "draining"  # takes no more, finishes what it holds
    ABORTING = "aborting"  # past its drain deadline; told to show where it is, and to die of it
    KILLED = "killed"  # SIGKILL sent (or owed, while the pid is unknown); not reaped yet


class Phase(Enum):
    """A generation's preloader."""

    LOADING = "loading"  # imports the application
    LOADED = "loaded"  # can fork
    RETIRED = "retired"  # forks no more, but looks after the workers it has: who else would end one, should we be killed?
    DISMISSED = "dismissed"  # told to go, not reaped yet
    GONE = "gone"  # no process


class Move(Enum):
    """How far a change of generation has come."""

    PREFLIGHT = "preflight"
    REEXEC = "reexec"
    RECALL = "recall"  # a kept generation's listeners are opened
    ROLLING = "rolling"


class Worker(NamedTuple):
    """A worker as the master sees it."""

    id: int = 0
    slot: int = 0
    generation: int = 0
    stage: Stage = Stage.READY  # one carried over in a stage we do not know is there to be relieved
    pid: int = 0  # 0: not known yet
    since: float = 0.0  # when it entered its stage
    # Never None while FORKING, BOOTING, DRAINING, ABORTING, or owed a kill; while READY: when it should be relieved.
    deadline: float | None = None
    idle: bool = False
    reason: str = ""  # why it wants to be relieved, once it has lived long enough
    unwanted: bool = False  # it goes once another sits in its slot: somebody sent it a TERM, or it reached a limit
    deaf: bool = False  # a call of it holds the interpreter's lock: it hears nothing, until it says that it has
    final: bool = False  # told to drain for good: nobody serves after it
    granted: float = 0.0  # seconds it was last told to drain in

    @property
    def live(self) -> bool:
        """Is it there to serve, now or soon?"""
        return self.stage in (Stage.FORKING, Stage.BOOTING, Stage.READY)

    def keeps(self, target: int) -> bool:
        """May it keep its slot, when this generation should sit there?"""
        return self.live and self.generation == target and not self.unwanted

    @property
    def unborn(self) -> bool:
        """Is it not ready yet?"""
        return self.stage in (Stage.FORKING, Stage.BOOTING)


class Generation(NamedTuple):
    """One load of code and config."""

    number: int = 0
    limits: Limits = Limits()
    phase: Phase = Phase.LOADED  # one carried over in a phase we do not know is missed as soon as it is needed
    pid: int = 0
    since: float = 0.0
    deadline: float | None = None  # never None while LOADING; of the one that is kept: until when
    deaths: tuple[float, ...] = ()  # unasked ones, of its workers and its own: no other generation pays for them
    answers: int = 0  # that its workers gave, as far as they told (only when somebody is to be judged by it)
    errors: int = 0  # those with status 5xx among them

    @property
    def failing(self) -> float:
        """The share of errors among its answers, from 0 to 1."""
        return self.errors / self.answers if self.answers else 0.0


class Change(NamedTuple):
    """A change of generation under way: a transaction that ends in a commit or leaves `previous` in every slot."""

    kind: Command | None = None  # None: the first generation, or one loaded anew because its preloader died
    move: Move = Move.ROLLING
    previous: int | None = None  # None: nothing to go back to, failure is fatal
    surge: int = 1
    slots: int = 0  # to go back to
    since: float = 0.0
    deadline: float | None = None  # of the pre-flight
    canary: bool = False  # one worker of the target serves beside the others, until it has proved itself
    canary_until: float | None = None  # it has when it lives then; None: see its generation's answers, or it is not ready yet

    @property
    def cuts(self) -> bool:
        """Are old workers ended before new ones start?"""
        return self.kind is not None and self.kind.cuts


class Leaving(NamedTuple):
    """We were asked to stop."""

    code: int = 0
    seconds: float = 0.0
    over: bool = False  # the order to exit was given


class State(NamedTuple):
    """All the master knows. `target` is the generation that should sit in every slot."""

    target: int = 0
    slots: int = 0
    workers: tuple[Worker, ...] = ()
    generations: tuple[Generation, ...] = ()
    change: Change | None = None
    queued: Command | None = None  # a reload asked for during a reload: done right after it
    lame_duck: float | None = None  # asked to stop; until then all serve on, and tell load balancers to look elsewhere
    leaving: Leaving | None = None
    paused: bool = False  # no worker is to take a request
    asleep: bool = False  # no slot is to have a worker, until somebody comes
    parked: int | None = None  # the generation kept for a rollback: LOADED, its listeners closed
    way_back: str = ""  # why there is none
    probation: float | None = None  # until then the target is taken back by itself when it fails
    retry_at: float | None = None  # forks (or a load) wait until then
    showing: tuple[int, ...] = ()  # workers that were asked for their stacks, and have not shown them yet
    shown_by: float | None = None  # when our patience ends
    insisted: bool = False  # it has ended once
    patience: float | None = None  # seconds that whoever stops us waits; None: for ever, or nobody knows
    pace: Pace = Pace()  # when the number of workers follows the load
    next_worker: int = 1
    last_generation: int = 0
    reloads: int = 0
    failed_reloads: int = 0
    respawns: int = 0
    drains: int = 0
    rollbacks: int = 0
    recycled: int = 0  # relieved for a limit they reached
    since: float = 0.0

    def worker(self, worker: int) -> Worker | None:
        """The worker with this id, if it is still known."""
        return next((each for each in self.workers if each.id == worker), None)

    def pid_of(self, worker: int) -> int:
        """Its process; 0 while that, or the worker, is not known."""
        return known.pid if (known := self.worker(worker)) is not None else 0

    def generation(self, number: int) -> Generation | None:
        """The generation with this number, if it is still known."""
        return next((each for each in self.generations if each.number == number), None)

    @property
    def stopping(self) -> bool:
        """Were we asked to stop?"""
        return self.leaving is not None or self.lame_duck is not None

    @property
    def limits(self) -> Limits:
        """The limits of the generation that should serve."""
        generation = self.generation(self.target)
        return generation.limits if generation else Limits()

    def on_trial(self, generation: int) -> bool:
        """Does the change under way stand or fall with this generation? Before the roll the target is still the old one."""
        return self.change is not None and self.change.move is Move.ROLLING and generation == self.target

    def sitting(self, slot: int) -> Iterator[Worker]:
        """Who sits in this slot, to serve now or soon."""
        return (worker for worker in self.workers if worker.slot == slot and worker.live)

    def whole(self) -> bool:
        """Has every slot a ready worker of the target?"""
        served = {worker.slot for worker in self.workers if worker.stage is Stage.READY and worker.generation == self.target}
        return self.slots > 0 and served.issuperset(range(self.slots))

    def has_workers(self, generation: int) -> bool:
        """Does a process of this generation live, besides its preloader?"""
        return any(worker.generation == generation and worker.pid for worker in self.workers)

    def serves(self) -> bool:
        """Will whoever comes now be served: by ready workers, or by those that are then forked?"""
        serving = {self.target, self.change.previous if self.change else None}
        able = any(each.phase is Phase.LOADED and each.number in serving for each in self.generations)
        return self.whole() or (self.asleep and able)

    def with_worker(self, worker: Worker) -> "State":
        """The same, this worker added or changed."""
        others = tuple(each for each in self.workers if each.id != worker.id)
        return self._replace(workers=tuple(sorted((*others, worker), key=lambda each: each.id)))

    def without_worker(self, worker: Worker) -> "State":
        """The same, this worker gone."""
        return self._replace(workers=tuple(each for each in self.workers if each.id != worker.id))

    def with_generation(self, generation: Generation) -> "State":
        """The same, this generation added or changed."""
        others = tuple(each for each in self.generations if each.number != generation.number)
        return self._replace(generations=tuple(sorted((*others, generation), key=lambda each: each.number)))

    def without_generation(self, generation: Generation) -> "State":
        """The same, this generation forgotten."""
        return self._replace(generations=tuple(each for each in self.generations if each.number != generation.number))


def next_deadline(state: State) -> float | None:
    """The next instant at which something is to be decided; None: nothing but news can change us."""
    instants = [worker.deadline for worker in state.workers] + [generation.deadline for generation in state.generations]
    instants += [state.retry_at, state.shown_by, state.probation, state.lame_duck]
    instants += [state.change.deadline, state.change.canary_until] if state.change else []
    return min((instant for instant in instants if instant is not None), default=None)


def pressing(state: State) -> bool:
    """Will somebody be killed at a deadline? Then it must be noticed if we are stopped meanwhile (see `shifted`)."""
    return (
        any(worker.deadline is not None and worker.stage is not Stage.READY for worker in state.workers)
        or any(generation.phase is Phase.LOADING for generation in state.generations)
        or (state.change is not None and state.change.deadline is not None)
    )


def shifted(state: State, seconds: float) -> State:
    """The same, every deadline later: we slept, nobody is to be killed for it."""

    def later(instant: float | None) -> float | None:
        return None if instant is None else instant + seconds

    change = state.change
    return state._replace(
        workers=tuple(each._replace(deadline=later(each.deadline)) for each in state.workers),
        generations=tuple(each._replace(deadline=later(each.deadline)) for each in state.generations),
        shown_by=later(state.shown_by),
        change=change and change._replace(deadline=later(change.deadline), canary_until=later(change.canary_until)),
        probation=later(state.probation),
        lame_duck=later(state.lame_duck),
    )
