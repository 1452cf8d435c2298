"""The socket of a connection: what we wait for on it, until when, and how it ends."""

import traceback
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final

from adapter.protocols.http1.events import CGI, Head
from adapter.protocols.http1.sending import refusal
from adapter.roles.serving import lingering
from adapter.roles.serving.calls import Call, Caller
from adapter.roles.serving.deadlines import NEVER
from adapter.roles.serving.incoming import BODY, HEAD, IDLE
from adapter.roles.serving.loop import READABLE, WRITABLE
from adapter.roles.serving.noting import answered, given_up, refused
from adapter.roles.serving.outgoing import Outgoing
from adapter.roles.serving.shared import Shared
from adapter.unix.descriptors import Connected

CALLING: Final = 3
FLUSHING: Final = 4
LINGERING: Final = 5
GIVEN_UP: Final = 6
CLOSED: Final = 7
"""After Incoming's: the application runs · its response still leaves · all is said, the client may still talk · the application runs on,
but for nobody · gone.
"""
_UNWATCHED: Final = -1
NOT_YET: Final = -2
"""In the place of a mask: the loop has let go of it for good · it has not been asked yet: nothing had to be waited for."""
FIRST_PATIENCE: Final = 1.0  # seconds: how long a drain leaves a new connection for its first request


