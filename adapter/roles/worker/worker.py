"""A worker: serves what its listeners bring, hears the master, drains when told to, or when the master is gone."""

import faulthandler
import os
import signal
import socket
import time
from collections.abc import Iterable, Sequence
from signal import Signals

from adapter import exits
from adapter.config.settings import Settings
from adapter.gateway.health import Health
from adapter.lifecycle.dialects import SIGNALS
from adapter.lifecycle.limits import FINAL_LINGER, MERCY, USUAL
from adapter.lifecycle.messages import (
    Begin,
    DrainNow,
    HasToldStacks,
    IsDraining,
    IsIdle,
    IsLeaving,
    IsReady,
    Message,
    OutOfRotation,
    PauseNow,
    ResumeNow,
    Serve,
    TakeLogs,
    TellNumbers,
    TellStacks,
    WakeUp,
    from_plain,
    to_plain,
)
from adapter.log import Log
from adapter.roles.serving.fronted import fronted
from adapter.roles.serving.server import Server
from adapter.roles.worker.birth import Birth, bring_up
from adapter.roles.worker.imported import Imported
from adapter.roles.worker.scoring import Score
from adapter.roles.worker.stacks import stacks
from adapter.roles.worker.vitals import Vitals
from adapter.roles.worker.workerlogs import WorkerLogs
from adapter.scoreboard import cells
from adapter.scoreboard.figures import Now
from adapter.unix import handover
from adapter.unix.processes import die_with_parent
from adapter.unix.sharedcells import Writing
from adapter.unix.signals import Trap, be_interruptible, block, deafen, interrupt, unblock
from adapter.unix.timers import Timer
from adapter.unix.witness import show_on_stderr

_OURS = tuple(row.signal for row in SIGNALS)
_DEAF = tuple(each for each in _OURS if each is not Signals.SIGTERM)


def run(birth: Birth, settings: Settings, log: Log) -> int:
    """A worker's life. Returns its exit code."""
    log = log.bind(worker=birth.id, slot=birth.slot, pid=os.getpid())
    deafen(_DEAF)
    birth.witness.attend()
    birth.witness.show_on_request()
    be_interruptible()
    trap = Trap((Signals.SIGTERM,))  # a TERM to the whole process group reaches us too: it means drain
    # Until it serves there is nothing to finish: an import that hangs must not outlive the master, listeners and all.
    if not die_with_parent(birth.inside.master, Signals.SIGKILL):
        return exits.SYSTEM_FAILED
    received = birth.channel.receive()
    orders = from_plain(received[0]) if received else None
    if received is None or not isinstance(orders, Serve):
        return exits.SYSTEM_FAILED
    fds = received[1]
    listeners = {address: socket.socket(fileno=fds.pop(0)) for address in orders.addresses}
    queue = handover.adopt(fds.pop(0), fds.pop(0)) if orders.queue else None
    cell = Writing(fds.pop(0), cells.offset(orders.cell), cells.SIZE) if orders.cell >= 0 else None
    os.register_at_fork(
        before=lambda: block(_OURS),  # what is sent to the child before it is nobody must not be taken for ours
        after_in_parent=lambda: unblock(_OURS),
        after_in_child=lambda: _be_nobody([*listeners.values(), *(queue or ())], birth, trap),
    )
    birth.inside.become(birth.id, birth.slot, birth.channel, log)
    brought = bring_up(birth, settings)
    if brought is None:
        return exits.FAILED
    behind = fronted(brought.app, settings)
    health = Health(behind, settings.health_path)
    app = health if settings.health_path else behind
    logs = WorkerLogs(settings, birth.slot, birth.inside.generation, log)
    multiprocess = (settings.workers_most or settings.workers) > 1
    server = Server(
        app, settings, listeners, log, multiprocess=multiprocess, queue=queue, spoken=orders.addresses, access=logs.note
    )
    server.attend(birth.witness, birth.let_go)
    birth.inside.said = server.said
    score = Score(server, cell, _who(birth, brought.took), settings.threads)
    return _Worker(birth, settings, server, trap, log, score=score, logs=logs, health=health).run(waits=orders.begin)


def _who(birth: Birth, took: float) -> Now:
    born = time.monotonic_ns()
    return Now(birth.id, birth.slot, birth.inside.generation, os.getpid(), imported=round(took * 1e6), born=born)


def _be_nobody(sockets: Iterable[socket.socket], birth: Birth, trap: Trap) -> None:
    """In a child that the application forks: it neither keeps the port when we are gone, nor hears or answers for us.

    Only closed, never taken out of our epoll, which is the same one here and there.
    """
    for each in sockets:
        each.close()
    birth.channel.close()
    birth.inside.leave()
    trap.close()
    for number in _OURS:  # a handler that does nothing would make `Process.terminate()` do nothing
        signal.signal(number, signal.default_int_handler if number is Signals.SIGINT else signal.SIG_DFL)
    faulthandler.enable(file=2)
    unblock(_OURS)


