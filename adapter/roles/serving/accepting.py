"""The listeners of a worker, and the queue of connections that others hand over: when to take from them, and how to leave them.

Several workers wait for the same listeners (EPOLLEXCLUSIVE). A new connection wakes one of those that sleep; if that one then
does not accept, nobody else is woken. So: who cannot accept takes the listeners out of its epoll *before* it sleeps, and who
is woken accepts before it does anything else.

The kernel wakes the one that has waited longest in the listener's own list, which is always the same one, as long as it sleeps: with
kept-alive clients it would end up with all of them. So who has accepted one of those goes to the list's end (it leaves the epoll and
comes back). For a client that leaves with its answer, as a proxy's mostly do, that would cost a sixth of its request, for nothing.
"""

import errno
import select
import socket
import sys
from collections.abc import Collection, Mapping
from functools import partial
from time import monotonic

from adapter.protocols.spoken import HTTP, PROXIED
from adapter.roles.serving.announcing import Announcing
from adapter.roles.serving.answering import Parties
from adapter.roles.serving.connection import Connection
from adapter.roles.serving.crowding import Crowding
from adapter.roles.serving.deadlines import NEVER, Alarm
from adapter.roles.serving.ends import INTERNET, here, parties_of
from adapter.roles.serving.handing import Guest
from adapter.roles.serving.loop import Ready
from adapter.roles.serving.room import AT_ONCE, eagerness, goes_round, room, turn
from adapter.roles.serving.shared import Shared
from adapter.unix.descriptors import Connected
from adapter.unix.listeners import accept

QUIET = 0.05  # seconds without a new connection, after which a listener that everybody leaves counts as empty
SWEEP = 1.0  # seconds: never sweep longer, or a steady stream of clients would keep us for ever
SHORT = 1.0  # seconds: pause after EMFILE and its like, unless a connection ends sooner
_ALL = sys.maxsize
_EXCLUSIVE = getattr(select, "EPOLLEXCLUSIVE", 0)
_SHORTAGE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ENOSPC})  # the last: of epoll_ctl(2)
_BROKEN = frozenset({errno.EBADF, errno.EINVAL, errno.ENOTSOCK, errno.EOPNOTSUPP})


