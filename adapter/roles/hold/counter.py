"""Where a holder's clients come: each is looked at (SO_PEERCRED), asks, and gets a duplicate. No client is ever waited for."""

import errno
import os
import socket

from adapter.log import Log
from adapter.protocols import fdholder
from adapter.protocols.fdholder import Listing, Retrieve, Store
from adapter.roles.hold.stock import Stock
from adapter.unix import borrowing, peers
from adapter.unix.listeners import Listener

_MOST = 32  # clients at a time; one more, and the one that has been silent longest goes
_READ = 4096
_PART = 1024


class Counter:
    """Clients at `own`. `allowed`: who may ask, as user ids."""

    def __init__(self, log: Log, own: Listener, allowed: frozenset[int], stock: Stock) -> None:
        self._log, self._own, self._allowed, self._stock = log, own, allowed, stock
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
        data, fds = peers.receive(client, _READ, borrowing.DESCRIPTORS)
        try:
            if not data:
                raise ConnectionResetError
            data = before + data
            while (message := fdholder.cut(data)) is not None:
                data = message.rest
                if message.fds != len(fds):
                    raise ValueError("a message whose descriptors are not there")
                self._answer(client, message.body, fds)
        finally:
            borrowing.drop(fds)
        if len(data) > _PART:
            raise ValueError("no question is so long")
        self._clients[fd] = client, data

    def _answer(self, client: socket.socket, body: bytes, fds: list[int]) -> None:
        """What is taken of the descriptors is taken out of them."""
        pid, uid, _ = peers.peer(client)
        if uid not in self._allowed:
            self._log.warning("refused: this user is not allowed here", uid=uid, pid=pid)
            _say(client, errno.EPERM)
            return
        match fdholder.question(body):
            case Listing() if not fds:
                client.send(fdholder.pack(fdholder.listed(self._stock.names())), socket.MSG_NOSIGNAL)
            case Retrieve(name, forget=False) if not fds:
                self._give(client, name, pid)
            case Store(name) if len(fds) == 1:
                _say(client, self._stock.take_back(name, fds.pop()))
            case Retrieve():
                _say(client, errno.EPERM)
            case _:
                _say(client, errno.EPROTO)
                raise ValueError("not a question")

    def _give(self, client: socket.socket, name: str, pid: int) -> None:
        found = self._stock.of(name)
        if isinstance(found, int):
            self._log.warning(f"refused: {os.strerror(found).lower()}", name=name, pid=pid)
            _say(client, found)
            return
        socket.send_fds(client, [fdholder.pack(fdholder.GIVEN, 1)], [found.socket.fileno()], socket.MSG_NOSIGNAL)
        self.given += 1
        self._log.info("given", name=name, address=found.address, pid=pid)

    def _drop(self, fd: int) -> None:
        self._clients.pop(fd)[0].close()


def _say(client: socket.socket, number: int) -> None:
    """All is well, or an errno."""
    client.send(fdholder.pack(fdholder.refused(number) if number else fdholder.GIVEN), socket.MSG_NOSIGNAL)
