"""A client's bytes become requests: this is what holds one connection's reading side together.

Where each message ends is found here and in `section` and `chunked`, because only so can every byte be counted; llhttp judges
the fields (`head`). A new message begins with nothing left over from the one before it.
"""

from .chunked import Chunked
from .events import END, Event, Refusal, Refused
from .head import parse_head
from .limits import Limits
from .section import Section


class Receiver:
    """The reading side of one connection. Feed it whatever arrived, cut anywhere; the events depend on the bytes alone
    (content may come in other pieces). Nothing but a `Refusal` ever tells of bad input: an exception from here is a bug.
    """

    __slots__ = ("_chunked", "_left", "_limits", "_refused", "_section")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._section = Section(limits)
        self._left = 0  # bytes of content still to come, when Content-Length told
        self._chunked: Chunked | None = None
        self._refused = False

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

    def eof(self) -> Refusal | None:
        """The client sends no more: fine between messages, a refusal when it cut one (RFC 9112 §8)."""
        if not self.midway:
            return None
        self._refused = True
        return Refusal(400, "the request was cut before its end (RFC 9112 §8)")

    @property
    def midway(self) -> bool:
        """Some bytes of a message have arrived, but not its `END`."""
        return not self._refused and bool(self._left or self._chunked or len(self._section))

    def _step(self, data: bytes, events: list[Event]) -> bytes:
        """Read on in the part of the message where we are; what is left of the data."""
        if self._left:
            return self._sized(data, events)
        if self._chunked is not None:
            return self._coded(self._chunked, data, events)
        return self._head(data, events)

    def _head(self, data: bytes, events: list[Event]) -> bytes:
        section = self._section.take(data)
        if section is None:
            return b""
        head = parse_head(section[0], self._limits)
        self._section = Section(self._limits)
        events.append(head)
        if head.length is None:
            self._chunked = Chunked(self._limits)
        elif head.length:
            self._left = head.length
        else:
            events.append(END)
        return section[1]

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