class Gate:
    """Accepts, a few connections per turn and listener. All of it for the loop's thread. `spoken`: what is, by address; else HTTP."""

    def __init__(
        self, shared: Shared, listeners: Mapping[str, socket.socket], spoken: Mapping[str, str], queue: socket.socket | None
    ) -> None:
        self._shared = shared
        self._listeners = dict(listeners)
        self._spoken = spoken
        self._ours = self._queue = queue  # the latter: as long as we take from it
        self._kinds = {address: (int(listener.family), int(listener.type)) for address, listener in self._listeners.items()}
        self._here = {address: here(listener) for address, listener in self._listeners.items()}
        for listener in self._listeners.values():
            listener.setblocking(False)
            if listener.family in INTERNET:
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each connection inherits it: tcp(7)
        self._stays = True  # the latest connection, as far as is known
        self._eager = 1.0  # to accept so many at a time
        self._armed = False  # and those for which there was room are in the epoll
        self._waiting: set[int] = set()
        self._sweeping = False
        self._short = False
        self._complained = False
        self._closed_then = 0
        self._looked = 0.0  # since there was room, or when we took some without
        self._ended_then = 0  # calls, by then
        self._crowding = Crowding(shared, self._awaited)
        self._pause = Alarm(self._resume)
        self._quiet = Alarm(self._leave)
        self._cap = Alarm(self._leave)

    @property
    def open(self) -> bool:
        """Whether there is a listener left, or the queue."""
        return bool(self._listeners) or self._queue is not None

    @property
    def _room(self) -> int:
        shared = self._shared
        return room(
            calls=shared.threads.busy,
            threads=shared.threads.size,
            connections=len(shared.connections),
            most=shared.settings.max_connections,
            sweeping=self._sweeping,
        )

    def adjust(self) -> None:
        """Before the loop sleeps: listen, or do not."""
        shared = self._shared
        if self._short and shared.closed != self._closed_then:
            self._resume(0.0)
        able = not self._short and not shared.paused
        wanted = able and self._room > 0
        if able and not wanted and self._listeners and len(shared.connections) >= shared.settings.max_connections:
            self._crowding.make_room()
        if wanted != self._armed:
            self._arm(wanted=wanted)
            if self._short:  # there is no room to wait for all of them: then for none, until we try again
                self._arm(wanted=False)
            self._looked, self._ended_then = monotonic(), shared.requests
        elif able and not wanted:
            self._look(monotonic())

    def sweep(self, now: float, leaving: Collection[str], *, final: bool) -> None:
        """Leave all listeners: those not in `leaving` at once, for others serve them; those in it once their queue is empty. The queue
        of what others hand over is theirs to take, unless this is `final`: then we take from it once more, after we have given our last
        into it. As each worker does so, nothing is left in it by the last one, whatever the order in which they go.
        """
        for address in self._listeners.keys() - set(leaving):
            self._drop(address)
        if not final:
            self._drop_queue()
        else:
            self._queue = self._ours
        if self.open and not self._sweeping:
            self._sweeping = True
            self._shared.loop.deadlines.set(self._quiet, now + QUIET if self._listeners else now)
            self._shared.loop.deadlines.set(self._cap, now + SWEEP)

    def release(self) -> None:
        """Close every listener now. What others have handed over can still be taken."""
        for address in list(self._listeners):
            self._drop(address)

    def _awaited(self) -> bool:
        """Does somebody wait to be accepted?"""
        poll = select.poll()
        for listener in self._listeners.values():
            poll.register(listener, select.POLLIN)
        return bool(poll.poll(0))

    def _look(self, now: float) -> None:
        ended = self._shared.requests
        seconds, calls = now - self._looked, ended - self._ended_then
        connections, most = len(self._shared.connections), self._shared.settings.max_connections
        if number := turn(seconds=seconds, ended=calls, connections=connections, most=most):
            self._looked, self._ended_then = now, ended
            self._shared.loop.post(partial(self._take_in_turn, number))

    def _take_in_turn(self, number: int, now: float) -> None:
        """So many; what was handed over first, as it has waited here before."""
        if self._short or self._shared.paused:
            return
        if self._queue is not None:
            number -= self._take_over(now, number)
        for address, listener in list(self._listeners.items()):
            number -= self._accept(address, listener, now, number)
        for address in list(self._listeners)[:1]:  # it may have left nothing to the others, who are before it the next time
            self._listeners[address] = self._listeners.pop(address)

    def _arm(self, *, wanted: bool) -> None:
        self._armed = wanted
        for address, listener in self._listeners.items():
            if wanted:
                self._listen(address, listener)
            else:
                self._leave_at(listener)
        if self._queue is not None:
            if wanted:
                self._wait_at("", self._queue, self._handed_over)
            else:
                self._leave_at(self._queue)

    def _listen(self, address: str, listener: socket.socket) -> None:
        self._wait_at(address, listener, partial(self._called, address, listener))

    def _wait_at(self, address: str, sock: socket.socket, ready: Ready) -> None:
        fd = sock.fileno()
        try:
            try:
                self._shared.loop.add(fd, select.EPOLLIN | _EXCLUSIVE, ready, first=True)
            except OSError as error:
                if error.errno != errno.EINVAL:  # a kernel before 4.5
                    raise
                self._shared.loop.add(fd, select.EPOLLIN, ready, first=True)
        except OSError as error:
            if error.errno not in _SHORTAGE:
                raise
            self._failed(address, error, monotonic())
        else:
            self._waiting.add(fd)

    def _leave_at(self, sock: socket.socket) -> None:
        if sock.fileno() in self._waiting:
            self._waiting.discard(sock.fileno())
            self._shared.loop.remove(sock.fileno())

    def _drop(self, address: str) -> None:
        listener = self._listeners.pop(address)
        self._leave_at(listener)
        listener.close()
        if not self._listeners:
            self._shared.free()

    def _drop_queue(self) -> None:
        """Only leave it: it is for giving, too."""
        if self._queue is not None:
            self._leave_at(self._queue)
        self._queue = None

    def _called(self, address: str, listener: socket.socket, _mask: int, now: float) -> None:
        """While siblings could do it as well, one at a time; and who is woken takes one, though its threads may be busy by now."""
        alone = self._sweeping or not self._shared.multiprocess
        self._stays = True
        most = self._room if self._sweeping else min(int(self._eager), self._room)
        asked = max(1, most) if alone else 1
        took = self._accept(address, listener, now, asked)
        self._eager = eagerness(self._eager, asked=asked, took=took)
        if took and goes_round(alone=alone, stays=self._stays, handing_on=self._shared.threads.handing_on):
            self._leave_at(listener)
            self._listen(address, listener)

    def _accept(self, address: str, listener: socket.socket, now: float, most: int) -> int:
        """At most so many; how many it were."""
        family, kind = self._kinds[address]
        for number in range(most):
            try:
                connection, peer = accept(listener, family, kind)
            except (BlockingIOError, InterruptedError):
                return number
            except OSError as error:
                self._failed(address, error, now)
                return number
            self._admit(address, connection, peer, now)
        return most

    def _handed_over(self, _mask: int, now: float) -> None:
        """All there is, as nobody else may be woken for what we leave."""
        self._take_over(now, _ALL)

    def _take_over(self, now: float, most: int) -> int:
        """The same of what other workers have handed over."""
        shared = self._shared
        number = 0
        while number < most and (guest := shared.handing.take()) is not None:
            number += 1
            if self._sweeping:
                shared.loop.deadlines.set(self._quiet, now + QUIET)
            guest.socket.setblocking(False)
            Connection(shared, guest, now)
        return number

    def _admit(self, address: str, connection: Connected, peer: object, now: float) -> None:
        shared = self._shared
        shared.accepted += 1
        self._complained = False
        if self._sweeping:
            shared.loop.deadlines.set(self._quiet, now + QUIET)
        try:
            connection.setblocking(False)
            parties = parties_of(connection, peer, self._here[address])
            spoken = self._spoken.get(address, HTTP)
            if spoken == PROXIED:
                Announcing(shared, connection, parties, partial(self._begin, address), now)
            else:
                self._begin(address, connection, parties, now, spoken)
        except OSError:  # it was reset while it waited; or, before its announcement, the kernel has no room in our epoll
            connection.close()

    def _begin(self, address: str, connection: Connected, parties: Parties, now: float, spoken: str = HTTP) -> None:
        shared = self._shared
        guest = Guest(address, connection, parties, shared.incoming(spoken), shared.first_patience, 0)
        self._stays = not Connection(shared, guest, now).says_good_bye

    def _failed(self, address: str, error: OSError, now: float) -> None:
        reason = error.strerror or str(error)
        if error.errno in _BROKEN:  # somebody shut it down: it would be "ready" for ever
            self._shared.log.error("a listener is broken and left", address=address, reason=reason)
            self._drop(address)
        elif error.errno in _SHORTAGE:
            if not self._complained:
                self._complained = True
                self._shared.log.error(
                    "cannot accept connections for now", reason=reason, connections=len(self._shared.connections)
                )
            self._short = True
            self._crowding.make_room()
            self._closed_then = self._shared.closed
            self._shared.loop.deadlines.set(self._pause, now + SHORT)
        # Anything else is the network's word about that one connection (accept(2): "treat them like EAGAIN").

    def _resume(self, _now: float) -> None:
        self._short = False
        self._shared.loop.deadlines.set(self._pause, NEVER)

    def _leave(self, now: float) -> None:
        """A last look at each queue, then the end, unless there still are clients that we had no descriptor for."""
        for address, listener in list(self._listeners.items()):
            self._accept(address, listener, now, AT_ONCE)
        if self._queue is not None:
            self._take_over(now, _ALL)
        if self._short:
            self._shared.loop.deadlines.set(self._cap, now + SWEEP)
        else:
            self.release()
            self._drop_queue()
            self._sweeping = False
