"""Carrying out the master's orders: everything it has a hand on (children, listeners, names), and what is done with it.

An order that cannot be carried out is news, never an exception.
"""

from collections.abc import Mapping
from signal import Signals
from typing import Any

from adapter import exits
from adapter.config.settings import Settings
from adapter.lifecycle import actions as a
from adapter.lifecycle import carryover, events
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.state import Move, State
from adapter.lifecycle.status import lines
from adapter.log import Log
from adapter.roles import reexec
from adapter.roles.board import Board
from adapter.roles.crew import Crew, Family
from adapter.roles.listening import Listeners
from adapter.roles.names import Names
from adapter.roles.overview import Recent, overview
from adapter.roles.petitions import Petitions
from adapter.roles.preflight import Preflight
from adapter.roles.reopening import Reopening
from adapter.roles.watch import Watch
from adapter.unix import processes
from adapter.unix.witness import SHOW


class Orders:
    """`state` is the state that the orders were given in; the master sets it before it has them carried out."""

    def __init__(self, log: Log, watch: Watch, pending: Settings | None) -> None:
        self.state = State()
        self.news: list[events.Event] = []  # what our own doing led to
        self.exit: int | None = None
        self._reexec_due = False
        self._answers: list[tuple[a.Answer, int]] = []  # and the generation that serves
        self.crew = Crew(log, watch, Petitions(self._describe))
        self.preflight = Preflight(watch)
        self._pending = pending  # settings that no generation has yet
        self._log = log
        self._directory = reexec.logical_directory()
        self._listeners = Listeners(log)
        self._names = Names(log, watch, describe=self._describe, busy=lambda: self.state.change is not None)
        self._board = Board(log)
        self._recent = Recent()

    def carry_out(self, action: a.Action) -> None:  # noqa: C901, PLR0912 -- the table of orders, one line each
        """Do it."""
        match action:
            case a.Say():
                self._say(action)
            case a.StartPreflight():
                self.news += self.preflight.start(self._directory)
            case a.StopPreflight():
                self.preflight.stop()
            case a.Reexec():
                self._reexec_due = True
            case a.Load():
                self._load(action.generation)
            case a.Dismiss():
                self._dismiss(action.generation)
            case a.Fork():
                self._fork(action)
            case a.Drain():
                self._drain(action)
            case a.Abort():
                processes.kill(action.pid, Signals.SIGABRT)
            case a.Kill():
                _kill(action.pid)
            case a.ShowStacks() | a.TellStacks():
                self._stacks(action)
            case a.StopListening():
                self._stop_listening()
            case a.Commit():
                self._commit(action.generation)
            case a.Answer():
                self._answers.append((action, self.state.target))
            case a.Report():
                self._report(workers=action.workers)
            case a.WritePidfile():
                self._names.write_pidfile()
            case a.ReopenLogs():
                self._reopen_logs(rotate=action.rotate)
            case a.Exit():
                self._names.control.ended(action.code)
                self.exit = action.code

    def awaited(self, event: events.Event) -> None:
        """Before a step: somebody may wait for what this event leads to."""
        self._names.control.awaited(event)

    @property
    def dialect(self) -> Mapping[Signals, Command]:
        """What each signal asks for."""
        return self._names.dialect

    @property
    def deadline(self) -> float | None:
        """The next instant to `look`."""
        return self._names.deadline

    def look(self, now: float) -> list[events.Event]:
        """What is due by now, apart from the state's own deadlines."""
        return self._names.look(now)

    def tidy(self) -> None:
        """After a step: pass on what children told, and let go of what nobody needs any more."""
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

    def _fork(self, order: a.Fork) -> None:
        listeners = self._listeners.descriptors(self.crew.families[order.generation].addresses)
        place = self._board.cell_for(order.worker, order.slot)
        error = self.crew.fork(order.worker, order.slot, order.generation, listeners, place)
        if error:
            self.news.append(events.ForkFailed(order.worker, error))

    def _drain(self, order: a.Drain) -> None:
        if order.final:
            leaving = self._listeners.owned()
        else:
            kept = self.crew.families[self.state.target].addresses
            leaving = [each for each in self.crew.addresses_of(order.worker) if each not in kept]
        linger = self.state.limits.linger(final=order.final, seconds=order.seconds)
        self.crew.drain(order.worker, order.seconds, linger, leaving, final=order.final)

    def _commit(self, generation: int) -> None:
        """This generation's settings are the master's own from here on."""
        family = self.crew.families[generation]
        self._listeners.keep_only(family.addresses)
        self._listeners.entitle(family.settings)
        self._names.follow(family.settings)

    def _dismiss(self, number: int) -> None:
        generation = self.state.generation(number)
        _kill(generation.pid if generation else 0)

    def _stop_listening(self) -> None:
        self._listeners.turn_away()
        self._give_answers()
        self._names.control.answer_all("the server was asked to stop")

    def _stacks(self, order: a.ShowStacks | a.TellStacks) -> None:
        for worker in filter(None, map(self.state.worker, order.workers)):
            if isinstance(order, a.ShowStacks):
                processes.kill(worker.pid, SHOW)
            else:
                self.crew.of_workers.tell(self._log, worker)

    def _report(self, *, workers: bool) -> None:
        for sentence, fields in lines(self._describe()):
            self._log.info(sentence, **fields)
        self.crew.tell_numbers(calls=workers)

    def _reopen_logs(self, *, rotate: bool) -> None:
        family = self.crew.families.get(self.state.target)
        own = family.settings if family else self._pending
        if own is not None:  # else the first generation could not even be prepared: we are about to leave
            Reopening(self.crew, self._log).carry_out(own, rotate=rotate)

    def _describe(self) -> dict[str, Any]:
        return overview(self.state, self._board, self._listeners.all(), self._recent, self._directory)

    # -- the first image, and later ones -------------------------------------------------------------------------------

    def start(self, settings: Settings) -> None:
        """Take what we were given, and the names we are known by, before anything slow. Raises Fatal."""
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
        self.news.append(events.Reexecuted(limits, error))


def _kill(pid: int) -> None:
    if pid:
        processes.kill(pid, Signals.SIGKILL)


def limits_of(settings: Settings) -> Limits:
    """What the state machine needs to know of the settings."""
    return Limits(
        workers=settings.workers,
        surge=settings.surge,
        drain=settings.drain_timeout,
        boot=settings.boot_timeout,
        lazy=settings.lazy_apps,
        lifetime=settings.max_lifetime,
        lifetime_jitter=settings.max_lifetime_jitter,
        least_life=settings.min_lifetime,
    )
