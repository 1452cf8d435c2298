"""Carrying out the master's orders: everything it has a hand on (children, listeners, names), and what is done with it.

An order that cannot be carried out is news, never an exception.
"""

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from signal import Signals
from typing import Any

from adapter import exits
from adapter.config.settings import Settings
from adapter.lifecycle import actions as a
from adapter.lifecycle import carryover, events
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.messages import Begin, OutOfRotation, PauseNow, ResumeNow, TellNumbers, WakeUp
from adapter.lifecycle.showing import asked_of
from adapter.lifecycle.state import Move, State, Worker
from adapter.lifecycle.status import lines, status
from adapter.lifecycle.waiting import wait_for
from adapter.log import Log
from adapter.roles.master import reexec
from adapter.roles.master.board import Board
from adapter.roles.master.crew import Crew, Family
from adapter.roles.master.doorbell import Doorbell
from adapter.roles.master.gauge import Gauge
from adapter.roles.master.limits import limits_of
from adapter.roles.master.listening import Listeners
from adapter.roles.master.logfiles import LogFiles
from adapter.roles.master.names import Names
from adapter.roles.master.overview import Recent, overview
from adapter.roles.master.petitions import Petitions
from adapter.roles.master.preflight import Preflight
from adapter.roles.master.stacks import Stacks
from adapter.roles.master.storage import Storage
from adapter.roles.master.watch import Watch
from adapter.unix import processes


