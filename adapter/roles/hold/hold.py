"""`adapter hold`: a service of its own that keeps listening sockets open, and gives duplicates of them to servers that come and go.

It accepts nothing itself: who connects while no server is there waits in the kernel's queue. HUP becomes a new image of itself (a
new adapter, --listeners-file read again), the sockets kept, once a child has seen that it would start. TERM ends it.
"""

import os
import select
from collections.abc import Sequence
from signal import Signals
from typing import Any

import adapter
from adapter.config.holding import Holding, parse
from adapter.exits import STOPPED, Fatal
from adapter.log import Log
from adapter.roles.hold.counter import Counter
from adapter.roles.hold.stock import Stock, adopted
from adapter.unix import listeners, processes
from adapter.unix.listeners import Listener
from adapter.unix.signals import Trap, block, unblock

_ENDS = (Signals.SIGTERM, Signals.SIGINT, Signals.SIGQUIT, Signals.SIGPWR)
_TELLS = (Signals.SIGUSR1, Signals.SIGUSR2)
# svc, sv and s6-svc send these too: nothing, but deadly by default.
_NOTHING = (Signals.SIGALRM, Signals.SIGCONT, Signals.SIGURG, Signals.SIGWINCH, Signals.SIGTSTP, Signals.SIGTTIN, Signals.SIGTTOU)
SIGNALS = (Signals.SIGHUP, Signals.SIGCHLD, *_ENDS, *_TELLS, *_NOTHING)
_QUEUE = 64  # clients who ask at the same moment


def main(argv: Sequence[str]) -> int:
    """The exit code of `adapter hold ARGV…`."""
    log = Log(2, stamp="--no-log-time" not in argv)
    record = _carried_over()
    if record is not None:
        return Holder(log, _good(log, argv), record).run()
    try:
        holding = parse(argv)
        if holding.check:
            log.info("the options are good", holds=" ".join(each.name for each in holding.listeners))
            return STOPPED
        return Holder(log, holding, None).run()
    except Fatal as error:
        log.fatal(error.sentence)
        return error.code


def _good(log: Log, argv: Sequence[str]) -> Holding | None:
    """The options of a later image; None when they have become bad since a child tried them."""
    try:
        return parse(argv)
    except Fatal as error:
        log.say("error", error.sentence + ": what was held is held on")
        return None


def _carried_over() -> dict[str, Any] | None:
    if "ADAPTER_CARRYOVER" not in os.environ:
        return None
    from adapter.roles.master import reexec  # noqa: PLC0415 -- json, and only after a HUP

    return reexec.carried_over()


class Holder:
    """One image of it. `holding` is None when the options have become bad meanwhile: then all stays as `record` has it."""

    def __init__(self, log: Log, holding: Holding | None, record: dict[str, Any] | None) -> None:
        self._log = log
        self._trap = Trap(SIGNALS)
        self._stock = Stock(log)
        self._trial = 0  # the child that tries the new image
        self._hangup = False
        if record is not None:
            self._restore(record, holding)
        elif holding is not None:
            self._stock.open(holding)
            try:
                self._own = _counter(holding)
            except Fatal:
                self._stock.close()
                raise
            self._allowed = _allowed(holding)
        self._counter = Counter(log, self._own, self._allowed, self._stock)

    def _restore(self, record: dict[str, Any], holding: Holding | None) -> None:
        self._log.info("a new image of the same process", version=adapter.__version__, pid=os.getpid())
        self._stock.restore(record["stock"])
        self._own, self._allowed = adopted(record["own"]), frozenset(record["allowed"])
        if holding is not None:
            self._stock.follow(holding)
            self._allowed = _allowed(holding)
            listeners.entitle(self._own, _mode(holding), None, None)

    def run(self) -> int:
        """Until a signal says so. The exit code."""
        log = self._log
        log.info("ready", socket=self._own.address, **self._stock.said(), pid=os.getpid(), version=adapter.__version__)
        while True:
            for fd in self._ready():
                if fd != self._trap.fileno():
                    self._counter.hear(fd)
                    continue
                for came in self._trap.read():
                    if came in _ENDS:
                        return self._end(came)
                    self._take(came)
            if self._hangup:
                self._become()

    def _ready(self) -> list[int]:
        poll = select.poll()
        for fd in (self._trap.fileno(), *self._counter.fds()):
            poll.register(fd, select.POLLIN)
        return [fd for fd, _ in poll.poll()]

    def _take(self, came: Signals) -> None:
        if came is Signals.SIGHUP:
            self._try_new_image()
        elif came is Signals.SIGCHLD:
            for pid, status in processes.reap():
                if pid == self._trial:
                    self._tried(processes.describe(status), good=status == 0)
        elif came in _TELLS:
            self._log.info("status", **self._stock.said(), given=self._counter.given)

    def _end(self, came: Signals) -> int:
        """Ours alone is our own socket. The others may be with servers that serve on."""
        self._log.info("stopped", source=f"signal {came.name.removeprefix('SIG')}", code=STOPPED)
        if self._trial:
            processes.kill(self._trial, Signals.SIGKILL)
        self._counter.close()
        self._stock.close()
        listeners.close(self._own)
        return STOPPED

    # -- a new image ---------------------------------------------------------------------------------------------------

    def _try_new_image(self) -> None:
        from adapter.roles.master import reexec  # noqa: PLC0415 -- json, and only at a HUP

        if self._trial:
            return
        directory = reexec.logical_directory()
        argv = reexec.command(directory, ["--check"])
        try:
            self._trial = processes.spawn(argv, environ=os.environ, directory=directory, keep=(), held=SIGNALS)
        except OSError as error:
            self._log.error(f"cannot try the new image: cannot run {error.filename}: {error.strerror}; this one holds on")

    def _tried(self, how: str, *, good: bool) -> None:
        self._trial, self._hangup = 0, good
        if not good:
            self._log.error(f"the new image does not start ({how}): this one holds on, see above")

    def _become(self) -> None:
        """Returns only when that failed."""
        from adapter.roles.master import reexec  # noqa: PLC0415 -- as above

        self._hangup = False
        block(SIGNALS)  # they wait in the kernel, also across the exec
        self._counter.close()
        own = {"fd": self._own.socket.fileno(), "address": self._own.address, "owned": True, "inode": self._own.inode}
        record = {"stock": self._stock.to_plain(), "own": own, "allowed": sorted(self._allowed)}
        error = reexec.become(reexec.logical_directory(), record, [*self._stock.fds(), self._own.socket.fileno()])
        self._log.error(f"cannot become the new image: {error.strerror}; this one holds on")
        unblock(SIGNALS)


def _allowed(holding: Holding) -> frozenset[int]:
    return frozenset({0, os.geteuid(), *holding.allow})


def _mode(holding: Holding) -> int:
    """Where others than our own user and root are allowed the file lets everybody in, and the counter looks at who it is."""
    return 0o666 if holding.allow else 0o600


def _counter(holding: Holding) -> Listener:
    return listeners.bind_unix(holding.socket, backlog=_QUEUE, mode=_mode(holding))
