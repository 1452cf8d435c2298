"""A pretend kernel: carries out the master's orders on processes that exist only here, and complains of an order that
breaks a promise. What children then do, and in what order it is heard, is for the test to choose.
"""

from collections import deque
from dataclasses import dataclass, field

from adapter.lifecycle import actions as a
from adapter.lifecycle import events as e
from adapter.lifecycle.state import State


@dataclass(eq=False)
class Process:
    """A child of the master, from its birth until it is reaped."""

    pid: int
    kind: str  # preloader, worker, preflight
    number: int  # of the generation, of the worker
    said: deque[e.Event] = field(default_factory=deque)  # on its channel, not heard yet
    orders: deque[a.Fork] = field(default_factory=deque)  # a preloader's
    drains: list[a.Drain] = field(default_factory=list)
    stage: str = "booting"  # booting, ready, serving, draining: the worker's own view; a preloader's: booting, serving
    alive: bool = True
    clean: bool = False
    hung: bool = False
    killed: bool = False  # by us
    known: bool = False  # the master was told its pid

    def die(self, *, clean: bool = False) -> None:
        """It is a zombie from here on. What it said is still there; what it was told is lost."""
        if self.alive:
            self.alive, self.clean = False, clean
            self.orders.clear()


class Kernel:
    """`processes` are those not reaped yet."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.news: deque[e.Event] = deque()  # what orders led to at once
        self.spawn_fails = False
        self.reexec_ordered = False
        self.answers: list[a.Answer] = []
        self.paused: dict[int, bool] = {}  # by worker: what it was told last
        self.exit: int | None = None
        self._pids = iter(range(100, 10**9))

    def find(self, kind: str, number: int) -> Process | None:
        """The child that is this generation's preloader, this worker."""
        return next((each for each in self.processes if (each.kind, each.number) == (kind, number)), None)

    def all(self, kind: str, *, alive: bool = True, stage: str | None = None) -> list[Process]:
        """Every such child that is not stuck."""
        found = [each for each in self.processes if each.kind == kind and each.alive is alive and not each.hung]
        return [each for each in found if stage in (None, each.stage)]

    def carry_out(self, action: a.Action, state: State) -> None:  # noqa: C901, PLR0912 -- the table of orders, one line each
        """Do as ordered, or say which promise the order breaks. `state` is the one the order came with."""
        match action:
            case a.Load():
                self._load(action, state)
            case a.Recall():
                self._recall(action, state)
            case a.Dismiss():
                self._dismiss(action)
            case a.Fork():
                self._fork(action, state)
            case a.Begin():
                process = self.find("worker", action.worker)
                assert process is not None and process.stage in ("ready", "draining"), f"not one that waits for it: {action}"
                if process.stage == "ready":
                    process.stage = "serving"
            case a.Drain():
                self._drain(action)
            case a.Abort():
                process = self.find("worker", action.worker)
                assert process is not None and process.drains, f"nobody who was told to drain: {action}"
                process.hung = True  # the worst case: too stuck even for that, and for anything else
            case a.Kill():
                self._kill(action)
            case a.StartPreflight():
                assert self.find("preflight", 0) is None, "a second pre-flight"
                self._spawn("preflight", 0)
            case a.StopPreflight():
                self._stop_preflight()
            case a.Reexec():
                assert not self.reexec_ordered, "a second reexec"
                self.reexec_ordered = True
            case a.Pause():
                for worker in action.workers:
                    assert self.paused[worker] is not action.paused, f"told the same twice: {action}"
                    self.paused[worker] = action.paused
            case a.Answer():
                self.answers.append(action)
            case a.Exit():
                assert self.exit is None, "a second exit"
                assert not self.processes, f"exit while children are left: {self.processes}"
                self.exit = action.code

    def _spawn(self, kind: str, number: int) -> Process:
        process = Process(next(self._pids), kind, number)
        self.processes.append(process)
        return process

    def _load(self, action: a.Load, state: State) -> None:
        assert state.leaving is None, "a load while leaving"
        assert self.find("preloader", action.generation) is None, "a generation loaded twice"
        if self.spawn_fails:
            self.news.append(e.LoadFailed(action.generation, "cannot be started", 111))
        else:
            self.news.append(e.PreloaderStarted(action.generation, self._spawn("preloader", action.generation).pid))

    def _recall(self, action: a.Recall, state: State) -> None:
        process = self.find("preloader", action.generation)
        assert process is not None and not process.killed, f"recalled, though it was let go: {action}"
        assert state.parked == action.generation, f"{state}"
        self.news.append(e.Recalled(action.generation, "cannot listen" if self.spawn_fails else ""))

    def _dismiss(self, action: a.Dismiss) -> None:
        process = self.find("preloader", action.generation)
        assert process is not None, f"dismissed, though there is none: {action}"
        assert process.known, "dismissed before its pid was known"
        assert not process.killed, f"dismissed twice: {action}"
        process.killed = True
        process.die()

    def _fork(self, action: a.Fork, state: State) -> None:
        assert state.leaving is None, "a fork while leaving"
        self.paused[action.worker] = state.paused
        serving = (state.target, state.change.previous if state.change else None)
        assert action.generation in serving, f"forked from a generation that nobody called back: {action}"
        process = self.find("preloader", action.generation)
        if process is not None and process.alive:
            process.orders.append(action)
        else:
            self.news.append(e.ForkFailed(action.worker, "its preloader does not hear"))

    def fork(self, preloader: Process) -> None:
        """It does its next order."""
        order = preloader.orders.popleft()
        preloader.said.append(e.Forked(order.worker, self._spawn("worker", order.worker).pid))

    def _drain(self, action: a.Drain) -> None:
        process = self.find("worker", action.worker)
        assert process is not None, f"told to drain, though there is none: {action}"
        assert action.seconds >= 0, f"{action}"
        if process.drains:
            last = process.drains[-1]
            more_urgent = action.seconds < last.seconds or (action.final and not last.final)
            assert more_urgent, f"told to drain twice at the same urgency: {last}, {action}"
        process.drains.append(action)
        if process.alive and not process.hung:
            process.said.append(e.Draining(process.number))
        process.stage = "draining"

    def _kill(self, action: a.Kill) -> None:
        process = self.find("worker", action.worker)
        assert process is not None and process.pid == action.pid, f"no child of ours: {action}"
        assert process.known, "killed before its pid was known"
        assert not process.killed, f"killed twice: {action}"
        assert process.hung or process.stage != "serving", f"killed with all that it holds: {action}"
        process.killed = True
        process.die()

    def _stop_preflight(self) -> None:
        process = self.find("preflight", 0)
        assert process is not None, "no pre-flight to be stopped"
        self.processes.remove(process)  # nobody waits for it, and nobody minds how it ends
