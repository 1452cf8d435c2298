"""Bytes in, whole requests out: head and stored body, one at a time, in order. What comes too early waits its turn."""

from collections import deque
from io import BytesIO
from typing import BinaryIO, NamedTuple, Protocol

from adapter.config.settings import Settings
from adapter.gateway.spool import Spool
from adapter.protocols.http1.events import End, Head, Refusal
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver

IDLE, HEAD, BODY = range(3)
"""Where in a message the client is: before it, within its head, within its body."""


class Body(Protocol):
    """A request's content, whole."""

    def rewind(self) -> BinaryIO:
        """From its start."""

    def close(self) -> None:
        """Forget it."""


class Whole(NamedTuple):
    """A request that has fully arrived. `more`: (some of) the next one has too, and must be answered as well."""

    head: Head
    body: Body
    more: bool


class _Empty:
    def rewind(self) -> BinaryIO:
        return BytesIO()

    def close(self) -> None:
        pass


_EMPTY = _Empty()


class Incoming:
    """What one client sends. `memory`: bytes of a body beyond which it goes to a temporary file."""

    __slots__ = ("_awaited", "_body", "_head", "_memory", "_pending", "_receiver")

    def __init__(self, limits: Limits, memory: int) -> None:
        self._receiver = Receiver(limits)
        self._memory = memory
        self._pending: deque[Head | bytes | End | Refusal] = deque()
        self._awaited = False
        self._head: Head | None = None
        self._body: Spool | None = None

    def feed(self, data: bytes) -> None:
        """These bytes came. Ask `next` what has become of them."""
        self._pending.extend(self._receiver.feed(data))

    def eof(self) -> Refusal | None:
        """No more will come. None: good, it was between two requests."""
        return self._receiver.eof()

    def next(self) -> Whole | Refusal | None:
        """The next request, or why there will be none; None: more bytes are needed. Not again after a Refusal."""
        while self._pending:
            event = self._pending.popleft()
            if isinstance(event, Head):
                self._head = event
                self._awaited = event.expect_continue and event.has_body
                self._body = Spool(self._memory) if event.has_body else None
            elif isinstance(event, Refusal):
                return event
            elif isinstance(event, bytes):
                self._awaited = False
                if self._body is not None and (full := _store(self._body, event)):
                    return full
            else:
                return self._whole()
        return None

    @property
    def stage(self) -> int:
        """IDLE, HEAD or BODY; of what `next` has looked at, so ask after it said None."""
        if self._head is not None:
            return BODY
        return HEAD if self._receiver.midway else IDLE

    @property
    def wants_continue(self) -> bool:
        """The client holds the body back until it is told to go on (RFC 9110 §10.1.1). As `stage`, after `next` said None."""
        return self._awaited

    def close(self) -> None:
        """Forget a body half arrived."""
        if self._body is not None:
            self._body.close()
        self._head = self._body = None

    def _whole(self) -> Whole:
        head, body = self._head, self._body or _EMPTY
        assert head is not None
        self._head = self._body = None
        return Whole(head, body, bool(self._pending) or self._receiver.midway)


def _store(body: Spool, data: bytes) -> Refusal | None:
    try:
        body.write(data)
    except OSError as error:
        return Refusal(503, f"cannot store its body: {error.strerror}")
    return None


def limits(settings: Settings) -> Limits:
    """What a client may send."""
    return Limits(
        request_line=settings.max_request_line,
        header_count=settings.max_header_count,
        header_bytes=settings.max_header_bytes,
        body=settings.max_body,
    )
