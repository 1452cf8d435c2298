"""Imports the application once and forks workers; serves nobody, holds no listener.

It is started by exec, so the application finds a process as clean as `python` makes it: no click, none of the master's
memory, descriptors or masks. With --lazy-apps it does all but the import, which each worker then does itself: one way to
fork, two moments to load.
"""

import faulthandler
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import adapter
from adapter import exits
from adapter.api import seat
from adapter.config.settings import Settings
from adapter.gateway.load import load_all
from adapter.lifecycle.dialects import SIGNALS
from adapter.lifecycle.limits import USUAL
from adapter.lifecycle.messages import (
    CannotFork,
    ForkWorker,
    HasFailed,
    HasForked,
    HasLoaded,
    Message,
    Prepare,
    TakeLogs,
    from_plain,
    to_plain,
)
from adapter.lifecycle.orphans import Orphans
from adapter.log import Log
from adapter.protocols.http1 import chunked, section
from adapter.roles import logs
from adapter.roles.logs import open_log
from adapter.roles.serving.fronted import missing
from adapter.roles.surroundings import settle_in
from adapter.roles.worker import worker
from adapter.roles.worker.before import run_before
from adapter.roles.worker.birth import Birth, tell_where_it_hangs
from adapter.roles.worker.imported import Imported
from adapter.roles.worker.inside import Inside
from adapter.roles.worker.offspring import Offspring
from adapter.unix.channels import Channel
from adapter.unix.processes import die_with_parent, outlive_parent
from adapter.unix.signals import deafen, unblock
from adapter.unix.witness import SHOW, Witness
from adapter.uwsgi.finder import Finder

_OURS = tuple(row.signal for row in SIGNALS)
_NEEDED_LATER = (chunked, section)
"""What the data plane imports only when a request needs it: here once for all workers, and of the version that the rest is of."""


def main(fd: int) -> None:
    """`python -c … FD`: the channel to the master is this descriptor."""
    master = os.getppid()
    deafen((*_OURS, SHOW))  # what operators send to the whole group is the master's to answer
    unblock(_OURS)
    faulthandler.enable()
    if not die_with_parent(master, signal.SIGKILL):
        return
    channel = Channel.adopt(fd)
    order = _next_order(channel)
    if order is not None and isinstance(prepare := order[0], Prepare):
        settings = Settings.from_dict(prepare.settings)
        log = open_log(settings).bind(generation=prepare.generation)
        witness, locks = order[1]
        inside = Inside(settings, log, generation=prepare.generation, master=master, locks=locks)
        born = _Preloader(channel, settings, inside, log, Witness(witness)).run()
        if born is not None:
            # A worker, just forked. It leaves through here, so that the interpreter ends as in any other program.
            sys.exit(worker.run(born, settings, log))
    _flush()
    os._exit(exits.STOPPED)  # exit handlers that the application registered are for processes that served


def _next_order(channel: Channel) -> tuple[Message | None, list[int]] | None:
    """What the master says, None being what we do not understand, and the descriptors that come with it; at its end: None."""
    received = channel.receive()
    return received and (from_plain(received[0]), received[1])


