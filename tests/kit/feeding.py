"""What a reading side makes of pieces."""

from collections.abc import Iterable
from typing import Protocol

from adapter.protocols.http1.events import Event


class Feeds(Protocol):
    """Any protocol's receiver."""

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes add."""


def joined(receiver: Feeds, pieces: Iterable[bytes]) -> list[Event]:
    """The events of these pieces, with content that touches joined."""
    events: list[Event] = []
    for piece in pieces:
        for event in receiver.feed(piece):
            if isinstance(event, bytes) and events and isinstance(events[-1], bytes):
                events[-1] += event
            else:
                events.append(event)
    return events
