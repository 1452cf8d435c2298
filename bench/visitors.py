"""A strict client for what wrk cannot say: many keep-alive connections, each with a plan of its own, every answer checked.

One thread and an epoll, so that what it adds to a latency is small and the same for everybody.
"""

import heapq
import select
import socket
import time
from collections.abc import Callable
from typing import NamedTuple

# A connection's number and its turn -> the path and the pause before it (seconds), or None: it asks no more.
Plan = Callable[[int, int], tuple[str, float] | None]


class Answer(NamedTuple):
    """What was asked, how long it took (seconds), what came."""

    path: str
    seconds: float
    body: bytes


class Account(NamedTuple):
    """All right answers, how many were wrong or lost, how often a connection was opened."""

    answers: list[Answer]
    errors: int
    connections: int


def answer_in(data: bytes) -> tuple[bytes, bool] | None:
    """The body of a whole response and whether the connection goes on; None: more to come. ValueError: not a 200 of known length."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return None
    status, *lines = head.split(b"\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    if status.split()[1:2] != [b"200"] or b"content-length" not in fields:
        raise ValueError(f"not a 200 of known length: {head[:200]!r}")
    length = int(fields[b"content-length"])
    if len(body) > length:
        raise ValueError(f"more than a response of {length} bytes: {body[:200]!r}")
    goes_on = b"close" not in fields.get(b"connection", b"").lower() and not status.startswith(b"HTTP/1.0")
    return (body, goes_on) if len(body) == length else None


def _readable(sock: socket.socket) -> bool:
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


class _Visitor:
    """One connection at a time, one question at a time."""

    def __init__(self, number: int) -> None:
        self.number, self.turn = number, 0
        self.sock: socket.socket | None = None
        self.path, self.begun, self.data = "", 0.0, b""


class Visitors:
    """`connections` visitors of a port, beginning `stagger` seconds one after another."""

    def __init__(self, port: int, connections: int, *, stagger: float = 0.0) -> None:
        self._port = port
        self._visitors = [_Visitor(number) for number in range(connections)]
        self._stagger = stagger
        self._epoll = select.epoll()
        self._asking: dict[int, _Visitor] = {}
        self._due: list[tuple[float, int, str]] = []
        self._answers: list[Answer] = []
        self._errors = self._opened = 0

    def follow(self, plan: Plan, seconds: float, patience: float = 10.0) -> Account:
        """Go by the plan for at most so long, wait for what is under way, and tell. Connections stay open for another plan."""
        self._answers, self._errors, self._opened, self._due = [], 0, 0, []
        begun = time.monotonic()
        end = begun + seconds
        for visitor in self._visitors:
            self._next(visitor, plan, begun + visitor.number * self._stagger)
        while (now := time.monotonic()) < end + patience and (self._asking or (self._due and now < end)):
            while self._due and self._due[0][0] <= now < end:
                _, number, path = heapq.heappop(self._due)
                self._ask(self._visitors[number], path)
            until = min(self._due[0][0], end) if self._due and now < end else now + 0.1
            for fd, _ in self._epoll.poll(max(0.0, until - now)):
                self._hear(self._asking[fd], plan)
        self._errors += len(self._asking)
        for visitor in list(self._asking.values()):
            self._leave(visitor)
        return Account(self._answers, self._errors, self._opened)

    def _next(self, visitor: _Visitor, plan: Plan, now: float) -> None:
        if planned := plan(visitor.number, visitor.turn):
            heapq.heappush(self._due, (now + planned[1], visitor.number, planned[0]))

    def held(self) -> int:
        """How many connections are open at both ends: nothing is waiting to be read, not even the end."""
        return sum(visitor.sock is not None and not _readable(visitor.sock) for visitor in self._visitors)

    def close(self) -> None:
        """Everybody leaves."""
        for visitor in self._visitors:
            self._leave(visitor)
        self._epoll.close()

    def _ask(self, visitor: _Visitor, path: str) -> None:
        visitor.path, visitor.data, visitor.begun = path, b"", time.monotonic()
        try:
            if visitor.sock is None:
                self._opened += 1
                visitor.sock = socket.create_connection(("127.0.0.1", self._port), 10)
                visitor.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                visitor.sock.setblocking(False)
            visitor.sock.sendall(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path.encode())
        except OSError:
            self._lost(visitor)
            return
        self._asking[visitor.sock.fileno()] = visitor
        self._epoll.register(visitor.sock.fileno(), select.EPOLLIN)

    def _hear(self, visitor: _Visitor, plan: Plan) -> None:
        assert visitor.sock
        try:
            data = visitor.sock.recv(65536)
            visitor.data += data
            whole = answer_in(visitor.data)
            if not data and not whole:
                raise ValueError("the connection ended before the answer did")
        except (OSError, ValueError):
            self._lost(visitor)
            return
        if not whole:
            return
        now = time.monotonic()
        self._answers.append(Answer(visitor.path, now - visitor.begun, whole[0]))
        self._heard(visitor, goes_on=whole[1])
        visitor.turn += 1
        self._next(visitor, plan, now)

    def _heard(self, visitor: _Visitor, *, goes_on: bool) -> None:
        assert visitor.sock
        self._epoll.unregister(visitor.sock.fileno())
        del self._asking[visitor.sock.fileno()]
        if not goes_on:
            self._leave(visitor)

    def _lost(self, visitor: _Visitor) -> None:
        """A wrong answer is an error, and its visitor tries no more this time."""
        self._errors += 1
        self._leave(visitor)

    def _leave(self, visitor: _Visitor) -> None:
        if visitor.sock:
            if self._asking.pop(visitor.sock.fileno(), None):
                self._epoll.unregister(visitor.sock.fileno())
            visitor.sock.close()
            visitor.sock = None
