"""What all workers of a server share for its whole life: the queue by which they hand connections over, the file of their locks."""

import os
from typing import Any

from adapter.exits import SystemFailure
from adapter.unix import handover, namedlocks
from adapter.unix.handover import Ends


class Commons:
    """The master's hold on it: opened once, carried over."""

    def __init__(self) -> None:
        self._queue: Ends | None = None
        self._locks = -1

    def open(self) -> None:
        """Have whatever is not there yet. Raises SystemFailure."""
        try:
            self._queue = self._queue or handover.pair()
            self._locks = self._locks if self._locks >= 0 else namedlocks.create()
        except OSError as error:
            raise SystemFailure(f"cannot make what the workers share: {error.strerror}") from error

    @property
    def queue(self) -> list[int]:
        """Its two ends."""
        return [end.fileno() for end in self._queue or ()]

    @property
    def locks(self) -> int:
        """The file of the locks."""
        return self._locks

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {"queue": self.queue, "locks": self._locks}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover; a version that had less of it gets the rest."""
        if plain.get("queue"):
            self._queue = handover.adopt(*plain["queue"])
        if (locks := plain.get("locks", -1)) >= 0:
            os.set_inheritable(locks, False)
            self._locks = locks
        self.open()

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [*self.queue, *([self._locks] if self._locks >= 0 else [])]