class Line(Caller):
    """All of it is the leading thread's, except `out`, which the thread of the current call fills."""

    __slots__ = (
        "_client",
        "_discarded",
        "_ended",
        "_fd",
        "_first_by",
        "_mask",
        "_shared",
        "_socket",
        "_state",
        "_unread",
        "_untold",
    )

    def __init__(self, shared: Shared, sock: Connected, client: str) -> None:
        super().__init__()
        self._shared = shared
        self._socket = sock
        self._fd = sock.fileno()
        self.out = Outgoing(sock, self._on_stall, shared.threads)
        self._state = 0
        self._unread = 0  # by the client, when we last looked
        self._discarded = 0
        self._client = client
        self._ended = False  # the client will send no more
        self._untold: Call | None = None  # the access log hears of it when the response has left, or the client
        self._mask = NOT_YET
        self._first_by = 0.0  # when a new connection should have sent a request; 0 once it has

    @property
    def idle_since(self) -> float:
        """Seconds of the monotonic clock; NEVER unless we wait for a request of which nothing has come."""
        if self._state != IDLE or self._mask == 0:  # paused: it may have come
            return NEVER
        return self._first_by - FIRST_PATIENCE if self._first_by else self.deadline - self._shared.patience

    def _on_ready(self, mask: int, now: float) -> None:
        raise NotImplementedError

    def _forget(self) -> None:
        """Let go of everything but the socket."""
        raise NotImplementedError

    # -- a bug met by one client must not end the others ---------------------------------------------------------------

    def _attempt(self, step: Callable[..., None], *arguments: float) -> None:
        try:
            step(*arguments)
        except Exception:  # noqa: BLE001 -- as it says
            self._fail()

    def _fail(self) -> None:
        self._shared.log.error("a connection failed: this is a bug of adapter", client=self._client)
        self._shared.log.block(traceback.format_exc())
        self.out.abandon()
        self._lost()

    # -- what we wait for ----------------------------------------------------------------------------------------------

    def _due(self, at: float) -> None:
        if self.alarm is not None and self.alarm.at <= at:  # as nearly always: it is only put off
            self.deadline = at
        else:
            self._shared.loop.deadlines.set(self, at)

    def _arm(self) -> None:
        """Hear of what we can act on. A call that just begins does not come here: mostly it ends before anything happens."""
        mask = 0 if self._state in (CALLING, FLUSHING) else READABLE
        if self.out.size:
            mask |= WRITABLE
        if mask != self._mask != _UNWATCHED:
            self._watch(mask)

    def _watch(self, mask: int) -> None:
        before, self._mask = self._mask, mask
        if before != NOT_YET:
            self._shared.loop.change(self._fd, mask)
            return
        try:
            self._shared.loop.add(self._fd, mask, self._on_ready)
        except OSError:  # the kernel has no room in our epoll
            self._mask = _UNWATCHED
            self.out.abandon()
            self._lost()

    def _disarm(self) -> None:
        """Hear of nothing but its end, and be late for nothing."""
        self._due(NEVER)
        if self._mask != _UNWATCHED:
            self._watch(0)

    def _unwatch(self) -> None:
        if self._mask >= 0:
            self._shared.loop.remove(self._fd)
        self._mask = _UNWATCHED

    def _on_stall(self) -> None:
        """Called by the thread of the call."""
        self._shared.loop.post(partial(self._attempt, self._stalled))

    def _stalled(self, now: float) -> None:
        if self.out.size and self._state in (CALLING, FLUSHING):
            self._expect_progress(now)
            self._arm()

    def _expect_progress(self, now: float) -> None:
        self._unread = self.out.unread()
        self._due(now + self._shared.settings.write_timeout)

    def _tell(self, now: float) -> None:
        """The access log of what has ended."""
        call, self._untold = self._untold, None
        if call is not None and self._shared.access is not None:
            self._shared.access(answered(call.head, call.response, self.out.unsent, call.came, now, self._client))

    def _tell_refused(self, status: int, head: Head | None, now: float) -> None:
        if self._shared.access is not None:
            self._shared.access(refused(status, self._client, now, head))

    # -- the end -------------------------------------------------------------------------------------------------------

    def cut(self) -> bool:
        """The drain's deadline: close, unless a call runs (the end of the process will do it). True: something was lost."""
        lost = self._state in (HEAD, BODY, CALLING, FLUSHING)
        if self._state == CALLING:
            self.out.abandon()
        else:
            self._close()
        return lost

    def _linger(self, now: float) -> None:
        """We have said all; wait for the client to say so too, unless it has."""
        if self._ended or not lingering.half_close(self._socket):
            self._close()
            return
        self._state = LINGERING
        self._due(now + lingering.SECONDS)
        self._arm()

    def take_back(self, call: Call, now: float) -> None:
        """The call lasts too long: 504, if its response has not begun; then nothing more. The descriptor stays until it comes back."""
        self._attempt(partial(self._answer_instead, call), now)

    def _answer_instead(self, call: Call, now: float) -> None:
        if self._state != CALLING:
            return
        shared, out = self._shared, self.out
        left = out.gone
        told = out.take_back(refusal(504, date=shared.application.date(), cgi=call.head.version == CGI))
        # It is over for everybody but its thread: counted and told now, and never again.
        shared.count(call, "" if left else "504", out.sent, now)
        if shared.access is not None:
            said = dict(shared.application.said.get(call.thread, ()))
            shared.access(given_up(call.head, None if told else out.sent, call.came, now, self._client, said))
        out.sent = 0
        lingering.half_close(self._socket)
        self._lost()
        self._state = GIVEN_UP
        shared.connections.discard(self)

    def _discard(self) -> None:
        if self._discarded > lingering.BYTES:  # we hear of its end only, and this is it
            self._close()
            return
        self._discarded = lingering.discard(self._socket, self._discarded)
        if self._discarded == lingering.OVER:
            self._close()
        elif self._discarded > lingering.BYTES:
            self._watch(0)

    def _lost(self) -> None:
        """The client is gone. A call that runs keeps the descriptor; HUP, which cannot be masked, must not keep the loop awake."""
        if self._state in (CALLING, GIVEN_UP):
            self._due(NEVER)
            self._unwatch()
        else:
            self._close()

    def _close(self) -> None:
        """The one place where the descriptor is closed. Never while a call runs: its thread may be in send(2)."""
        if self._state == CLOSED:
            return
        self._state = CLOSED
        self._unwatch()
        self._shared.loop.deadlines.forget(self)
        self._shared.closed += 1
        self.out.abandon()
        self._shared.bytes_out += self.out.sent
        if self._untold is not None:
            self._tell(monotonic())
        self._forget()
        self._socket.close()