class _Worker:
    def __init__(
        self,
        birth: Birth,
        settings: Settings,
        server: Server,
        trap: Trap,
        log: Log,
        *,
        score: Score,
        logs: WorkerLogs,
        health: Health,
    ) -> None:
        self._channel = birth.channel
        self._witness = birth.witness
        self._inside = birth.inside
        self._settings = settings
        self._server = server
        self._logs = logs
        self._trap = trap
        self._log = log
        self._score = score
        self._health = health
        self._begun = False
        self._orphaned = False
        self._vitals = Vitals(server, settings, birth.id, self._say, log)

    def run(self, *, waits: bool) -> int:
        self._server.watch(self._channel.fileno(), self._told)
        self._server.watch(self._trap.fileno(), self._signalled)
        self._server.on_idle = lambda: self._say(IsIdle(idle=True))
        self._server.on_busy = lambda: self._say(IsIdle(idle=False))
        if not die_with_parent(self._inside.master, Signals.SIGTERM):
            return exits.SYSTEM_FAILED
        self._server.give_up = self._give_up
        self._server.on_tick.append(self._score.tick)
        if self._vitals.wanted:
            self._server.on_tick.append(self._vitals.tick)
        if self._settings.watch:
            imported = Imported(self._say)
            imported.tell()
            self._server.on_tick.append(lambda _: imported.tell())  # much is imported by the first request only
        self._score.write()
        self._say(IsReady(), self._timer())
        # Not before the master has heard it: until then it takes us for unborn, and kills us as soon as we are not wanted any more.
        while waits and not self._begun:
            self._hear()
        if not self._orphaned:
            self._channel.never_wait()
        if not self._server.run():
            self._server.give_up()
        self._end(patience=MERCY * 3 / 4)
        return exits.STOPPED

    def _give_up(self) -> None:
        """A call may still run at the end; waiting for it is over, so nothing of this process may be waited for."""
        self._end(patience=MERCY / 4)  # the master's is at its end
        os._exit(exits.FAILED)

    def _end(self, *, patience: float) -> None:
        self._score.write()
        self._logs.close(patience)

    def _timer(self) -> list[int]:
        """The one that the master sees run out when a call holds the interpreter's lock for too long. Without one all the rest works."""
        if not self._settings.request_timeout:
            return []
        try:
            timer = Timer.create()
        except OSError:
            return []
        self._vitals.keep_vigil(timer)
        return [timer.fileno()]

    def _say(self, message: Message, fds: Sequence[int] = ()) -> None:
        try:
            self._channel.send(to_plain(message), fds)
        except BrokenPipeError:
            return  # the master is gone: the end of file on the channel says it too, and is acted upon
        except BlockingIOError:
            self._log.warning("the master does not read what its workers say")

    def _told(self) -> None:
        self._hear()

    def _hear(self) -> bool:
        """The master speaks, or is gone. Did it say anything?"""
        try:
            received = self._channel.receive()
        except BlockingIOError:
            return False
        if received is None:
            self._orphan()
            return False
        self._obey(from_plain(received[0]), received[1])
        return True

    def _obey(self, message: Message | None, fds: list[int]) -> None:
        match message:
            case Begin():
                self._begun = True
            case DrainNow() as order:
                self._drain(order)
                self._say(IsDraining())
            case PauseNow():
                self._server.pause()
            case ResumeNow():
                self._server.resume()
            case OutOfRotation():
                self._health.ready = False
            case WakeUp():
                self._wake()
            case TellNumbers() as order:
                self._tell(order)
            case TellStacks():
                self._show_stacks()
            case TakeLogs() as order:
                self._logs.take(order, fds)
            case _:
                pass

    def _signalled(self) -> None:
        """TERM: from the kernel because the master died, or from somebody who signals the whole group."""
        came = self._trap.read()
        if Signals.SIGUSR2 in came:
            self._show_stacks()
        if Signals.SIGTERM not in came:
            return  # one of those we are deaf to: their handlers, too, leave their number in the wake-up pipe
        if os.getppid() != self._inside.master:
            self._orphan()
            return
        # Nothing more: only the master knows whether it got the same TERM, and must have us empty the queue of our listeners.
        self._say(IsLeaving())

    def _orphan(self) -> None:
        """The master is gone. The listeners first: who starts next must find the port free. Then finish what we hold."""
        if self._orphaned:
            return
        self._orphaned = True
        self._server.release()
        self._server.unwatch(self._channel.fileno())
        self._channel.close()
        show_on_stderr()
        self._log.warning("the master is gone: finishing what is in flight")
        seconds = USUAL if self._settings.drain_timeout is None else self._settings.drain_timeout
        self._drain(DrainNow(seconds, min(FINAL_LINGER, seconds / 4), [], final=True))

    def _drain(self, order: DrainNow) -> None:
        self._begun = True
        # A call stuck in C holds the interpreter's lock, so none of our own code would run at the deadline: faulthandler's thread
        # needs no lock. It shows where we are, and leaves the killing to the master, who knows whether we were stopped meanwhile;
        # without a master it must do that too. Somewhat later than the server's own deadline, which tells more.
        self._inside.drains.set()
        self._health.ready = self._health.ready and not order.final
        file = 2 if self._orphaned else self._witness.fd
        faulthandler.dump_traceback_later(order.seconds + MERCY / 2, exit=self._orphaned, file=file)
        self._server.drain(order.seconds, linger=order.linger, leaving=order.leaving, final=order.final)

    def _wake(self) -> None:
        calls = self._server.calls()
        for _, _, thread in calls:
            interrupt(thread)
        self._log.info("interrupted what requests are in", calls=len(calls))

    def _show_stacks(self) -> None:
        """In our own thread, with the interpreter's lock: nobody changes what is looked at."""
        if self._orphaned:
            self._log.info("traceback")
            self._log.block(stacks())
            return
        self._witness.tell(stacks())
        self._say(HasToldStacks())

    def _tell(self, order: TellNumbers) -> None:
        self._log.info("numbers", **self._server.report())
        if order.calls:
            for request, seconds, _ in self._server.calls():
                self._log.info("in progress", request=request, seconds=seconds)