class Orders:
    """`state` is the state that the orders were given in; the master sets it before it has them carried out."""

    def __init__(self, log: Log, watch: Watch, pending: Settings | None) -> None:
        self.state = State()
        self.news: list[events.Event] = []  # what our own doing led to
        self.exit: int | None = None
        self._how = self._doings()
        self._reexec_due = False
        self._answers: list[tuple[a.Answer, int]] = []  # and the generation that serves
        self.crew = Crew(log, watch, Petitions(self._describe), lambda worker: self.state.pid_of(worker))  # noqa: PLW0108 -- of the state there is by then
        self._log_files = LogFiles(self.crew, log)
        self.preflight = Preflight(watch)
        self._pending = pending  # settings that no generation has yet
        self._log = log
        self._directory = reexec.logical_directory()
        self._names = Names(
            log, watch, describe=self._describe, wait_for=self._wait_for, showing=lambda slot: asked_of(self.state, slot)
        )
        self._listeners = Listeners(log, Storage(log, self._names.herald.notifying))
        self._board = Board(log)
        self.stacks = Stacks(log, self.crew, self._board, self._names.control.show)
        self._recent = Recent()
        self._gauge = Gauge(self._board, self._listeners)
        self._doorbell = Doorbell(watch, self._listeners, self.crew)

    def _doings(self) -> Mapping[type[a.Action], Callable[[Any], None]]:
        """The table of orders, each with how it is carried out."""
        return {
            a.Say: self._say,
            a.StartPreflight: lambda _: self.news.extend(self.preflight.start(self._directory)),
            a.StopPreflight: lambda _: self.preflight.stop(),
            a.Reexec: self._note_reexec,
            a.Load: lambda order: self._load(order.generation),
            a.Recall: lambda order: self._recall(order.generation),
            a.Dismiss: lambda order: self._dismiss(order.generation),
            a.Fork: self._fork,
            a.Begin: lambda order: self.crew.tell(Begin(), [order.worker]),
            a.Drain: self._drain,
            a.Abort: lambda order: processes.kill(order.pid, Signals.SIGABRT),
            a.Kill: lambda order: processes.kill(order.pid, Signals.SIGKILL),
            a.ShowStacks: lambda order: self.stacks.ask(order.workers),
            a.InsistOnStacks: lambda order: self.stacks.insist(self._known(order.workers)),
            a.TellStacks: lambda order: self.stacks.tell(self._known(order.workers)),
            a.StopListening: lambda _: self._stop_listening(),
            a.Commit: lambda order: self._commit(order.generation),
            a.Answer: self._answer,
            a.LeaveRotation: lambda order: self.crew.tell(OutOfRotation(), order.workers),
            a.Pause: lambda order: self.crew.tell(PauseNow() if order.paused else ResumeNow(), order.workers),
            a.Wake: lambda _: self.crew.tell(WakeUp()),
            a.Report: lambda order: self._report(workers=order.workers),
            a.WritePidfile: lambda _: self._names.write_pidfile(),
            a.ReopenLogs: lambda order: self._reopen_logs(rotate=order.rotate),
            a.Exit: self._leave,
        }

    def carry_out(self, action: a.Action) -> None:
        """Do it."""
        self._how[type(action)](action)

    def _known(self, workers: Iterable[int]) -> list[Worker]:
        return [worker for each in workers if (worker := self.state.worker(each)) is not None]

    def _note_reexec(self, _: a.Reexec) -> None:
        self._reexec_due = True

    def _leave(self, order: a.Exit) -> None:
        self._names.control.ended(order.code)
        self.exit = order.code

    def awaited(self, event: events.Event) -> None:
        """Before a step: somebody may wait for what this event leads to."""
        self._names.control.awaited(event)

    def asked(self, signal: Signals) -> events.Asked | None:
        """What this signal asks for."""
        return self._names.asked(signal)

    @property
    def deadline(self) -> float | None:
        """The next instant to `look`."""
        return min((each for each in (self._names.deadline, self._gauge.deadline) if each is not None), default=None)

    def look(self, now: float) -> list[events.Event]:
        """What is due by now, apart from the state's own deadlines."""
        return self._names.look(now) + self._gauge.look(now, self.state)

    def tidy(self) -> None:
        """After a step: pass on what children told, and let go of what nobody needs any more."""
        self._gauge.follow(self.state)
        self._doorbell.follow(self.state)
        self._names.control.shown(self.state.showing)
        imported, self.crew.imported = self.crew.imported, {}
        self._names.learn(imported)
        if self.state.leaving:
            # Only now: the workers, who are to empty the queues, have been told which ones.
            self._listeners.close()
        workers = [each.id for each in self.state.workers]
        self.crew.keep_only(workers, [each.number for each in self.state.generations])
        self._board.keep_only(workers)
        if not self.crew.accepting:
            # Whoever hears that the new generation serves must not meet the old one with its next connection.
            self._give_answers()
        self._names.herald.tell(self.state, settled=not self.crew.accepting)

    def _wait_for(self, command: Command) -> int | str:
        before = wait_for(self.state, command)
        return before + len(self._answers) if isinstance(before, int) else before  # those not given yet are others' too

    def _answer(self, order: a.Answer) -> None:
        self._answers.append((order, self.state.target))
        self._names.herald.ended(order.error)

    def _give_answers(self) -> None:
        answers, self._answers = self._answers, []
        for answer, generation in answers:
            self._names.control.answer(answer.error, answer.detail, generation=generation)

    def close(self) -> None:
        """Leave nothing behind."""
        self._names.close()
        self._listeners.close()

    # -- one by one ----------------------------------------------------------------------------------------------------

    def _say(self, order: a.Say) -> None:
        self._log.say(order.level, order.sentence, **order.fields)
        self._recent.note(order.level, order.sentence, order.fields)
        if order.level != "error":  # what failed is the answer's to say
            self._names.control.tell(order.level, order.sentence, order.fields)
        if order.detail:
            self._log.block(order.detail)

    def _load(self, generation: int) -> None:
        change = self.state.change
        settings = self._pending or self.crew.families[change.previous if change and change.previous else 0].settings
        self._pending = None
        try:
            family = Family(settings, self._listeners.open(settings))
            pid = self.crew.load(generation, family, self._directory)
        except exits.Fatal as error:
            self.news.append(events.LoadFailed(generation, error.sentence, error.code, error.detail))
        except OSError as error:
            sentence = f"cannot start a preloader: {error.filename}: {error.strerror}"
            self.news.append(events.LoadFailed(generation, sentence, exits.SYSTEM_FAILED))
        else:
            self.news.append(events.PreloaderStarted(generation, pid))

    def _recall(self, generation: int) -> None:
        error = ""
        try:
            self._listeners.open(self.crew.families[generation].settings)
        except exits.Fatal as fatal:
            error = fatal.sentence
        self.news.append(events.Recalled(generation, error))

    def _fork(self, order: a.Fork) -> None:
        listeners = self._listeners.descriptors(self.crew.families[order.generation].addresses)
        place = self._board.cell_for(order.worker, order.slot)
        error = self.crew.fork(order.worker, order.slot, order.generation, listeners, place)
        if error:
            self.news.append(events.ForkFailed(order.worker, error))
            return
        if self.state.paused:
            self.crew.tell(PauseNow(), [order.worker])
        if self.state.lame_duck is not None:
            self.crew.tell(OutOfRotation(), [order.worker])
        self._log_files.give(order.worker, self.crew.families[order.generation].settings)

    def _drain(self, order: a.Drain) -> None:
        if order.final:
            leaving = self._listeners.owned()
        else:
            # The target's family is made after this order, when a queued reload began in the very step that committed.
            change, families = self.state.change, self.crew.families
            kept = (families.get(self.state.target) or families[(change and change.previous) or 0]).addresses
            leaving = [each for each in self.crew.addresses_of(order.worker) if each not in kept]
        linger = self.state.limits.linger(final=order.final, seconds=order.seconds)
        self.crew.drain(order.worker, order.seconds, linger, leaving, final=order.final)

    def _commit(self, generation: int) -> None:
        """This generation's settings are the master's own from here on. What it took to get there is given back: a third of a MB."""
        family = self.crew.families[generation]
        self._listeners.keep_only(family.addresses)
        self._listeners.entitle(family.settings)
        self._names.follow(family.settings)
        gc.collect()
        processes.give_back()

    def _dismiss(self, number: int) -> None:
        if (generation := self.state.generation(number)) is not None and generation.pid:
            processes.kill(generation.pid, Signals.SIGKILL)

    def _stop_listening(self) -> None:
        self._listeners.turn_away()
        self._give_answers()
        self._names.control.answer_all("the server was asked to stop")

    def _report(self, *, workers: bool) -> None:
        self._log.infos(lines(status(self.state, time.monotonic())))
        self.crew.tell(TellNumbers(workers))

    def _reopen_logs(self, *, rotate: bool) -> None:
        family = self.crew.families.get(self.state.target)
        own = family.settings if family else self._pending
        if own is not None:  # else the first generation could not even be prepared: we are about to leave
            self._log_files.reopen(own, rotate=rotate)

    def _describe(self) -> dict[str, Any]:
        return overview(self.state, self._board, self._listeners.all(), self._recent, self._directory)

    # -- the first image, and later ones -------------------------------------------------------------------------------

    def start(self, settings: Settings) -> None:
        """Take what we were given, and the names we are known by, before anything slow. Raises Fatal."""
        self._names.herald.take(settings)
        self._listeners.adopt_inherited()
        self._listeners.open(settings)
        self._names.take(settings)
        self.news.append(events.Started(limits_of(settings)))

    @property
    def reexec_due(self) -> bool:
        """Is it time to become the new image? Only between steps, with no news outstanding and every child's pid known: what
        this image has heard and not yet taken in, the next one will never hear. A stop asked for meanwhile comes first.
        """
        change = self.state.change
        if change is None or change.move is not Move.REEXEC or self.state.leaving:
            self._reexec_due = False
        return self._reexec_due and not self.news and all(worker.pid for worker in self.state.workers)

    def reexec(self) -> None:
        """Become the new image; returns only when that failed."""
        self._reexec_due = False
        self._give_answers()
        record = {
            "directory": self._directory,
            "state": carryover.to_plain(self.state),
            "crew": self.crew.to_plain(),
            "listeners": self._listeners.to_plain(),
            "board": self._board.to_plain(),
            "recent": self._recent.to_plain(),
            **self._names.to_plain(),
        }
        fds = [*self.crew.fds(), *self._listeners.fds(), *self._board.fds(), *self._names.fds()]
        error = reexec.become(self._directory, record, fds)
        self.news.append(events.ReexecFailed(f"cannot become {error.filename or 'the new image'}: {error.strerror}"))

    def restore(self, record: dict[str, Any], error: str) -> None:
        """Take over what the former image held. With an `error` there is nothing new to load."""
        self._directory = record["directory"]
        self.state = carryover.from_plain(record["state"])
        self.crew.restore(record["crew"])
        self._listeners.restore(record["listeners"])
        self._board.restore(record.get("board", {}))
        self._recent.restore(record.get("recent", ()))
        self._names.restore(record)
        limits = limits_of(self._pending) if self._pending else Limits()
        self.news += [*self.crew.hear_all(), events.Reexecuted(limits, error)]  # who got ready during the exec is not unborn
