"""The master against a pretend kernel: whatever children, operators, strangers and time do, the promises are kept."""

import json
import os
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from adapter.lifecycle import actions as a
from adapter.lifecycle import events as e
from adapter.lifecycle.carryover import from_plain, to_plain
from adapter.lifecycle.commands import RELOADS, Command
from adapter.lifecycle.limits import LAST_WORD, MERCY, Limits
from adapter.lifecycle.master import step
from adapter.lifecycle.rollback import refusal
from adapter.lifecycle.state import Move, Phase, Stage, State, Worker, next_deadline, pressing
from kit.pretend import Kernel, Process

ABROAD = 10_000_000  # numbers and pids that nobody here has
indexes = st.integers(0, 40)
limits = st.builds(
    Limits,
    workers=st.integers(1, 4),
    most=st.sampled_from([0, 0, 0, 4, 6]),
    cheap=st.sampled_from([False, False, True]),
    surge=st.integers(1, 3),
    drain=st.sampled_from([0.1, 0.7, 8.0]),
    boot=st.sampled_from([5.0, 60.0]),
    deaths=st.integers(1, 4),
    lame_duck=st.sampled_from([0.0, 0.0, 5.0]),
    window=st.sampled_from([0.3, 10.0]),
    lifetime=st.sampled_from([0.0, 0.0, 30.0]),
    lifetime_jitter=st.sampled_from([0.0, 50.0]),
    least_life=st.sampled_from([0.0, 10.0]),
    lazy=st.sampled_from([False, False, True]),
    fits=st.booleans(),
    rollback=st.sampled_from([0.0, 30.0, 300.0]),
    probation=st.sampled_from([0.0, 0.0, 50.0]),
    canary_answers=st.sampled_from([0, 0, 0, 6]),
    canary_seconds=st.sampled_from([0.0, 0.0, 0.0, 2.0]),
    margin=st.sampled_from([0.0, 0.05, 1.0]),
)


