"""The master: the process the supervisor knows. Gathers facts, asks `lifecycle.master.step`, has its orders carried out.

Small, single-threaded, and without the application. It never waits for anybody: whoever is late has a deadline in the state.
"""

import os
import time
from collections.abc import Callable
from signal import Signals
from typing import Any

import adapter
from adapter import exits
from adapter.config.settings import Settings
from adapter.lifecycle import carryover, events
from adapter.lifecycle.dialects import DEFAULT
from adapter.lifecycle.master import step
from adapter.lifecycle.state import State, next_deadline, pressing
from adapter.log import Log
from adapter.roles.logs import open_log, prepare, tell
from adapter.roles.master import reexec
from adapter.roles.master.orders import Orders
from adapter.roles.master.watch import Watch, only_asked
from adapter.unix import processes, scheduling
from adapter.unix.signals import Trap, block, unblock

# While somebody will be killed at a deadline the loop wakes this often (seconds), only to notice that it had been stopped:
# SIGCONT tells neither since when, nor is it sent to a thawed cgroup. Without a deadline it sleeps for ever.
_TICK = 1.0
_LATE = 1.0  # a wake-up later than this was no busy machine: we were stopped


class Master:
    """One image's worth of master. `pending`: the settings it was started with."""

    def __init__(self, log: Log, pending: Settings | None) -> None:
        self._watch = Watch()
        self._trap = Trap([*DEFAULT, Signals.SIGCHLD])
        self._watch.add(self._trap.fileno(), self._signalled)
        self._strays: dict[int, str] = {}  # reaped before we knew them; kept while a fork is under way
        self._dead: list[tuple[int, str, bool]] = []
        self._awake = time.monotonic()
        self._reap()  # whoever died during an exec: its SIGCHLD may have gone to the former image
        self.orders = Orders(log, self._watch, pending)

    @property
    def _state(self) -> State:
        return self.orders.state

    def run(self) -> int:
        """Until the state machine says Exit."""
        orders = self.orders
        while orders.exit is None:
            if (heard := self._gather()) is None:
                continue
            for event in heard:
                self._take_in(event, time.monotonic())
            now = time.monotonic()
            if (slept := self._slept(now, 0.0)) is not None:  # it may also have been while we carried out an order
                self._take_in(slept, now)
            self._take_in(events.Ticked(), now)
            orders.tidy()
            if orders.reexec_due:
                self._become()
        return orders.exit

    def _take_in(self, event: events.Event, now: float) -> None:
        orders = self.orders
        orders.awaited(event)
        orders.state, ordered = step(orders.state, event, now)
        for action in ordered:
            orders.carry_out(action)

    def _slept(self, now: float, expected: float) -> events.Slept | None:
        """Were we stopped since we last asked? `expected`: the seconds that we meant to wait."""
        late, self._awake = now - self._awake - expected, now
        return events.Slept(late) if late > _LATE else None

    def _become(self) -> None:
        """Exec, unless a signal came that only we have seen: it is in our pipe, no longer in the kernel. Then that one first."""
        block(DEFAULT)  # from here on they wait in the kernel, also across the exec; the new image's trap lets them through
        self.orders.news += self._signalled()
        if not self.orders.news and not self._dead:
            self.orders.reexec()
        unblock(DEFAULT)

    def _gather(self) -> list[events.Event] | None:
        """The news: first what our own doing led to; else what people ask, what children say, who died. None: it is as if we had slept
        on, and only told somebody how we stand.
        """
        if self.orders.news:
            news, self.orders.news = self.orders.news, []
            return news
        deadlines = (next_deadline(self._state), self.orders.deadline)
        until = min((each for each in deadlines if each is not None), default=None)
        patience = None if until is None else max(until - time.monotonic(), 0.0)
        if patience is not None and pressing(self._state):
            patience = min(patience, _TICK)
        if self._dead:
            patience = 0.0
        said = [hear() for hear in self._watch.wait(patience)]
        heard = [event for each in said if each for event in each]
        heard += self.orders.look(time.monotonic())
        now = time.monotonic()
        slept = self._slept(now, float("inf") if patience is None else patience)
        if slept is not None:
            heard.insert(0, slept)
        elif only_asked(said, until=until, now=now) and not (heard or self._dead):
            return None
        self._tell_deaths(heard)
        return heard

    def _signalled(self) -> list[events.Event]:
        came = self._trap.read()
        if Signals.SIGCHLD in came:
            self._reap()
        if Signals.SIGWINCH in came and processes.in_foreground():
            came = [
                each for each in came if each is not Signals.SIGWINCH
            ]  # its window has another size: nobody asks for anything
        return [asked for each in came if (asked := self.orders.asked(each))]

    def _reap(self) -> None:
        self._dead += [(pid, processes.describe(status), status == 0) for pid, status in processes.reap()]

    def _tell_deaths(self, heard: list[events.Event]) -> None:
        """Who died; told after everything that the dead had said, and that was said about them, has been heard."""
        if not self._dead and not self._strays:
            return
        heard += self.orders.crew.hear_all()
        born = {each.pid: each.worker for each in heard if isinstance(each, events.Forked)}
        workers = born | {each.pid: each.id for each in self._state.workers}
        preloaders = {each.pid: each.number for each in self._state.generations}
        crew = self.orders.crew
        for pid, how, clean in self._dead:
            if pid in workers:
                heard.append(events.Exited(pid, how, clean, *self.orders.stacks.last_words(workers[pid])))
            elif pid in preloaders:
                heard.append(events.Exited(pid, how, clean, *crew.of_preloaders.take(preloaders[pid])))
            elif not self.orders.preflight.ended(pid, how, heard):
                self._strays[pid] = how
        self._dead.clear()
        heard += [events.Exited(pid, self._strays.pop(pid), clean=False) for pid in set(born) & set(self._strays)]
        if all(each.pid for each in self._state.workers):
            self._strays.clear()


