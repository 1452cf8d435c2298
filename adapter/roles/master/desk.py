"""A listener of the master's own, and its clients: each may say something, and is answered. No client can delay the master.

There is no clock here, and none is needed: a client that neither reads nor leaves costs a descriptor and what it was told, and is
hung up on when others come. Who does not read its answer is not listened to until it has.
"""

import errno
import os
import socket
from typing import Any, Generic, TypeVar

from adapter.lifecycle.events import Event
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.unix import listeners
from adapter.unix.listeners import Listener
from adapter.unix.spare import Spare

CLIENTS = 16
"""That are owed nothing; of more the oldest is let go."""
_READ = 4096


class Client:
    """Who is connected."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.received = b""
        self.left = b""  # of what was said to it, still to be sent


C = TypeVar("C", bound=Client)


class Desk(Generic[C]):
    """`option` names it in the log. What is said here, and who may stay, is for those who make one of it."""

    def __init__(self, log: Log, watch: Watch, option: str) -> None:
        self.log = log
        self.option = option
        self.clients: list[C] = []
        self.listener: Listener | None = None
        self._watch = watch
        self._spare = Spare()

    def welcome(self, sock: socket.socket) -> C:
        """Somebody has connected."""
        raise NotImplementedError

    def begun(self, client: C) -> None:
        """It is attended to; it may be answered before it says anything."""

    def heard(self, client: C) -> list[Event]:
        """It has said more, or has read what it was told: there may be something in `received` to answer."""
        raise NotImplementedError

    def sent(self, client: C) -> None:
        """All that it was told is with the kernel."""

    def stays(self, _client: C) -> bool:
        """Is it owed something, so that it is not let go when others come?"""
        return False

    def listen(self, new: Listener | None) -> None:
        """Here, and no longer elsewhere."""
        self.close()
        self.listener = new
        if new is not None:
            self._watch.add(new.socket.fileno(), self._accept)

    def close(self) -> None:
        """Stop listening; the file goes if it is still ours. Whoever is being answered still is."""
        if self.listener is not None:
            self._watch.remove(self.listener.socket.fileno())
            listeners.close(self.listener)
        self.listener = None

    def say(self, client: C, data: bytes) -> None:
        """This, which goes when it can."""
        client.left += data
        self._send(client)
        if client.left:
            self._await_room(client)

    def forget(self, client: C) -> None:
        """Hang up."""
        if client in self.clients:
            self.clients.remove(client)
            self._watch.remove(client.socket.fileno())
            client.socket.close()

    # -- the wire ------------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        if self.listener is None:
            return
        try:
            accepted, _ = self.listener.socket.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._spare.turn_away(self.listener.socket)
                self.log.warning("short of descriptors: a client was turned away", option=self.option)
            return  # else it hung up before we came
        self._attend(self.welcome(accepted))
        idle = [each for each in self.clients if not self.stays(each)]
        for oldest in idle[: max(0, len(idle) - CLIENTS)]:
            self.forget(oldest)

    def _attend(self, client: C) -> None:
        client.socket.setblocking(False)
        self.clients.append(client)
        self._watch.add(client.socket.fileno(), lambda: self._hear(client))
        if client.left:
            self._await_room(client)
        else:
            self.begun(client)

    def _hear(self, client: C) -> list[Event] | None:
        try:
            data = client.socket.recv(_READ)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self.forget(client)
            return None
        client.received += data
        return self.heard(client) or None

    def _send(self, client: C) -> None:
        """As much as goes now. A client that is gone is forgotten."""
        try:
            sent = client.socket.send(client.left, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            return
        except OSError:
            client.left = b""
            self.forget(client)
            return
        client.left = client.left[sent:]
        if not client.left:
            self.sent(client)

    def _await_room(self, client: C) -> None:
        self._watch.change(client.socket.fileno(), lambda: self._room(client), readable=False, writable=True)

    def _room(self, client: C) -> list[Event] | None:
        self._send(client)
        if client.left or client not in self.clients:
            return None
        self._watch.change(client.socket.fileno(), lambda: self._hear(client))
        return self.heard(client) or None

    # -- across an exec ------------------------------------------------------------------------------------------------

    def listener_to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        listener = self.listener
        return {
            "listener": listener.socket.fileno() if listener else None,
            "address": listener.address if listener else None,
            "inode": listener.inode if listener else None,
        }

    def restore_listener(self, plain: dict[str, Any], address: str) -> None:
        """From the carryover."""
        fd, inode = plain.get("listener"), plain.get("inode")
        if fd is not None:
            self.listen(listeners.adopt(fd, address=address, owned=True, inode=tuple(inode) if inode else None))

    def restore_client(self, fd: int, received: str, left: str) -> C:
        """From the carryover; to be followed by `resume`."""
        os.set_inheritable(fd, False)
        client = self.welcome(socket.socket(fileno=fd))
        client.received, client.left = received.encode("latin-1"), left.encode("latin-1")
        return client

    def resume(self, client: C) -> None:
        """Attend to one that was restored."""
        self._attend(client)

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        listener = [self.listener.socket.fileno()] if self.listener else []
        return listener + [each.socket.fileno() for each in self.clients]
