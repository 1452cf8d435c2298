"""A front end's bytes become one request, and after that nothing more: these protocols have one per connection."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from adapter.protocols.http1.events import END, Event, Head, Receives, Refusal, Refused
from adapter.protocols.http1.limits import Limits


class Receiver(Receives):
    """The reading side of one connection, with the face of `http1.receiving.Receiver`: the events depend on the bytes alone.

    Bytes after the request are dropped. Nothing but a `Refusal` ever tells of bad input: an exception from here is a bug.
    """

    spoken: ClassVar[str]
    __slots__ = ("_buffer", "_left", "_limits", "_over", "_whole")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buffer = bytearray()  # the packet, until it is whole, and what came with it
        self._whole = 0  # bytes of the packet, once its header is here
        self._left = 0  # bytes of content still to come
        self._over = False  # the request has ended, or was refused

    def to_plain(self) -> dict[str, Any]:
        """Where in the request we are, for whoever goes on with it. Not after a `Refusal`."""
        return {"packet": self._buffer.decode("latin-1"), "left": self._left, "over": self._over}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], limits: Limits) -> Self:
        """From `to_plain`."""
        receiver = cls(limits)
        receiver._packet(plain["packet"].encode("latin-1"), [])
        receiver._left, receiver._over = plain["left"], plain["over"]
        return receiver

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes add: the end of the request, or nothing yet. After `END` or a `Refusal`: nothing more, ever."""
        events: list[Event] = []
        if data and not self._over:
            try:
                if self._left:
                    self._content(data, events)
                else:
                    self._packet(data, events)
            except Refused as refused:
                self._over = True
                self._buffer.clear()
                events.append(Refusal(refused.refusal.status, f"{self.spoken}: {refused.refusal.reason}"))
        return events

    def whole(self, data: bytes) -> Head | None:
        """The head, if these bytes are all of a request without content, with nothing before or behind; None: `feed` them."""
        if self._buffer or self._left or self._over:
            return None
        try:
            if not data or len(data) != self._size(data):
                return None
            head = self._read(data, self._limits)
        except Refused:
            return None
        self._over = head.length == 0
        return head if self._over else None

    def eof(self) -> Refusal | None:
        """The front end sends no more: fine before and after its request, a refusal when it cut it."""
        if not self.midway:
            return None
        self._over = True
        return Refusal(400, f"{self.spoken}: the request was cut before its end")

    @staticmethod
    def _size(begin: bytes | bytearray) -> int:
        """Bytes of the packet that begins so; 0: not known yet. Raises Refused."""
        raise NotImplementedError

    @staticmethod
    def _read(packet: bytes, limits: Limits) -> Head:
        """The request that this packet is. Raises Refused."""
        raise NotImplementedError

    @property
    def midway(self) -> bool:
        """Some bytes of a request have arrived, but not its `END`."""
        return not self._over and bool(self._buffer or self._left)

    def _packet(self, data: bytes, events: list[Event]) -> None:
        buffer = self._buffer
        buffer += data
        if not self._whole:
            self._whole = self._size(buffer)
        if not self._whole or len(buffer) < self._whole:
            return
        head = self._read(bytes(buffer[: self._whole]), self._limits)
        rest = bytes(buffer[self._whole :])
        buffer.clear()
        events.append(head)
        self._left = head.length or 0
        self._content(rest, events)

    def _content(self, data: bytes, events: list[Event]) -> None:
        piece = data[: self._left]
        if piece:
            events.append(piece)
            self._left -= len(piece)
        if not self._left:
            self._over = True
            events.append(END)