class _Preloader:
    def __init__(self, channel: Channel, settings: Settings, inside: Inside, log: Log, witness: Witness) -> None:
        self._channel = channel
        self._settings = settings
        self._inside = inside
        self._log = log
        self._witness = witness
        self._app: Callable[..., Any] | None = None
        self._imported = Imported(self._say) if settings.watch else None
        self._took = 0.0  # seconds to import it
        self._offspring = Offspring(inside.master)

    def run(self) -> Birth | None:
        """Until the master hangs up, and if it is gone until its workers are: None. In a forked worker: what it was born with."""
        failure = self._prepare()
        if failure is not None:
            self._say(failure)
            return None
        if self._offspring.able:
            outlive_parent()
        self._say(HasLoaded(threads=_threads()))
        while (told := _next_order(self._channel)) is not None:
            order, fds = told
            if isinstance(order, ForkWorker):
                birth = self._fork(order, *fds)
                if birth is not None:
                    return birth
            elif isinstance(order, TakeLogs):
                for fd in logs.take(order.names, fds).values():
                    os.close(fd)  # the access log is the workers'
        drain = USUAL if self._settings.drain_timeout is None else self._settings.drain_timeout
        self._offspring.outlive(Orphans.of(threads=self._settings.threads, drain=drain), self._log)
        return None

    def _prepare(self) -> HasFailed | None:
        """Become what the settings say and import the application."""
        settings = self._settings
        self._witness.attend()
        tell_where_it_hangs(settings.boot_timeout, self._witness)
        try:
            settle_in(settings, "serve")
            seat.place = self._inside
            sys.meta_path.insert(0, Finder())
            if not die_with_parent(self._inside.master, signal.SIGKILL):  # again: a change of user clears it
                raise SystemExit
            run_before(settings.before_load, self._log)
            if not settings.lazy_apps:
                began = time.monotonic()
                self._app = load_all(settings.app, settings.mount, settings.imports)
                self._took = time.monotonic() - began
        except exits.Fatal as error:
            self._tell_imported(error)
            return HasFailed(error.sentence, error.code, error.detail)
        except BaseException as error:  # noqa: BLE001 -- whatever the application raises is its failure, told to the operator
            self._tell_imported(error)
            return HasFailed(*failure_of(settings.app or settings.mount[0], error))
        finally:
            faulthandler.cancel_dump_traceback_later()
        self._tell_imported(None)
        for path, reason in missing(settings):  # not before: --before-load, or the import, may have made it
            self._log.warning(
                "nothing is where files are to be found: the application is asked for them", path=path, reason=reason
            )
        self._witness.attend()  # again: the application may have turned faulthandler to its own use
        _flush()
        # What is alive now lives as long as we: the collector need not look at it, so forked pages stay shared.
        gc.collect()
        gc.freeze()
        return None

    def _tell_imported(self, error: BaseException | None) -> None:
        if self._imported is not None:
            self._imported.tell(error)

    def _fork(self, order: ForkWorker, fd: int, witness: int) -> Birth | None:
        """Fork twice, so that the worker becomes the child of the master (a subreaper). Returns in the worker only."""
        pipes: list[int] = []
        # Who hangs in the application's own fork functions hears of nothing: for so long we die with the master, as before.
        die_with_parent(self._inside.master, signal.SIGKILL)
        cell = self._offspring.cell()
        try:
            pipes += os.pipe()
            pipes += os.pipe()
            between = os.fork()
        except OSError as error:
            for each in (*pipes, fd, witness):
                os.close(each)
            self._say(CannotFork(order.worker, f"fork: {error.strerror}"))
            return None
        # The worker goes on when the end `held` says that the one between us is gone.
        released, held, told, telling = pipes
        if between == 0:
            _fork_and_leave(telling)
            for each in (held, told, telling):
                os.close(each)
            self._channel.close()
            os.read(released, 1)
            os.close(released)
            self._witness.close()
            channel, own, let_go = Channel.adopt(fd), Witness(witness), self._offspring.leave(cell)
            return Birth(channel, own, order.worker, order.slot, self._inside, let_go, self._app, self._took)
        for each in (fd, witness, telling):
            os.close(each)
        self._parent_of(between, order.worker, told, cell)
        os.close(held)
        os.close(released)
        if self._offspring.able:
            outlive_parent()
        return None

    def _parent_of(self, between: int, number: int, told: int, cell: int) -> None:
        """Our half: when the one between is reaped, the worker is the master's child; say so before letting it go."""
        # One write, so one read; not up to the end of file, as the worker has the other end open while the application's own
        # after-fork functions run, and whoever hangs there must not keep us from forking the others.
        answer = os.read(told, 1024).decode()
        os.close(told)
        os.waitpid(between, 0)
        if answer.isdigit():
            self._offspring.born(number, int(answer), cell)
            self._say(HasForked(number, int(answer)))
        else:
            self._say(CannotFork(number, answer or "the process that should have forked it died"))

    def _say(self, message: Message) -> None:
        try:
            self._channel.send(to_plain(message))
        except BrokenPipeError:
            os._exit(exits.STOPPED)  # the master is gone; so are we


def _fork_and_leave(telling: int) -> None:
    """Returns only in the second child; the first tells its pid and is gone."""
    try:
        pid = os.fork()
    except OSError as error:
        os.write(telling, f"fork: {error.strerror}".encode())
        os._exit(1)
    if pid:
        os.write(telling, str(pid).encode())
        os._exit(0)


def failure_of(app: str, error: BaseException) -> tuple[str, int, str]:
    """What an exception out of the application's import means: sentence, exit code, traceback (without our own frames)."""
    own = os.path.dirname(os.path.abspath(adapter.__file__))
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith((own, "<frozen ")):
        frames = frames.tb_next
    text = "".join(traceback.format_exception(type(error), error, frames))
    return f"the application {app} could not be imported: {type(error).__name__}: {error}", exits.FAILED, text


def _flush() -> None:
    """What the import printed is said once, not by every worker forked with a copy of the buffer."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # closed, full, or taken away by the application


def _threads() -> list[str]:
    """Threads the import started: a fork does not take them along."""
    return [each.name for each in threading.enumerate() if each is not threading.main_thread()]
