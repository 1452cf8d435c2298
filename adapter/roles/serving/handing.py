"""Connections go from one worker to another: from one that drains to those who serve on, and from one whose threads are all held up
to a sibling that is not. None is closed, and no byte is lost or read twice.
"""

import os
import socket
from collections.abc import Callable
from select import EPOLLOUT
from typing import Any, Protocol

from adapter.gateway.environ import Endpoint
from adapter.gateway.spool import Spool
from adapter.log import Log
from adapter.roles.serving.answering import Parties
from adapter.roles.serving.incoming import Incoming, Whole
from adapter.roles.serving.loop import Loop
from adapter.unix import handover
from adapter.unix.descriptors import Connected
from adapter.unix.handover import Ends

_HOPS = 3  # a request that everybody is too busy for stays with the last of them


class Guest:
    """A connection on its way. `address`: of the listener it came by. `patience`: seconds that its client still has for its next
    bytes.
    """

    __slots__ = ("address", "hops", "incoming", "parties", "patience", "socket")

    def __init__(  # noqa: PLR0917 -- made for each connection: names would cost more
        self, address: str, sock: Connected, parties: Parties, incoming: Incoming, patience: float, hops: int
    ) -> None:
        self.address = address
        self.socket = sock
        self.parties = parties
        self.incoming = incoming
        self.patience = patience
        self.hops = hops


class Waiting(Protocol):
    """A connection that waits to be handed over."""

    def leave(self, now: float) -> None:
        """Try again."""


class Handing:
    """One worker's side. `ends` None: there is nobody to hand anything to. All of it for the thread that leads."""

    def __init__(
        self, ends: Ends | None, loop: Loop, log: Log, receive: Callable[[dict[str, Any], Spool | None], Incoming]
    ) -> None:
        self._ends = ends
        self._loop = loop
        self._log = log
        self._receive = receive
        self._waiting: set[Waiting] = set()
        self._watching = False
        self.giving = False  # we drain: everything goes
        self.given = 0
        self.taken = 0

    @property
    def possible(self) -> bool:
        """Is there a queue?"""
        return self._ends is not None

    def give(self, guest: Guest, whole: Whole | None = None) -> bool | None:
        """Into the queue, with `whole`, if that is a request it has brought. Then it is gone: the caller closes what it has of it.

        False: the queue is full for now. None: this one cannot go.
        """
        if self._ends is None or (whole is not None and guest.hops >= _HOPS):
            return None
        plain, body = guest.incoming.to_plain(whole)
        record = {
            "address": guest.address,
            "parties": guest.parties.to_plain(),
            "incoming": plain,
            "patience": guest.patience,
            "hops": 0 if whole is None else guest.hops + 1,  # a connection may change hands with every reload, for ever
        }
        fds = [guest.socket.fileno()]
        try:
            if body is not None:
                fds.append(body.descriptor())
            handover.give(self._ends, record, fds)
        except BlockingIOError:
            return False
        except OSError as error:
            self._log.warning("a connection cannot be handed over", reason=error.strerror or str(error))
            return None
        finally:
            for fd in fds[1:]:
                os.close(fd)
        self.given += 1
        return True

    def wait(self, connection: Waiting) -> None:
        """Have it try again when there is room."""
        assert self._ends is not None
        self._waiting.add(connection)
        if not self._watching:
            self._watching = True
            self._loop.add(self._ends.give.fileno(), EPOLLOUT, self._room)

    def take(self) -> Guest | None:
        """The next one of the queue; None: there is none, or it was none."""
        if self._ends is None:
            return None
        try:
            taken = handover.take(self._ends)
            return None if taken is None else self._guest(*taken)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._log.error("a connection that was handed over cannot be read", reason=str(error))
            return None

    def stop(self) -> None:
        """Give nothing any more."""
        self.giving = False
        self._waiting.clear()
        self._unwatch()

    def close(self) -> None:
        """Let go of the queue."""
        self.stop()
        if self._ends is not None:
            self._ends.close()
            self._ends = None

    def _guest(self, record: dict[str, Any], fds: list[int]) -> Guest:
        sock = socket.socket(fileno=fds[0])
        try:
            body = Spool.adopt(fds[1]) if len(fds) > 1 else None
            server, client, scheme = record["parties"]
            parties = Parties(Endpoint(*server), Endpoint(*client), scheme)
            address = record["address"]
            guest = Guest(address, sock, parties, self._receive(record["incoming"], body), record["patience"], record["hops"])
        except BaseException:
            sock.close()
            raise
        self.taken += 1
        return guest

    def _room(self, _mask: int, now: float) -> None:
        self._unwatch()
        waiting, self._waiting = self._waiting, set()
        while waiting:
            waiting.pop().leave(now)
            if self._watching:  # full again
                self._waiting |= waiting
                return

    def _unwatch(self) -> None:
        if self._watching and self._ends is not None:
            self._watching = False
            self._loop.remove(self._ends.give.fileno())
