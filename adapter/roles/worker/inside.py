"""What `adapter.api` finds in the server's own processes: who they are, and the way to the master."""

import json
import os
import socket
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from adapter.api import NOWHERE, Locks, NotServing, seat
from adapter.config.settings import Settings
from adapter.exits import FAILED, Fatal
from adapter.lifecycle.messages import Asks, HasFailed, to_plain
from adapter.log import Log
from adapter.unix.channels import Channel
from adapter.unix.namedlocks import NamedLocks

_PATIENCE = 5.0  # seconds for the master to answer what it knows by heart


class Inside:
    """One process' place. `channel` is None in the preloader: it speaks to the master of nothing but its forks."""

    def __init__(self, settings: Settings, log: Log, *, generation: int, master: int, locks: int) -> None:
        self.worker = 0
        self.slot = NOWHERE
        self.generation = generation
        self.master = master
        self.options: Mapping[str, Any] = settings._asdict()
        self.after_fork: list[Callable[[], Any]] = []
        self.drains = threading.Event()
        self.extend: Callable[[float], None] = lambda _seconds: None  # until somebody watches deadlines
        self.said: Callable[[], dict[str, str] | None] = lambda: None  # until requests come
        self._file = locks
        self.locks: Locks
        self._begin_locks()
        self._log = log
        self._channel: Channel | None = None

    def written(self) -> list[tuple[str, str]]:
        """The lines of the --ini, as they are meant; none of a file that cannot be read by whom we have become."""
        if self.options["ini"] is None:
            return []
        from adapter.config.ini.disk import Disk  # noqa: PLC0415 -- for who looks at uwsgi.opt
        from adapter.config.ini.reading import read  # noqa: PLC0415 -- the same

        try:
            world = Disk(os.readlink(f"/proc/{self.master}/cwd"))  # ours is --chdir
            return [(line.name, line.value) for line in read(self.options["ini"], os.environ, world=world).lines]
        except (Fatal, OSError):
            return []

    def become(self, worker: int, slot: int, channel: Channel, log: Log) -> None:
        """This process is a worker by now. What the import held is the preloader's, so locks begin anew."""
        self.worker, self.slot = worker, slot
        self.drains = threading.Event()
        self._named.forget()
        self._begin_locks()
        self._log, self._channel = log, channel

    def prepare(self) -> bool:
        """Do what the application wants done in each worker; a failure is told to the master, and False."""
        for function in self.after_fork:
            try:
                function()
            except BaseException as error:  # noqa: BLE001 -- whatever the application raises is its failure, told to the operator
                name = getattr(function, "__qualname__", repr(function))
                said = f"{name}, which is to run in each worker, failed: {type(error).__name__}: {error}"
                assert self._channel is not None
                self._channel.send(to_plain(HasFailed(said, FAILED, traceback.format_exc())))
                return False
        return True

    def leave(self) -> None:
        """This process is a child of the application's: it has no place here, and must not hold our locks when we are gone."""
        seat.place = None
        self._named.forget()

    def _begin_locks(self) -> None:
        self.locks = self._named = NamedLocks(self._file)

    def ask(self, command: str) -> None:
        """Of the master."""
        self._send(command, [])

    def workers(self) -> list[dict[str, Any]]:
        """Asked by a socket of our own, which any thread can wait at: the loop's may be the one that asks."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)  # the master answers in one go or not at all
                self._send("workers", [theirs.fileno()])
            ours.settimeout(_PATIENCE)
            said = b""
            while data := ours.recv(65536):
                said += data
        found: list[dict[str, Any]] = json.loads(said or "[]")
        return found

    def note(self, sentence: str) -> None:
        """A line in the server's log."""
        self._log.info(sentence)

    def _send(self, command: str, fds: list[int]) -> None:
        if self._channel is None:
            raise NotServing(
                f"{command}(): there is no worker yet, the application is being imported; ask after the fork (postfork)"
            )
        try:
            self._channel.send(to_plain(Asks(command)), fds)
        except OSError as error:  # closed by us, when the master had gone, or not read
            raise NotServing(f"{command}(): the master cannot be asked: {os.strerror(error.errno or 0)}") from error
