"""Who is heard when which descriptor has something to say: the master's ears."""

import selectors
from collections.abc import Callable, Iterator, Sequence

from adapter.lifecycle.events import Event

Hear = Callable[[], list[Event] | None]
"""What there is to think about; None: nothing, somebody has asked and is answered."""


def only_asked(said: Sequence[list[Event] | None], *, until: float | None, now: float) -> bool:
    """Was everybody who has said something answered, and is nothing due yet: is there nothing to think about?"""
    return bool(said) and all(each is None for each in said) and (until is None or now < until)


class Watch:
    """Descriptors, each with what to do when it is readable."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def add(self, fd: int, hear: Hear) -> None:
        """Call `hear` whenever this can be read."""
        self._selector.register(fd, selectors.EVENT_READ, hear)

    def change(self, fd: int, hear: Hear, *, readable: bool = True, writable: bool = False) -> None:
        """From here on call this one, whenever it can be read, or written, as is said."""
        self._selector.modify(fd, selectors.EVENT_READ * readable | selectors.EVENT_WRITE * writable, hear)

    def remove(self, fd: int) -> None:
        """No longer; to be said before it is closed."""
        self._selector.unregister(fd)

    def wait(self, seconds: float | None) -> Iterator[Hear]:
        """Those with news, after at most so long (None: for ever). One that an earlier one removed is passed over."""
        for key, _ in self._selector.select(seconds):
            now = self._selector.get_map().get(key.fd)
            if now is not None and now.data is key.data:
                yield key.data
