"""The master: the process the supervisor knows. Gathers facts, asks `lifecycle.master.step`, carries out its orders.

Small, single-threaded, and without the application. It never waits for anybody: whoever is late has a deadline in the state.
"""

import os
import time
from collections.abc import Callable, Iterable
from signal import Signals
from typing import Any

from adapter import exits
from adapter.config.settings import Settings
from adapter.lifecycle import actions as a
from adapter.lifecycle import carryover, events
from adapter.lifecycle.dialects import DEFAULT
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.master import step
from adapter.lifecycle.state import Stage, State, next_deadline
from adapter.lifecycle.status import lines, status
from adapter.log import Log
from adapter.roles import reexec
from adapter.roles.control import Control
from adapter.roles.crew import Crew, Family
from adapter.roles.listening import Listeners
from adapter.roles.logs import open_log, redirect
from adapter.roles.pidfile import Pid
from adapter.roles.preflight import Preflight
from adapter.roles.watch import Watch
from adapter.unix import processes
from adapter.unix.signals import Trap

# While a deadline is near the loop wakes this often (seconds), only to notice that it had been stopped: SIGCONT tells
# neither since when, nor is it sent to a thawed cgroup. Without a deadline it sleeps for ever.
_TICK = 1.0
_LATE = 1.0  # a wake-up later than this was no busy machine: we were stopped


class Master:
    """One image's worth of master; what outlives the image is in `record` and `restore`."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self._pending: Settings | None = settings  # of the generation that is loaded next, when they are new
        self._log = log
        self._state = State()
        self._directory = reexec.logical_directory()
        self._watch = Watch()
        self._trap = Trap([*DEFAULT, Signals.SIGCHLD])
        self._watch.add(self._trap.fileno(), self._signalled)
        self._listeners = Listeners(log)
        self._crew = Crew(log, self._watch)
        self._preflight = Preflight(self._watch)
        self._control = Control(log, self._watch, describe=self._describe, busy=lambda: self._state.change is not None)
        self._pid = Pid()
        self._strays: dict[int, str] = {}  # reaped before we knew them; kept while a fork is under way
        self._dead: list[tuple[int, str, bool]] = []
        self._news: list[events.Event] = []  # what our own orders led to
        self._exit: int | None = None

    # -- the loop ------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Until the state machine says Exit."""
        while self._exit is None:
            for event in self._gather():
                self._state, ordered = step(self._state, event, time.monotonic())
                for action in ordered:
                    self._carry_out(action)
            if self._state.leaving:
                self._listeners.close()
            self._crew.keep_only((each.id for each in self._state.workers), (each.number for each in self._state.generations))
        return self._exit

    def _gather(self) -> Iterable[events.Event]:
        """The news: first our own, then what people ask, what children say, who died, and what time has brought."""
        if self._news:
            news, self._news = self._news, []
            return news
        until = next_deadline(self._state)
        entered = time.monotonic()
        patience = None if until is None else min(max(until - entered, 0.0), _TICK)
        heard: list[events.Event] = []
        for hear in self._watch.wait(patience):
            heard += hear()
        if patience is not None and (late := time.monotonic() - entered - patience) > _LATE:
            heard.insert(0, events.Slept(late))
        self._tell_deaths(heard)
        heard.append(events.Ticked())
        return heard

    def _signalled(self) -> list[events.Event]:
        came = self._trap.read()
        if Signals.SIGCHLD in came:
            self._reap()
        return [events.Asked(DEFAULT[each], f"signal {each.name.removeprefix('SIG')}") for each in came if each in DEFAULT]

    def _reap(self) -> None:
        self._dead += [(pid, processes.describe(status), status == 0) for pid, status in processes.reap()]

    def _tell_deaths(self, heard: list[events.Event]) -> None:
        """Who died; told after everything that the dead had said, and that was said about them, has been heard."""
        if not self._dead and not self._strays:
            return
        heard += self._crew.hear_all()
        born = {each.pid for each in heard if isinstance(each, events.Forked)}
        known = born | {each.pid for each in self._state.workers} | {each.pid for each in self._state.generations}
        for pid, how, clean in self._dead:
            if pid in known:
                heard.append(events.Exited(pid, how, clean))
            elif not self._preflight.ended(pid, how, heard):
                self._strays[pid] = how
        self._dead.clear()
        heard += [events.Exited(pid, self._strays.pop(pid), clean=False) for pid in born & set(self._strays)]
        if not any(each.stage is Stage.FORKING for each in self._state.workers):
            self._strays.clear()

    # -- orders --------------------------------------------------------------------------------------------------------

    def _carry_out(self, action: a.Action) -> None:  # noqa: C901, PLR0912 -- the table of orders, one line each
        match action:
            case a.Say():
                self._log.say(action.level, action.sentence, **action.fields)
                if action.detail:
                    self._log.block(action.detail)
            case a.StartPreflight():
                self._news += self._preflight.start(self._directory)
            case a.StopPreflight():
                self._preflight.stop()
            case a.Reexec():
                self._reexec()
            case a.Load():
                self._load(action.generation)
            case a.Dismiss():
                self._kill(next((each.pid for each in self._state.generations if each.number == action.generation), 0))
            case a.Fork():
                self._fork(action)
            case a.Drain():
                self._drain(action)
            case a.Kill():
                self._kill(action.pid)
            case a.StopListening():
                self._listeners.turn_away()
                self._control.answer_all("the server was asked to stop")
            case a.Commit():
                self._commit(action.generation)
            case a.Answer():
                self._control.answer(action.error, action.detail, generation=self._state.target)
            case a.Report():
                self._report(workers=action.workers)
            case a.Exit():
                self._exit = action.code

    def _load(self, generation: int) -> None:
        change = self._state.change
        settings = self._pending or self._crew.families[change.previous if change and change.previous else 0].settings
        self._pending = None
        try:
            family = Family(settings, self._listeners.open(settings))
            pid = self._crew.load(generation, family, self._directory)
        except exits.Fatal as error:
            self._news.append(events.LoadFailed(generation, error.sentence, error.code, error.detail))
        except OSError as error:
            sentence = f"cannot start a preloader: {error.filename}: {error.strerror}"
            self._news.append(events.LoadFailed(generation, sentence, exits.SYSTEM_FAILED))
        else:
            self._news.append(events.PreloaderStarted(generation, pid))

    def _fork(self, order: a.Fork) -> None:
        listeners = self._listeners.descriptors(self._crew.families[order.generation].addresses)
        error = self._crew.fork(order.worker, order.slot, order.generation, listeners)
        if error:
            self._news.append(events.ForkFailed(order.worker, error))

    def _drain(self, order: a.Drain) -> None:
        if order.final:
            leaving = self._listeners.owned()
        else:
            kept = self._crew.families[self._state.target].addresses
            leaving = [each for each in self._crew.addresses_of(order.worker) if each not in kept]
        linger = self._state.limits.linger(final=order.final, seconds=order.seconds)
        self._crew.drain(order.worker, order.seconds, linger, leaving)

    def _kill(self, pid: int) -> None:
        if pid:
            processes.kill(pid, Signals.SIGKILL)

    def _commit(self, generation: int) -> None:
        """This generation's settings are the master's own from here on."""
        family = self._crew.families[generation]
        self._listeners.keep_only(family.addresses)
        for follow, path in ((self._control.follow, family.settings.control), (self._pid.follow, family.settings.pidfile)):
            try:
                follow(path)
            except exits.Fatal as error:
                self._log.error(error.sentence)

    def _report(self, *, workers: bool) -> None:
        for sentence, fields in lines(self._describe()):
            self._log.info(sentence, **fields)
        self._crew.tell_numbers(calls=workers)

    def _describe(self) -> dict[str, Any]:
        return {**status(self._state, time.monotonic()), "pid": os.getpid(), "listeners": self._listeners.names()}

    # -- across an exec ------------------------------------------------------------------------------------------------

    def _reexec(self) -> None:
        record = {
            "directory": self._directory,
            "state": carryover.to_plain(self._state),
            "crew": self._crew.to_plain(),
            "listeners": self._listeners.to_plain(),
            "control": self._control.to_plain(),
            "pidfile": self._pid.to_plain(),
        }
        fds = [*self._crew.fds(), *self._listeners.fds(), *self._control.fds(), *self._pid.fds()]
        error = reexec.become(self._directory, record, fds)
        self._news.append(events.ReexecFailed(f"cannot become {error.filename or 'the new image'}: {error.strerror}"))

    def start(self, settings: Settings) -> None:
        """The first image: take what was inherited, and the names we are known by, before anything slow."""
        processes.become_subreaper()
        self._listeners.adopt_inherited()
        self._listeners.open(settings)
        self._pid.follow(settings.pidfile)
        self._control.follow(settings.control)
        self._news.append(events.Started(limits_of(settings)))

    def resume(self, record: dict[str, Any], error: str) -> None:
        """A later image: take over what the former one held."""
        self._directory = record["directory"]
        self._state = carryover.from_plain(record["state"])
        self._crew.restore(record["crew"])
        self._listeners.restore(record["listeners"])
        self._control.restore(record["control"])
        self._pid.restore(record["pidfile"])
        self._reap()  # whoever died during the exec: its SIGCHLD may have gone to the former image
        limits = limits_of(self._pending) if self._pending else Limits()
        if error:
            self._pending = None
        self._news.append(events.Reexecuted(limits, error))

    def close(self) -> None:
        """Leave nothing behind."""
        self._control.close()
        self._pid.close()
        self._listeners.close()


