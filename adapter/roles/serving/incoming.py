"""Bytes in, whole requests out: head and stored body, one at a time, in order. What comes too early waits its turn."""

from __future__ import annotations

from adapter.config.settings import Settings
from adapter.protocols.http1.events import END, Event, Head, Receives, Refusal
from adapter.protocols.http1.limits import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final, Self

    from adapter.gateway.spool import Spool

IDLE: Final = 0
HEAD: Final = 1
BODY: Final = 2
"""Where in a message the client is: before it, within its head, within its body."""
NO_ROOM: Final = 503
"""The one refusal that is our fault: a body that cannot be stored."""


class Whole:
    """A request that has fully arrived. `body`: None when it has none. `more`: (some of) the next one has too, and must be answered as well."""

    __slots__ = ("body", "head", "more")

    def __init__(self, head: Head, body: Spool | None, more: bool) -> None:  # noqa: FBT001 -- the hot path: a name would cost more
        self.head = head
        self.body = body
        self.more = more

    @property
    def says_good_bye(self) -> bool:
        """The client sends no other, as it says: behind this one there is nothing that a close could meet, once all is read."""
        return self.body is None and not self.head.keep_alive


class Incoming:
    """What one client sends, as `receiver` reads it. `memory`: bytes of a body beyond which it goes to a temporary file. `has_more`:
    something has been read that `next` has not looked at.
    """

    __slots__ = ("_awaited", "_body", "_head", "_memory", "_receiver", "has_more")

    def __init__(self, receiver: Receives, memory: int) -> None:
        self._receiver = receiver
        self._memory = memory
        self.has_more: list[Event] | None = None  # mostly there is none: what comes is a whole request
        self._awaited = False
        self._head: Head | None = None
        self._body: Spool | None = None

    def take(self, data: bytes) -> Whole | Refusal | None:
        """These bytes came: `next`, with them."""
        if not self.has_more and self._head is None:
            head = self._receiver.whole(data)
            if head is not None:
                return Whole(head, None, False)
        events = self._receiver.feed(data)
        if self.has_more:
            self.has_more.extend(events)
        else:
            self.has_more = events
        return self.next()

    def to_plain(self, whole: Whole | None = None) -> tuple[dict[str, Any], Spool | None]:
        """Where in a message the client is, and its body so far: for whoever goes on with it. `whole`: a request that `next` gave
        and nobody has answered. Only while nothing more has been read (`has_more`).
        """
        head, body = (self._head, self._body) if whole is None else (whole.head, whole.body)
        plain = {
            "spoken": self.spoken,
            "receiver": self._receiver.to_plain(),
            "head": None if head is None else head.to_plain(),
            "awaited": self._awaited,
            "whole": whole is not None,
        }
        return plain, body

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], body: Spool | None, receiver: Receives, memory: int) -> Self:
        """From `to_plain`, and the receiver that it speaks of."""
        incoming = cls(receiver, memory)
        incoming._awaited = plain["awaited"]
        if plain["head"] is not None:
            incoming._head, incoming._body = Head(*plain["head"]), body
        if plain["whole"]:
            incoming.has_more = [END]
        return incoming

    @property
    def spoken(self) -> str:
        """What the client speaks."""
        return self._receiver.spoken

    def eof(self) -> Refusal | None:
        """No more will come. None: good, it was between two requests."""
        return self._receiver.eof()

    def next(self) -> Whole | Refusal | None:
        """The next request, or why there will be none; None: more bytes are needed. Not again after a Refusal."""
        while self.has_more:
            event = self.has_more.pop(0)
            if isinstance(event, Head):
                self._head = event
                self._awaited = event.expect_continue and event.has_body
                self._body = _spool(self._memory) if event.has_body else None
            elif isinstance(event, Refusal):
                return event
            elif isinstance(event, bytes):
                self._awaited = False
                if self._body is not None and (full := _store(self._body, event)):
                    return full
            elif self._body is not None and (full := _store(self._body, None)):
                return full
            else:
                return self._whole()
        self.has_more = None
        return None

    @property
    def stage(self) -> int:
        """IDLE, HEAD or BODY; of what `next` has looked at, so ask after it said None."""
        if self._head is not None:
            return BODY
        return HEAD if self._receiver.midway else IDLE

    @property
    def head(self) -> Head | None:
        """Of the message whose body arrives, if any."""
        return self._head

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
        head, body = self._head, self._body
        assert head is not None
        self._head = self._body = None
        return Whole(head, body, bool(self.has_more) or self._receiver.midway)


def _spool(memory: int) -> Spool:
    from adapter.gateway.spool import Spool  # noqa: PLC0415 -- inetd pays for each import, and most requests have no body

    return Spool(memory)


def _store(body: Spool, data: bytes | None) -> Refusal | None:
    """The next part of it, or None at its end."""
    try:
        if data is None:
            body.flush()
        else:
            body.write(data)
    except OSError as error:
        return Refusal(NO_ROOM, f"cannot store its body: {error.strerror}")
    return None


def limits(settings: Settings) -> Limits:
    """What a client may send."""
    return Limits(
        request_line=settings.max_request_line,
        header_count=settings.max_header_count,
        header_bytes=settings.max_header_bytes,
        body=settings.max_body,
    )
