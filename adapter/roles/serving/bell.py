"""To wake a thread that waits, for so long at most."""

from queue import Empty, SimpleQueue


class Bell:
    """A ring is never missed: one that comes before the wait ends it at once. So who waits may wake up for an old one, and looks again."""

    def __init__(self) -> None:
        self._rings: SimpleQueue[None] = SimpleQueue()

    def ring(self) -> None:
        """From any thread."""
        self._rings.put(None)

    def wait(self, seconds: float | None) -> None:
        """Until it rings, or the time is over; None: until it rings."""
        try:
            self._rings.get(timeout=seconds)
        except Empty:
            pass
