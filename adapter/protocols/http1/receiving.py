"""A client's bytes become requests: this is what holds one connection's reading side together.

Where each message ends is found here and in `section` and `chunked`, because only so can every byte be counted; the head is judged
whole (`head`). A new message begins with nothing left over from the one before it.
"""

from __future__ import annotations

from adapter.protocols.spoken import HTTP

from .events import END, Event, Head, Receives, Refusal, Refused
from .head import parse_head, parse_like
from .limits import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Final, Self

    from .chunked import Chunked
    from .section import Section

_CRLF: Final = b"\r\n"
_EMPTY_LINE: Final = b"\r\n\r\n"
_SLASH: Final = 0x2F


class Receiver(Receives):
    """The reading side of one connection. Feed it whatever arrived, cut anywhere; the events depend on the bytes alone
    (content may come in other pieces). Nothing but a `Refusal` ever tells of bad input: an exception from here is a bug.
    """

    spoken: ClassVar[str] = HTTP
    __slots__ = ("_chunked", "_fields", "_last", "_left", "_limits", "_refused", "_section", "_small")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._small = min(limits.request_line, limits.header_bytes)  # a head of so many bytes passes neither limit on bytes
        self._section: Section | None = None  # of a head that has come in part
        self._left = 0  # bytes of content still to come, when Content-Length told
        self._chunked: Chunked | None = None
        self._refused = False
        # Clients say the same of themselves in each request of a connection: then only what is new is looked at.
        self._fields = b""  # the bytes behind the last request line
        self._last: Head | None = None  # and what they came to: a request without content

    def to_plain(self) -> dict[str, Any]:
        """Where in a message we are, for whoever goes on with it. Not after a `Refusal`."""
        return {
            "section": None if self._section is None else self._section.to_plain(),
            "left": self._left,
            "chunked": None if self._chunked is None else self._chunked.to_plain(),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], limits: Limits) -> Self:
        """From `to_plain`."""
        from .chunked import Chunked  # noqa: PLC0415 -- few requests need it, and inetd pays for imports
        from .section import Section  # noqa: PLC0415 -- as above

        receiver = cls(limits)
        if plain["section"] is not None:
            receiver._section = Section.from_plain(plain["section"], limits)
        receiver._left = plain["left"]
        if plain["chunked"] is not None:
            receiver._chunked = Chunked.from_plain(plain["chunked"], limits)
        return receiver

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes add: the end of one request, several whole ones, or nothing yet. After a `Refusal`: nothing more, ever."""
        events: list[Event] = []
        while data and not self._refused:
            try:
                data = self._step(data, events)
            except Refused as refused:
                self._refused = True
                events.append(refused.refusal)
        return events

    def whole(self, data: bytes) -> Head | None:
        """The head, if these bytes are one whole request without content, with nothing before or behind; None: `feed` them.

        What nearly every read brings: there is nothing to collect, and no limit on bytes to be met.
        """
        if len(data) > self._small or self._left or self._section is not None or self._chunked is not None or self._refused:
            return None
        try:
            if self._last is not None and (like := self._like(data, self._last)) is not None:
                return like
            if data[-4:] != _EMPTY_LINE:
                return None
            head = parse_head(data, self._limits)  # which refuses an empty line before the last one
        except Refused:
            return None
        if head.length != 0:
            return None
        if head.keep_alive and data[len(head.method) + 1] == _SLASH:  # an absolute-form has changed what Host said
            self._fields, self._last = data[data.find(_CRLF) :], head
        return head

    def _like(self, data: bytes, last: Head) -> Head | None:
        """The head, if all but the request line is as it was the last time."""
        begin = len(data) - len(self._fields)
        return parse_like(data[:begin], last) if begin > 0 and data[begin:] == self._fields else None

    def eof(self) -> Refusal | None:
        """The client sends no more: fine between messages, a refusal when it cut one (RFC 9112 §8)."""
        if not self.midway:
            return None
        self._refused = True
        return Refusal(400, "the request was cut before its end (RFC 9112 §8)")

    @property
    def midway(self) -> bool:
        """Some bytes of a message have arrived, but not its `END`."""
        return not self._refused and bool(self._left or self._chunked or self._section)

    def _step(self, data: bytes, events: list[Event]) -> bytes:
        """Read on in the part of the message where we are; what is left of the data."""
        if self._left:
            return self._sized(data, events)
        if self._chunked is not None:
            return self._coded(self._chunked, data, events)
        return self._head(data, events)

    def _head(self, data: bytes, events: list[Event]) -> bytes:
        section = self._collected(data)
        if section is None:
            return b""
        head = parse_head(section[0], self._limits)
        events.append(head)
        if head.length == 0:
            events.append(END)
        elif head.length is None:
            self._chunked = _chunked(self._limits)
        else:
            self._left = head.length
        return section[1]

    def _collected(self, data: bytes) -> tuple[bytes, bytes] | None:
        if self._section is None:
            self._section = _section(self._limits)
        section = self._section.take(data)
        if section is not None:
            self._section = None
        return section

    def _sized(self, data: bytes, events: list[Event]) -> bytes:
        piece = data[: self._left]
        events.append(piece)
        self._left -= len(piece)
        if not self._left:
            events.append(END)
        return data[len(piece) :]

    def _coded(self, chunked: Chunked, data: bytes, events: list[Event]) -> bytes:
        content: list[bytes] = []
        try:
            chunked.feed(data, content)
        finally:
            if content:
                events.append(b"".join(content))
        if chunked.rest is None:
            return b""
        self._chunked = None
        events.append(END)
        return chunked.rest


def _chunked(limits: Limits) -> Chunked:
    from .chunked import Chunked  # noqa: PLC0415 -- few requests need it, and inetd pays for each import

    return Chunked(limits)


def _section(limits: Limits) -> Section:
    from .section import Section  # noqa: PLC0415 -- as above

    return Section(limits)
