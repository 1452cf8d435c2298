"""Where a holder's clients come: each is looked at (SO_PEERCRED), asks, and gets a duplicate. No client is ever waited for."""

import errno
import socket
import struct
from collections.abc import Callable

from adapter.log import Log
from adapter.protocols import fdholder
from adapter.protocols.fdholder import Listing, Retrieve
from adapter.unix.listeners import Listener

_MOST = 32  # clients at a time; one more, and the one that has been silent longest goes
_CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid
_PART = 1024


class Counter:
    """`allowed`: who may ask, as user ids. `of` finds a listener by its name, `names` are all there are."""

    def __init__(
        self,
        log: Log,
        own: Listener,
        allowed: frozenset[int],
        of: Callable[[str], Listener | None],
        names: Callable[[], list[str]],
    ) -> None:
        self._log, self._own, self._allowed, self._of, self._names = log, own, allowed, of, names
        self._clients: dict[int, tuple[socket.socket, bytes]] = {}
        self.given = 0

    def fds(self) -> list[int]:
        """Whom to listen to."""
        return [self._own.socket.fileno(), *self._clients]

    def hear(self, fd: int) -> None:
        """This one can be read."""
        if fd == self._own.socket.fileno():
            self._accept()
        elif fd in self._clients:
            try:
                self._read(fd)
            except (OSError, ValueError):
                self._drop(fd)

    def close(self) -> None:
        """Nobody is answered any more."""
        for fd in list(self._clients):
            self._drop(fd)

    def _accept(self) -> None:
        try:
            client, _ = self._own.socket.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE} and self._clients:
                self._drop(next(iter(self._clients)))
            return
        client.setblocking(False)
        while len(self._clients) >= _MOST:
            self._drop(next(iter(self._clients)))
        self._clients[client.fileno()] = client, b""

    def _read(self, fd: int) -> None:
        """Raises OSError and ValueError when this client is to go."""
        client, before = self._clients.pop(fd)
        self._clients[fd] = client, before  # the last to speak is the last in the row
        data = client.recv(_PART)
        if not data:
            raise ConnectionResetError
        data = before + data
        while (message := fdholder.cut(data)) is not None:
            data = message.rest
            if message.fds:
                raise ValueError("nobody stores here")
            self._answer(client, message.body)
        if len(data) > _PART:
            raise ValueError("no question is so long")
        self._clients[fd] = client, data

    def _answer(self, client: socket.socket, body: bytes) -> None:
        pid, uid, _ = _CREDENTIALS.unpack(client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        if uid not in self._allowed:
            self._log.warning("refused: this user is not allowed here", uid=uid, pid=pid)
            client.send(fdholder.pack(fdholder.refused(errno.EPERM)), socket.MSG_NOSIGNAL)
            return
        match fdholder.question(body):
            case Listing():
                client.send(fdholder.pack(fdholder.listed(self._names())), socket.MSG_NOSIGNAL)
            case Retrieve(name, forget=False):
                self._give(client, name, pid)
            case Retrieve():
                client.send(fdholder.pack(fdholder.refused(errno.EPERM)), socket.MSG_NOSIGNAL)
            case None:
                client.send(fdholder.pack(fdholder.refused(errno.EPROTO)), socket.MSG_NOSIGNAL)
                raise ValueError("not a question")

    def _give(self, client: socket.socket, name: str, pid: int) -> None:
        listener = self._of(name)
        if listener is None:
            self._log.warning("refused: nothing is held by this name", name=name, pid=pid)
            client.send(fdholder.pack(fdholder.refused(errno.ENOENT)), socket.MSG_NOSIGNAL)
            return
        socket.send_fds(client, [fdholder.pack(fdholder.GIVEN, 1)], [listener.socket.fileno()], socket.MSG_NOSIGNAL)
        self.given += 1
        self._log.info("given", name=name, address=listener.address, pid=pid)

    def _drop(self, fd: int) -> None:
        self._clients.pop(fd)[0].close()
