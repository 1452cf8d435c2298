"""A connection on a listener for balancers, before it is a client's: the PROXY header says whose it is, and then it becomes his.

Bytes of the header are taken from the socket, those after it are left there, so nobody behind us knows that there was one.
"""

import socket
import traceback
from collections.abc import Callable
from select import EPOLLIN

from adapter.gateway.environ import Endpoint
from adapter.protocols import proxy
from adapter.protocols.http1.events import Refusal
from adapter.protocols.spoken import PROXIED
from adapter.roles.serving.answering import Parties
from adapter.roles.serving.deadlines import NEVER, Timed
from adapter.roles.serving.shared import Shared
from adapter.unix.descriptors import Connected

_PATIENCE = 1.0  # seconds: how long a drain waits for a header, which balancers send with the connection


class Announcing(Timed):
    """In `Shared.connections` until the header is whole; then `admit` has the socket. `own`: the connection's real ends."""

    __slots__ = ("_admit", "_came", "_own", "_shared", "_socket")

    def __init__(
        self,
        shared: Shared,
        sock: Connected,
        own: Parties,
        admit: Callable[[Connected, Parties, float], None],
        now: float,
    ) -> None:
        super().__init__()
        self._shared = shared
        self._socket = sock
        self._own = own
        self._admit = admit
        self._came = b""  # of the header so far
        shared.loop.add(sock.fileno(), EPOLLIN, self._ready)
        shared.connections.add(self)
        shared.loop.deadlines.set(self, now + shared.settings.header_timeout)
        if shared.closing or shared.handing.giving:
            self.leave(now)

    @property
    def idle_since(self) -> float:
        """Never: a balancer sends its header at once."""
        return NEVER

    def expire(self, now: float) -> None:  # noqa: ARG002 -- as every deadline
        """The header did not come in time."""
        self._shared.refused += 1
        self._close()

    def leave(self, now: float) -> None:
        """We drain: whoever it is must say so soon."""
        self._shared.loop.deadlines.set(self, min(self.deadline, now + _PATIENCE))

    def resume(self, now: float) -> None:
        """We were paused, which is nothing to us: no request was read."""

    def cut(self) -> bool:
        """The drain's deadline. Nothing is lost: no request had come."""
        self._close()
        return False

    def _ready(self, _mask: int, now: float) -> None:
        try:
            self._read(now)
        except Exception:  # noqa: BLE001 -- a bug met by one client must not end the others
            self._fail()

    def _fail(self) -> None:
        self._shared.log.error("a connection failed: this is a bug of adapter", client=self._own.client.host)
        self._shared.log.block(traceback.format_exc())
        self._close()

    def _read(self, now: float) -> None:
        try:
            data = self._socket.recv(proxy.LONGEST, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:  # a balancer that only looked whether we are there
            self._close()
            return
        announced = proxy.read(self._came + data)
        if announced is None:
            self._came += self._socket.recv(len(data))
        elif isinstance(announced, Refusal):
            self._refuse(announced)
        else:
            self._socket.recv(announced.size - len(self._came))
            self._let_go()
            self._admit(self._socket, self._parties(announced), now)

    def _parties(self, announced: proxy.Announced) -> Parties:
        if announced.client is None or announced.server is None:
            return self._own
        return Parties(Endpoint(*announced.server), Endpoint(*announced.client), "https" if announced.secure else "http")

    def _refuse(self, why: Refusal) -> None:
        """Without an answer: a balancer would not understand one, and whoever else this is has no business here."""
        self._shared.refuse(why, PROXIED, self._own)
        self._close()

    def _let_go(self) -> None:
        self._shared.loop.remove(self._socket.fileno())
        self._shared.loop.deadlines.forget(self)
        self._shared.connections.discard(self)

    def _close(self) -> None:
        self._let_go()
        self._shared.closed += 1
        self._socket.close()
