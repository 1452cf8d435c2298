"""Listeners that give everybody who connects one document and hang up: --stats and --metrics."""

import socket
from collections.abc import Callable
from typing import Any

from adapter.config import addresses
from adapter.lifecycle.events import Event
from adapter.log import Log
from adapter.roles.master.desk import CLIENTS, Client, Desk
from adapter.roles.master.watch import Watch
from adapter.unix import listeners
from adapter.unix.listeners import Listener

_REQUEST = 16 << 10  # bytes a client may say before it is answered, and after it

Answer = Callable[[bytes], bytes | None]
"""The document for a client that has said these bytes; None while it has to say more first."""


class _Client(Client):
    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.answered = False


class Publisher(Desk[_Client]):
    """One such listener."""

    def __init__(self, log: Log, watch: Watch, option: str, answer: Answer) -> None:
        super().__init__(log, watch, option)
        self._answer = answer
        self._asked: str | None = None

    def follow(self, address: str | None) -> None:
        """Listen at this address, and no longer at another. Raises Fatal when it cannot be had; the former goes on then."""
        if address == self._asked:
            return
        new = _bind(address) if address else None
        self.listen(new)
        self._asked = address
        if new is not None:
            self.log.info("publishing", option=self.option, address=new.address)

    def close(self) -> None:
        """Stop listening; whoever is being answered still is."""
        super().close()
        self._asked = None

    def welcome(self, sock: socket.socket) -> _Client:
        """Everybody."""
        return _Client(sock)

    def begun(self, client: _Client) -> None:
        """It may be answered whatever it says."""
        self.heard(client)

    def heard(self, client: _Client) -> list[Event]:
        """Give it its document, if it has said what it must; afterwards we only wait for its end."""
        if not client.answered and (document := self._answer(client.received)) is not None:
            client.answered = True
            self.say(client, document)
        elif len(client.received) > _REQUEST * (1 + client.answered):
            self.forget(client)
        return []

    def sent(self, client: _Client) -> None:
        """Not closed yet: the kernel would take back what is on its way if the client has said something we did not read."""
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.forget(client)

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        clients = [
            [each.socket.fileno(), each.received.decode("latin-1"), each.answered, each.left.decode("latin-1")]
            for each in self.clients
        ]
        return {**self.listener_to_plain(), "asked": self._asked, "clients": clients}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self.restore_listener(plain, plain.get("address") or "")
        self._asked = plain.get("asked")
        for fd, received, answered, left in plain.get("clients", ()):
            client = self.restore_client(fd, received, left)
            client.answered = answered
            self.resume(client)


def _bind(text: str) -> Listener:
    address = addresses.parse(text)
    if isinstance(address, addresses.Tcp):
        return listeners.bind_tcp(address.host, address.port, backlog=CLIENTS)
    assert isinstance(address, addresses.Unix)  # `config.resolve` takes no other
    return listeners.bind_unix(address.path, backlog=CLIENTS, mode=0o600)