class MasterAgainstKernel(RuleBasedStateMachine):
    """Rules are what the world does; `tell` is where the master hears of it and every promise is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = Kernel()
        self.state = State()
        self.now = 1000.1
        self.heard: list[e.Event] = []
        self.stop_by: float | None = None

    @initialize(limits=limits, booted=st.sampled_from([True, True, True, False]))
    def start(self, limits: Limits, booted: bool) -> None:  # noqa: FBT001 -- hypothesis gives it by name
        self.tell(e.Started(limits))
        if booted:  # most of what can go wrong comes later
            self.go_on(obeying=True)

    # -- how the master hears ------------------------------------------------------------------------------------------

    def tell(self, event: e.Event) -> tuple[a.Action, ...]:
        before = self.state
        self.state, ordered = step(before, event, self.now)
        if before.leaving and before.leaving.over:
            assert all(
                isinstance(each, a.Say | a.Report | a.Wake | a.WritePidfile | a.ReopenLogs | a.Answer | a.TellStacks)
                for each in ordered
            ), f"ordered after Exit: {ordered}"
        if not (self.state.change and self.state.change.move is Move.REEXEC and not self.state.leaving):
            self.kernel.reexec_ordered = False  # as `Orders.reexec_due` does
        answered = len(self.kernel.answers)
        for action in ordered:
            self.kernel.carry_out(action, self.state)
        self.a_rollback_goes_where_it_can(before, event)
        self.each_reload_is_answered_once(before, event, len(self.kernel.answers) - answered)
        self.no_order_empties_a_serving_slot(before, ordered)
        self.a_preloader_stays_with_its_workers(event, ordered)
        self.promises()
        self.heard.append(event)
        return ordered

    def hear(self, process: Process) -> None:
        """The next thing that this child said."""
        self.hear_news()
        event = process.said.popleft()
        if isinstance(event, e.Forked):
            born = self.kernel.find("worker", event.worker)
            assert born is not None
            born.known = True
        self.tell(event)

    def hear_news(self) -> None:
        while self.kernel.news:
            event = self.kernel.news.popleft()
            if isinstance(event, e.PreloaderStarted):
                started = self.kernel.find("preloader", event.generation)
                assert started is not None
                started.known = True
            self.tell(event)

    def bury(self, process: Process) -> None:
        """A death is told after everything that anybody said before it."""
        self.hear_news()
        for kind in ("preloader", "worker"):
            for each in [each for each in self.kernel.processes if each.kind == kind]:
                while each.said:
                    self.hear(each)
        self.hear_news()
        self.kernel.processes.remove(process)
        self.tell(e.Exited(process.pid, "exit code 0" if process.clean else "killed by signal 9", process.clean))

    @staticmethod
    def one_of(some: list[Process], index: int) -> Process | None:
        return some[index % len(some)] if some else None

    # -- what is heard, and when ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.kernel.news)
    @rule()
    def our_own_news(self) -> None:
        self.hear_news()

    @precondition(lambda self: any(each.said for each in self.kernel.processes))
    @rule(index=indexes)
    def a_child_is_heard(self, index: int) -> None:
        self.hear(
            [each for each in self.kernel.processes if each.said][index % sum(bool(each.said) for each in self.kernel.processes)]
        )

    @precondition(lambda self: any(not each.alive for each in self.kernel.processes))
    @rule(index=indexes)
    def a_child_is_reaped(self, index: int) -> None:
        dead = [each for each in self.kernel.processes if not each.alive]
        self.bury(dead[index % len(dead)])

    # -- what children do ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.kernel.all("preloader"))
    @rule(index=indexes, outcome=st.sampled_from(["well", "well", "well", "badly", "hangs", "dies"]))
    def a_preloader_works(self, index: int, outcome: str) -> None:
        process = self.one_of(self.kernel.all("preloader"), index)
        assert process is not None
        if outcome == "hangs":
            process.hung = True
        elif outcome == "dies":
            process.die()
        elif process.stage == "booting" and outcome == "well":
            process.stage = "serving"
            process.said.append(e.Loaded(process.number))
        elif process.stage == "booting":
            process.said.append(e.LoadFailed(process.number, "SyntaxError", 1))
            process.die(clean=True)
        elif process.orders and outcome == "well":
            self.kernel.fork(process)
        elif process.orders:
            process.said.append(e.ForkFailed(process.orders.popleft().worker, "no memory"))

    @precondition(lambda self: self.kernel.all("worker", stage="booting"))
    @rule(index=indexes, outcome=st.sampled_from(["well", "well", "well", "badly", "left", "hangs"]))
    def a_worker_boots(self, index: int, outcome: str) -> None:
        process = self.one_of(self.kernel.all("worker", stage="booting"), index)
        assert process is not None
        if outcome == "well":
            process.stage = "ready"
            process.said.append(e.Ready(process.number))
        elif outcome == "badly":
            process.said.append(e.BootFailed(process.number, "ImportError", 1))
            process.die()
        elif outcome == "left":
            process.said.append(e.Left(process.number))
        else:
            process.hung = True

    @precondition(lambda self: self.kernel.all("worker", stage="serving"))
    @rule(index=indexes, what=st.sampled_from(["left", "full", "full", "idle", "busy", "stuck", "answers", "answers", "errors"]))
    def a_worker_speaks(self, index: int, what: str) -> None:
        process = self.one_of(self.kernel.all("worker", stage="serving"), index)
        assert process is not None
        if what in ("left", "full"):
            process.said.append(e.Left(process.number, "5 requests" if what == "full" else ""))
        elif what == "stuck":
            process.said.append(e.Stuck(process.number, "GET /", 60.0))
        elif what in ("answers", "errors"):
            process.said.append(e.Answered(process.number, 10, 8 if what == "errors" else 0))
        else:
            process.said.append(e.Rested(process.number, idle=what == "idle"))

    @precondition(lambda self: self.kernel.all("worker", stage="serving"))
    @rule(index=indexes)
    def a_worker_goes_deaf(self, index: int) -> None:
        process = self.one_of(self.kernel.all("worker", stage="serving"), index)
        assert process is not None
        worker = self.state.worker(process.number)
        if worker is not None and worker.stage is Stage.READY:
            process.hung = True
            self.tell(e.Deaf(process.number))

    @precondition(lambda self: any(each.hung and each.kind == "worker" for each in self.kernel.processes))
    @rule(index=indexes)
    def a_worker_hears_again(self, index: int) -> None:
        process = self.one_of([each for each in self.kernel.processes if each.hung and each.kind == "worker"], index)
        worker = self.state.worker(process.number) if process is not None else None
        if process is not None and process.alive and worker is not None and worker.stage is not Stage.ABORTING:
            process.hung = False
            if process.drains:
                process.said.append(e.Draining(process.number))

    @precondition(lambda self: self.kernel.all("worker", stage="draining"))
    @rule(index=indexes, clean=st.booleans())
    def a_worker_has_drained(self, index: int, clean: bool) -> None:  # noqa: FBT001 -- hypothesis gives it by name
        process = self.one_of(self.kernel.all("worker", stage="draining"), index)
        assert process is not None
        process.die(clean=clean)

    @precondition(lambda self: self.kernel.all("worker"))
    @rule(index=indexes)
    def a_stranger_kills_a_worker(self, index: int) -> None:
        process = self.one_of(self.kernel.all("worker"), index)
        assert process is not None
        process.die()

    @rule(steps=st.integers(1, 12), first=indexes)
    def things_go_well(self, steps: int, first: int) -> None:
        """Some of the children do what is next for them, and are heard."""
        for turn in range(steps):
            if self.kernel.processes:
                self.goes_on(self.kernel.processes[(first + turn) % len(self.kernel.processes)], obeying=True)

    @rule(seconds=st.sampled_from([None, 0.0, 5.0, 40.0]))
    def the_supervisor_is_known_to_wait(self, seconds: float | None) -> None:
        self.tell(e.Granted(seconds))

    @rule(fails=st.sampled_from([False, False, False, True]))
    def spawning_gets_hard_or_easy(self, fails: bool) -> None:  # noqa: FBT001 -- hypothesis gives it by name
        self.kernel.spawn_fails = fails

    # -- what operators ask --------------------------------------------------------------------------------------------

    @rule(command=st.sampled_from([each for each in Command if each not in (Command.STOP, Command.STOP_NOW)]))
    def somebody_asks(self, command: Command) -> None:
        self.tell(e.Asked(command, "signal"))

    @rule(busyness=st.sampled_from([0.0, 0.6, 1.0]), waiting=st.sampled_from([0, 0, 9]))
    def the_workers_are_looked_at(self, busyness: float, waiting: int) -> None:
        self.tell(e.Measured(busyness, waiting))

    @rule()
    def somebody_comes(self) -> None:
        """Whoever finds no worker has them forked; else it is the workers' to hear."""
        if not self.state.asleep or self.state.paused:
            self.changes_nothing(e.Knocked())
        self.tell(e.Knocked())
        assert not self.state.asleep or self.state.paused

    @rule(number=st.integers(0, 6))
    def somebody_asks_for_workers(self, number: int) -> None:
        self.tell(e.Asked(Command.WORKERS, "control", number))

    @precondition(lambda self: self.state.leaving is None)
    @rule(command=st.sampled_from(RELOADS))
    def somebody_deploys(self, command: Command) -> None:
        """A change that nothing keeps from going well, unless something did already."""
        self.kernel.spawn_fails = False
        self.tell(e.Asked(command, "signal"))
        self.go_on(obeying=True)

    @rule()
    def somebody_rolls_back(self) -> None:
        self.tell(e.Asked(Command.ROLLBACK, "signal"))

    @rule(command=st.sampled_from([Command.STOP, Command.STOP, Command.STOP_NOW]), sure=st.integers(0, 5))
    def somebody_asks_to_stop(self, command: Command, sure: int) -> None:
        if sure != 1:  # a run that stops at once tells little
            return
        self.tell(e.Asked(command, "signal"))

    @precondition(lambda self: self.kernel.find("preflight", 0))
    @rule(error=st.sampled_from(["", "", "no such option"]))
    def the_preflight_ends(self, error: str) -> None:
        self.hear_news()
        process = self.kernel.find("preflight", 0)
        if process is not None:
            self.kernel.processes.remove(process)
            self.tell(e.PreflightEnded(error))

    @precondition(lambda self: self.kernel.reexec_ordered)
    @rule(outcome=st.sampled_from(["well", "well", "no exec", "no config"]), limits=limits)
    def the_master_becomes_its_successor(self, outcome: str, limits: Limits) -> None:
        self.kernel.reexec_ordered = False
        carried = json.loads(json.dumps(to_plain(self.state)))
        assert from_plain(carried) == self.state
        self.state = from_plain(carried)
        if outcome == "no exec":
            self.tell(e.ReexecFailed("no such file"))
        else:
            self.tell(e.Reexecuted(limits, "" if outcome == "well" else "no such option"))

    # -- what time does ------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.05, 0.3, 1.0, 7.9, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.stop_by is not None:
            self.stop_by += seconds  # the master was not called: its lateness is not its own

    @rule()
    def a_tick(self) -> None:
        self.tell(e.Ticked())

    @precondition(lambda self: next_deadline(self.state) is not None)
    @rule()
    def the_next_deadline_comes(self) -> None:
        """No busy loop: the instant we asked to be called at is then behind us."""
        due = next_deadline(self.state)
        assert due is not None
        self.now = max(self.now, due)
        self.tell(e.Ticked())
        again = next_deadline(self.state)
        assert again is None or again > self.now, f"called at {due}, wants to be called at {again} again"

    @rule(seconds=st.sampled_from([0.3, 1.1, 77.7]))
    def we_are_stopped_for_a_while(self, seconds: float) -> None:
        """Nobody is killed for a sleep of ours."""
        due = next_deadline(self.state)
        punctual = due is None or due > self.now
        alive = {each.pid for each in self.kernel.processes if each.alive}
        self.now += seconds
        self.tell(e.Slept(seconds))
        self.tell(e.Ticked())
        if punctual:
            assert alive <= {each.pid for each in self.kernel.processes if each.alive}, "killed for a sleep of ours"

    # -- what nobody should believe ------------------------------------------------------------------------------------

    def changes_nothing(self, event: e.Event) -> None:
        """It leads to what any wake-up would lead to."""
        expected, wanted = step(self.state, e.Asked(Command.NOTHING, "x"), self.now)
        state, ordered = step(self.state, event, self.now)
        assert state == expected, f"{event} changed the state"
        silent = [[each for each in these if not isinstance(each, a.Say)] for these in (wanted, ordered)]
        assert silent[0] == silent[1], f"{event} led to {silent[1]}"

    @rule(idle=st.booleans())
    def strangers_speak(self, idle: bool) -> None:  # noqa: FBT001 -- hypothesis gives it by name
        """An unknown pid, worker or generation changes nothing."""
        for event in (
            e.Exited(ABROAD, "exit code 3", clean=idle),
            e.Forked(ABROAD, ABROAD),
            e.ForkFailed(ABROAD, "x"),
            e.Ready(ABROAD),
            e.BootFailed(ABROAD, "x", 1),
            e.Left(ABROAD),
            e.Rested(ABROAD, idle=idle),
            e.Shown(ABROAD),
            e.Answered(ABROAD, 10, 10),
            e.Stuck(ABROAD, "GET /", 60.0),
            e.Deaf(ABROAD),
            e.Draining(ABROAD),
            e.Recalled(ABROAD),
            e.PreloaderStarted(ABROAD, ABROAD),
            e.Loaded(ABROAD),
            e.LoadFailed(ABROAD, "x", 1),
        ):
            self.changes_nothing(event)

    @rule()
    def everything_is_said_again(self) -> None:
        """A fact that is doubled, or comes again long after, changes nothing."""
        once = (e.Forked, e.Ready, e.Left, e.Loaded, e.LoadFailed, e.PreloaderStarted, e.ForkFailed, e.BootFailed, e.Exited)
        for event in self.heard:
            if isinstance(event, once):
                self.changes_nothing(event)

    # -- the promises --------------------------------------------------------------------------------------------------

    @invariant()
    def promises(self) -> None:
        state = self.state
        for worker in state.workers:
            unsettled = worker.unborn or worker.stage is Stage.DRAINING
            assert worker.deadline is not None or not unsettled, f"no deadline: {worker}"
        for generation in state.generations:
            assert generation.deadline is not None or generation.phase is not Phase.LOADING, f"no deadline: {generation}"
        chairs = Counter((each.slot, each.generation) for each in state.workers if each.keeps(each.generation))
        assert all(sitting == 1 for sitting in chairs.values()), f"two of one generation in one slot: {state.workers}"
        surge = state.change.surge if state.change else state.limits.surge
        beside = sum(sitting - 1 for sitting in Counter(worker.slot for worker in state.workers if worker.live).values())
        assert beside <= surge, f"{beside} workers more than slots, surge is {surge}: {state}"
        for process in self.kernel.processes:
            if process.known and process.kind == "worker":
                worker = state.worker(process.number)
                assert worker is not None and worker.pid == process.pid, f"lost sight of {process}"
                told = worker.stage in (Stage.DRAINING, Stage.ABORTING, Stage.KILLED)
                assert told or not (process.drains or process.killed), f"told to leave, without a deadline: {worker}"
        if state.leaving is None:
            told = {each.id: self.kernel.paused[each.id] for each in state.workers if each.live}
            assert set(told.values()) <= {state.paused}, f"paused: {state.paused}, told: {told}"
        assert state.change is not None or state.queued is None, "a reload is queued behind nothing"
        assert not state.asleep or not any(each.live for each in state.workers), "a worker is there, though all sleep"
        kept = state.generation(state.parked or 0)
        assert state.parked is None or (kept is not None and kept.phase is Phase.LOADED and kept.deadline is not None)
        assert state.parked is None or (kept is not None and not kept.limits.lazy and state.parked != state.target)
        assert state.probation is None or state.parked is not None, "on probation without a way back"
        living = sum(each.phase in (Phase.LOADING, Phase.LOADED) for each in state.generations)
        assert living <= 1 + (state.change is not None) + (state.parked is not None), f"more preloaders than needed: {state}"
        for generation in state.generations:
            busy = state.has_workers(generation.number)
            assert generation.phase is not Phase.RETIRED or busy, f"a preloader stays with nobody to look after: {generation}"
        if state.change and state.change.move is not Move.ROLLING:
            assert state.target == state.change.previous

    def a_preloader_stays_with_its_workers(self, event: e.Event, ordered: tuple[a.Action, ...]) -> None:
        """It ends them when we are killed and they are stuck. One that is stuck itself is ended at a deadline."""
        for action in ordered:
            if isinstance(action, a.Dismiss) and not isinstance(event, e.Ticked):
                assert not self.state.has_workers(action.generation), f"workers without a preloader: {action}, {self.state}"

    def each_reload_is_answered_once(self, before: State, event: e.Event, answers: int) -> None:
        """What is asked for is under way, queued (two alike are one), or answered; and what is answered is no more."""
        after = self.state
        asked = isinstance(event, e.Asked) and event.command in RELOADS
        joined = asked and before.leaving is None and before.change is not None and before.queued is not None
        rolling_back = [each.change is not None and each.change.kind is Command.ROLLBACK for each in (before, after)]
        rolled_back = isinstance(event, e.Asked) and event.command is Command.ROLLBACK
        if rolled_back:
            asked = not refusal(before) and not rolling_back[0]
        elif rolling_back == [False, True]:
            asked = True  # by ourselves
        anew = (
            after.change is not None
            and after.change.kind is None
            and (before.change is None or before.last_generation != after.last_generation)
        )
        owed = [(each.change is not None) + (each.queued is not None) for each in (before, after)]
        assert owed[0] + (asked and not joined) + anew == answers + owed[1], (
            f"{answers} answers: {before.change} -> {after.change}"
        )
        if before.queued is not None and after.queued is None and not after.stopping and not rolled_back:
            assert after.change is not None and after.change.kind is before.queued, "a queued reload was lost"

    def a_rollback_goes_where_it_can(self, before: State, event: e.Event) -> None:
        """To what served before the change under way, else to the kept generation, and nowhere when it is refused."""
        if not isinstance(event, e.Asked) or event.command is not Command.ROLLBACK:
            return
        change = before.change
        if refusal(before) or (change is not None and change.kind is Command.ROLLBACK):
            # What any wake-up would lead to: a pause may be over by now, and what waited for it begin.
            expected, _ = step(before, e.Asked(Command.NOTHING, "x"), self.now)
            assert (self.state.change, self.state.parked) == (expected.change, expected.parked)
        elif change is not None and change.kind is not None:
            anew = self.state.change is not None and self.state.change.kind is None  # its preloader had died
            assert self.state.target == change.previous or anew
        else:
            assert self.state.change is not None and self.state.change.move is Move.RECALL and self.state.parked == before.parked
            assert self.state.last_generation == before.last_generation, "a rollback loads nothing"

    def no_order_empties_a_serving_slot(self, before: State, ordered: tuple[a.Action, ...]) -> None:
        if self.state.leaving is not None or (self.state.change is not None and self.state.change.cuts):
            return  # a stop, or a brutal reload
        if self.state.asleep and not before.asleep:
            went = [each for each in self.state.workers if isinstance(was := before.worker(each.id), Worker) and was.live]
            assert all(each.idle for each in went), f"not idle, and sent to sleep: {went}"
            return
        # A commit ends whoever was asked away meanwhile, and in the same step a queued reload may bring its own number of slots back.
        slots = min(before.slots, self.state.slots)
        for action in ordered:
            if isinstance(action, a.Drain | a.Kill):
                worker = before.worker(action.worker)
                if worker is not None and worker.stage is Stage.READY and worker.slot < slots:
                    stays = any(each.stage is Stage.READY for each in self.state.sitting(worker.slot))
                    assert stays, f"{action} empties slot {worker.slot}"

    # -- how every story ends ------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """With children that behave and nobody asking, all is whole in the end; then a stop ends it, even if nobody obeys."""
        if not self.state.last_generation:
            return
        self.kernel.spawn_fails = False
        self.go_on(obeying=True)
        if self.state.leaving is None:
            assert self.state.change is None and self.state.queued is None, self.state
            if self.state.asleep:
                assert self.state.serves() and not self.state.workers, self.state
                self.tell(e.Asked(Command.RESUME, "signal"))
                self.tell(e.Knocked())
                self.go_on(obeying=True)
            assert self.state.whole(), self.state
            stages = {(each.stage, each.generation) for each in self.state.workers}
            assert stages == {(Stage.READY, self.state.target)}, self.state
            assert len(self.state.workers) == self.state.slots, self.state
            began, allowed = self.now, self.state.limits.drain + self.state.limits.lame_duck
            self.tell(e.Asked(Command.STOP, "signal"))
            self.go_on(obeying=False)
            assert self.now <= began + allowed + MERCY + LAST_WORD + 1e-6, "the stop took longer than its deadline"
        assert self.kernel.exit is not None, self.state

    def go_on(self, *, obeying: bool) -> None:
        """Let everybody do what is next for them; let time pass when nobody has anything to do."""
        for _ in range(500):
            self.hear_news()
            went_on = [self.goes_on(each, obeying=obeying) for each in list(self.kernel.processes)]
            if not any(went_on):
                state = self.state
                waits = pressing(state) or state.retry_at is not None or state.change is not None or state.lame_duck is not None
                due = next_deadline(state) if waits else None
                if due is None and not self.kernel.news and not self.kernel.reexec_ordered:
                    return
                if self.kernel.reexec_ordered:
                    self.the_master_becomes_its_successor("well", self.state.limits)
                elif due is not None:
                    self.the_next_deadline_comes()
        raise AssertionError(f"this never ends: {self.state}")

    def works_on(self, process: Process, *, obeying: bool) -> bool:
        if process.stage == "booting":
            process.stage = "ready"
            process.said.append(e.Ready(process.number))
        elif process.stage == "serving" and self.is_canary(process.number):
            process.said.append(e.Answered(process.number, 10, 0))
        elif process.stage == "draining" and obeying:
            process.die(clean=True)
        else:
            return False
        return True

    def is_canary(self, number: int) -> bool:
        """Does the change wait for answers of this worker?"""
        change, worker = self.state.change, self.state.worker(number)
        if change is None or not change.canary or worker is None or change.canary_until is not None:
            return False
        return worker.generation == self.state.target and worker.live

    def goes_on(self, process: Process, *, obeying: bool) -> bool:
        if process not in self.kernel.processes:
            return True
        if process.said:
            self.hear(process)
        elif not process.alive:
            self.bury(process)
        elif process.hung:
            return False
        elif process.kind == "preflight":
            self.the_preflight_ends("")
        elif process.kind == "worker":
            return self.works_on(process, obeying=obeying)
        elif process.kind == "preloader" and process.stage == "booting":
            process.stage = "serving"
            process.said.append(e.Loaded(process.number))
        elif process.kind == "preloader" and process.orders:
            self.kernel.fork(process)
        else:
            return False
        return True


_EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "0"))  # more than the default, each time others: for a quiet night
TestMaster = MasterAgainstKernel.TestCase
TestMaster.settings = settings(
    max_examples=_EXAMPLES or 150,
    stateful_step_count=50,
    deadline=None,
    derandomize=not _EXAMPLES,
    database=None,
    print_blob=False,
)