def limits_of(settings: Settings) -> Limits:
    """What the state machine needs to know of the settings."""
    return Limits(
        workers=settings.workers,
        surge=settings.surge,
        drain=settings.drain_timeout,
        boot=settings.boot_timeout,
        lazy=settings.lazy_apps,
    )


def run(read: Callable[[], Settings]) -> int:
    """Be the master; returns the exit code. `read` reads the settings.

    Raises Fatal when the first image cannot start. A later one goes on with what it carries, whatever `read` meets.
    """
    record = reexec.carried_over()
    if record is None:
        settings = read()
        redirect(settings.log_file)
        master = Master(settings, open_log(settings))
        try:
            master.start(settings)
            return master.run()
        finally:
            master.close()
    error = ""
    try:
        settings = read()
        redirect(settings.log_file)
    except exits.Fatal as fatal:
        error, settings = fatal.sentence, former(record)
    master = Master(settings, open_log(settings))
    try:
        master.resume(record, error)
        return master.run()
    finally:
        master.close()


def former(record: dict[str, Any]) -> Settings:
    """The settings that the former image's serving generation had."""
    serving = carryover.from_plain(record["state"]).target
    return Settings.from_dict(record["crew"]["families"][str(serving)]["settings"])


def main(settings: Settings) -> int:
    """Be the master with these settings."""
    return run(lambda: settings)
