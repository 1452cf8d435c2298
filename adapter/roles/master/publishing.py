"""Listeners that give everybody who connects one document and hang up: --stats and --metrics. No client can delay the master.

There is no clock here, and none is needed: a client that neither reads nor leaves costs a descriptor and its document, and is
hung up on when others come.
"""

import errno
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapter.config import addresses
from adapter.lifecycle.events import Event
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.unix import listeners
from adapter.unix.listeners import Listener
from adapter.unix.spare import Spare

_CLIENTS = 16
_REQUEST = 16 << 10  # bytes a client may say before it is answered, and after it
_READ = 4096

Answer = Callable[[bytes], bytes | None]
"""The document for a client that has said these bytes; None while it has to say more first."""


@dataclass(eq=False)
class _Client:
    socket: socket.socket
    received: bytes = b""
    answered: bool = False
    left: bytes = b""  # of its document, still to be sent


class Publisher:
    """One such listener. `option` names it in the log."""

    def __init__(self, log: Log, watch: Watch, option: str, answer: Answer) -> None:
        self._log = log
        self._watch = watch
        self._option = option
        self._answer = answer
        self._asked: str | None = None
        self._listener: Listener | None = None
        self._clients: list[_Client] = []
        self._spare = Spare()

    def follow(self, address: str | None) -> None:
        """Listen at this address, and no longer at another. Raises Fatal when it cannot be had; the former goes on then."""
        if address == self._asked:
            return
        new = _bind(address) if address else None
        self.close()
        self._asked, self._listener = address, new
        if new is not None:
            self._watch.add(new.socket.fileno(), self._accept)
            self._log.info("publishing", option=self._option, address=new.address)

    def close(self) -> None:
        """Stop listening; whoever is being answered still is."""
        if self._listener is not None:
            self._watch.remove(self._listener.socket.fileno())
            listeners.close(self._listener)
        self._listener = self._asked = None

    # -- clients -------------------------------------------------------------------------------------------------------

    def _accept(self) -> list[Event]:
        if self._listener is None:
            return []
        try:
            accepted, _ = self._listener.socket.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._spare.turn_away(self._listener.socket)
                self._log.warning("short of descriptors: a client was turned away", option=self._option)
            return []  # else it hung up before we came
        if len(self._clients) >= _CLIENTS:
            self._forget(self._clients[0])
        self._attend(_Client(accepted))
        return []

    def _attend(self, client: _Client) -> None:
        client.socket.setblocking(False)
        self._clients.append(client)
        self._watch.add(client.socket.fileno(), lambda: self._hear(client))
        if client.left:
            self._await_room(client)
        elif not client.answered:
            self._serve(client)

    def _serve(self, client: _Client) -> None:
        """Give it its document, if it has said what it must."""
        document = self._answer(client.received)
        if document is not None:
            client.answered, client.left = True, document
            self._send(client)
        elif len(client.received) > _REQUEST:
            self._forget(client)

    def _send(self, client: _Client) -> None:
        try:
            sent = client.socket.send(client.left, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._forget(client)
            return
        client.left = client.left[sent:]
        if client.left:
            self._await_room(client)
            return
        # Not closed yet: the kernel would take back what is on its way if the client has said something we did not read.
        self._watch.change(client.socket.fileno(), lambda: self._hear(client))
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._forget(client)

    def _await_room(self, client: _Client) -> None:
        self._watch.change(client.socket.fileno(), lambda: self._room(client), readable=False, writable=True)

    def _room(self, client: _Client) -> list[Event]:
        self._send(client)
        return []

    def _hear(self, client: _Client) -> list[Event]:
        """What it has to say before it is answered; and then only whether it is gone."""
        try:
            data = client.socket.recv(_READ)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        client.received += data
        if not data or len(client.received) > 2 * _REQUEST:
            self._forget(client)
        elif not client.answered:
            self._serve(client)
        return []

    def _forget(self, client: _Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._watch.remove(client.socket.fileno())
            client.socket.close()

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        listener = self._listener
        return {
            "asked": self._asked,
            "listener": listener.socket.fileno() if listener else None,
            "address": listener.address if listener else None,
            "inode": listener.inode if listener else None,
            "clients": [
                [each.socket.fileno(), each.received.decode("latin-1"), each.answered, each.left.decode("latin-1")]
                for each in self._clients
            ],
        }

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        fd, inode = plain.get("listener"), plain.get("inode")
        if fd is not None:
            self._asked = plain["asked"]
            owned = tuple(inode) if inode else None
            self._listener = listeners.adopt(fd, address=plain["address"], owned=True, inode=owned)
            self._watch.add(self._listener.socket.fileno(), self._accept)
        for fd, received, answered, left in plain.get("clients", ()):
            os.set_inheritable(fd, False)
            client = _Client(socket.socket(fileno=fd), received.encode("latin-1"), answered, left.encode("latin-1"))
            self._attend(client)

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        listener = [self._listener.socket.fileno()] if self._listener else []
        return listener + [each.socket.fileno() for each in self._clients]


def _bind(text: str) -> Listener:
    address = addresses.parse(text)
    if isinstance(address, addresses.Tcp):
        return listeners.bind_tcp(address.host, address.port, backlog=_CLIENTS)
    assert isinstance(address, addresses.Unix)  # `config.resolve` takes no other
    return listeners.bind_unix(address.path, backlog=_CLIENTS, mode=0o600)
