"""One connection, from its acceptance to its end: bytes in, requests to the pool, one at a time; responses out; never blocking.

All of it is the loop thread's, except `Outgoing`, which the thread of the current call fills. While a request is with the
application nothing is read: what a pipelining client sends waits in `Incoming`, then in the kernel, then at the client.

The descriptor is closed in one place, `_close`, which never runs while a call does: a thread of the pool may be in send(2).
"""

import socket
import traceback
from collections.abc import Callable
from functools import partial
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT

from adapter.protocols.http1.events import Refusal
from adapter.protocols.http1.sending import CONTINUE, refusal
from adapter.roles import lingering
from adapter.roles.answering import Parties
from adapter.roles.calls import Call
from adapter.roles.deadlines import NEVER, Timed
from adapter.roles.incoming import BODY, HEAD, IDLE, Incoming
from adapter.roles.outgoing import Outgoing
from adapter.roles.shared import Shared

CALLING, FLUSHING, LINGERING, CLOSED = range(BODY + 1, BODY + 5)
"""After Incoming's: the application runs · its response still leaves · all is said, the client may still talk · gone."""
_READ = 1 << 16
FIRST_PATIENCE = 1.0  # seconds: how long a drain leaves a new connection for its first request
_UNWATCHED = -1


class Connection(Timed):
    """Made when accepted; in `Shared.connections` until closed."""

    __slots__ = (
        "_discarded", "_ended", "_fd", "_first_by", "_incoming", "_keep_alive", "_mask", "_out", "_parties", "_shared", "_socket",
        "_state", "_unread",
    )  # fmt: skip

    def __init__(self, shared: Shared, sock: socket.socket, parties: Parties, now: float) -> None:
        super().__init__()
        self._shared = shared
        self._socket = sock
        self._fd = sock.fileno()
        self._parties = parties
        self._incoming = Incoming(shared.limits, shared.settings.body_memory)
        self._out = Outgoing(sock, self._on_stall)
        self._state = IDLE
        self._keep_alive = False  # after the response that is under way
        self._ended = False  # the client will send no more
        self._unread = 0  # by the client, when we last looked
        self._discarded = 0
        self._first_by = now + FIRST_PATIENCE  # 0 once it has sent a request
        self._mask = EPOLLIN
        shared.loop.add(self._fd, EPOLLIN, self._on_ready)
        shared.connections.add(self)
        self._due(now + shared.settings.header_timeout)
        if shared.closing:
            self.leave(now)

    # -- what happens to us: a bug met by one client must not end the others -----------------------------------------------

    def _on_ready(self, mask: int, now: float) -> None:
        try:
            self._ready(mask, now)
        except Exception:  # noqa: BLE001 -- as above
            self._fail()

    def _on_stall(self) -> None:
        """Called by the thread of the call."""
        self._shared.loop.post(partial(self._attempt, self._stalled))

    def _on_finish(self, call: Call, now: float) -> None:
        self._keep_alive = call.keep_alive
        self._attempt(self._finished, now)

    def expire(self, now: float) -> None:
        """Our deadline. What it means depends on what we were waiting for."""
        self._attempt(self._expired, now)

    def _attempt(self, step: Callable[[float], None], now: float) -> None:
        try:
            step(now)
        except Exception:  # noqa: BLE001 -- as above
            self._fail()

    def leave(self, now: float) -> None:
        """We drain: an idle client has `linger` seconds for one more request, one that has sent none yet at least a little."""
        if self._state == IDLE:
            self._due(min(self.deadline, max(now + self._shared.linger, self._first_by)))

    def cut(self) -> bool:
        """The drain's deadline: close, unless a call runs (the end of the process will do it). True: something was lost."""
        lost = self._state in (HEAD, BODY, CALLING, FLUSHING)
        if self._state == CALLING:
            self._out.abandon()
        else:
            self._close()
        return lost

    # -- requests ----------------------------------------------------------------------------------------------------------

    def _ready(self, mask: int, now: float) -> None:
        if self._state in (CALLING, FLUSHING):
            if mask & (EPOLLHUP | EPOLLERR):  # not a half-close: there is nobody left to read a response
                self._out.abandon()
                self._lost()
                return
            if mask & EPOLLOUT:
                self._flush(now)
            self._arm()  # the rest can wait until it is its turn; only now do we pay for not hearing of it
        elif self._state == LINGERING:
            self._discard()
        else:
            if mask & EPOLLOUT:  # a CONTINUE that found the socket full
                self._flush(now)
            if mask & ~EPOLLOUT and self._state <= BODY:
                self._read(now)

    def _read(self, now: float) -> bool:
        """Take what is there; False: nothing is."""
        try:
            data = self._socket.recv(_READ)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._close()
            return True
        if data:
            self._incoming.feed(data)
            self._advance(now)
            return True
        self._ended = True
        if (unfinished := self._incoming.eof()) is None:
            self._close()
        else:
            self._refuse(unfinished, now)
        return True

    def _advance(self, now: float) -> None:
        """Go on with what has been read: to the next call, or wait for what is missing."""
        request = self._incoming.next()
        if request is None:
            self._await(now)
        elif isinstance(request, Refusal):
            self._refuse(request, now)
        else:
            self._first_by = 0.0
            self._state = CALLING
            self._due(NEVER)
            self._stalled(now)  # a CONTINUE may still wait
            self._shared.pool.submit(Call(self._shared, request, self._parties, self._out, self._on_finish))

    def _await(self, now: float) -> None:
        stage = self._incoming.stage
        settings = self._shared.settings
        if stage == BODY:
            if self._state != BODY and self._incoming.wants_continue:
                self._out.put(CONTINUE)
            self._due(now + settings.body_timeout)
        elif stage == HEAD and self._state == IDLE:
            self._due(now + settings.header_timeout)
        self._state = stage
        self._arm()

    def _refuse(self, why: Refusal, now: float) -> None:
        self._shared.refused += 1
        if why.status >= 500:  # noqa: PLR2004 -- our fault, not the client's
            self._shared.log.error("cannot take a request", reason=why.reason)
        self._incoming.close()
        self._keep_alive = False
        self._state = FLUSHING
        self._out.put(refusal(why.status, date=self._shared.application.date()))
        self._said(now)

    # -- responses ---------------------------------------------------------------------------------------------------------

    def _finished(self, now: float) -> None:
        self._shared.requests += 1
        self._state = FLUSHING
        self._said(now)

    def _said(self, now: float) -> None:
        """The response is complete; some of it may still be here."""
        if self._out.gone:
            self._close()
        elif self._out.size:
            self._stalled(now)
        else:
            self._settle(now)

    def _stalled(self, now: float) -> None:
        if self._out.size and self._state in (CALLING, FLUSHING):
            self._expect_progress(now)
            self._arm()

    def _expect_progress(self, now: float) -> None:
        self._unread = self._out.unread()
        self._due(now + self._shared.settings.write_timeout)

    def _flush(self, now: float) -> None:
        progress = self._out.flush()
        if self._out.gone:
            self._lost()
        elif self._out.size == 0:
            if self._state == FLUSHING:
                self._settle(now)
            elif self._state == CALLING:
                self._due(NEVER)
        elif progress and self._state in (CALLING, FLUSHING):
            self._expect_progress(now)
        self._arm()

    def _settle(self, now: float) -> None:
        """All of the response is with the kernel."""
        if self._keep_alive:
            self._state = IDLE
            self._due(now + self._shared.settings.keepalive_timeout)
            if self._shared.closing:
                self.leave(now)
            self._advance(now)
        else:
            self._linger(now)

    # -- the end -----------------------------------------------------------------------------------------------------------

    def _expired(self, now: float) -> None:
        if self._state == IDLE:
            # One last look: the request may have crossed our decision on the way.
            if not self._read(now) or self._state == IDLE:
                self._close()
        elif self._state in (HEAD, BODY):
            self._refuse(Refusal(408, "too slow"), now)
        elif self._state in (CALLING, FLUSHING) and self._out.unread() < self._unread:
            self._expect_progress(now)
        elif self._state in (CALLING, FLUSHING):
            self._out.abandon()
            self._lost()
        else:
            self._close()

    def _linger(self, now: float) -> None:
        """We have said all; wait for the client to say so too."""
        if self._ended or not lingering.half_close(self._socket):
            self._close()
            return
        self._state = LINGERING
        self._due(now + lingering.SECONDS)
        self._arm()

    def _discard(self) -> None:
        self._discarded = lingering.discard(self._socket, self._discarded)
        if self._discarded == lingering.OVER:
            self._close()

    def _lost(self) -> None:
        """The client is gone. A call that runs keeps the descriptor; HUP, which cannot be masked, must not keep the loop awake."""
        if self._state == CALLING:
            self._due(NEVER)
            self._unwatch()
        else:
            self._close()

    def _fail(self) -> None:
        self._shared.log.error("a connection failed: this is a bug of adapter", client=self._parties.client.host)
        self._shared.log.block(traceback.format_exc())
        self._out.abandon()
        self._lost()

    def _close(self) -> None:
        if self._state == CLOSED:
            return
        self._state = CLOSED
        self._unwatch()
        self._shared.loop.deadlines.forget(self)
        self._shared.connections.discard(self)
        self._shared.closed += 1
        self._out.abandon()
        self._incoming.close()
        self._socket.close()

    # -- what we wait for --------------------------------------------------------------------------------------------------

    def _due(self, at: float) -> None:
        self._shared.loop.deadlines.set(self, at)

    def _arm(self) -> None:
        """Hear of what we can act on. A call that just begins does not come here: mostly it ends before anything happens."""
        mask = 0 if self._state in (CALLING, FLUSHING) else EPOLLIN
        if self._out.size:
            mask |= EPOLLOUT
        if mask != self._mask != _UNWATCHED:
            self._mask = mask
            self._shared.loop.change(self._fd, mask)

    def _unwatch(self) -> None:
        if self._mask != _UNWATCHED:
            self._mask = _UNWATCHED
            self._shared.loop.remove(self._fd)