def run(read: Callable[[bool], Settings]) -> int:
    """Be the master; returns the exit code. `read` reads the settings, and is told whether this is a reload.

    Raises Fatal when the settings of the first image are bad. A later one goes on with what it carries, whatever `read` meets.
    """
    record = reexec.carried_over()
    return _first(read(False)) if record is None else _later(record, read)


def _first(settings: Settings) -> int:
    prepare(settings)
    log = open_log(settings)
    processes.become_subreaper()
    scheduling.take_short_turns()  # while workers keep the processors busy: who asks us waits for our turn, and so does a new worker for its order
    master = Master(log, settings)
    try:
        log.info("starting", version=adapter.__version__, app=settings.app, pid=os.getpid())
        master.orders.start(settings)
        return master.run()
    except exits.Fatal as error:  # told here, where we know how the log is to look
        return tell(log, error)
    finally:
        block(DEFAULT)  # one more stop would kill the interpreter on its way out, and the exit code would be a lie
        master.orders.close()


def _later(record: dict[str, Any], read: Callable[[bool], Settings]) -> int:
    error, settings = "", None
    try:
        settings = read(True)
        prepare(settings)
    except exits.Fatal as fatal:
        error = fatal.sentence
    log = open_log(settings or _former(record))
    scheduling.take_short_turns()  # the former image may not have known how
    master = Master(log, None if error else settings)
    try:
        log.info("a new image of the same process", version=adapter.__version__, pid=os.getpid())
        master.orders.restore(record, error)
        return master.run()
    finally:
        block(DEFAULT)  # one more stop would kill the interpreter on its way out, and the exit code would be a lie
        master.orders.close()


def _former(record: dict[str, Any]) -> Settings:
    """The settings that the former image's serving generation had."""
    serving = carryover.from_plain(record["state"]).target
    return Settings.from_dict(record["crew"]["families"][str(serving)]["settings"])
