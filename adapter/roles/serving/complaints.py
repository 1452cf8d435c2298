"""What front ends do wrong, or how many come, for the log: the same comes with every connection, and need not fill the disk."""

from time import monotonic

from adapter.log import Log

SECONDS = 60.0


class Complaints:
    """At most one line in `seconds`; those between are counted and told with the next."""

    def __init__(self, log: Log, seconds: float = SECONDS) -> None:
        self._log = log
        self._seconds = seconds
        self._next = 0.0
        self._unsaid = 0

    def say(self, sentence: str, **fields: str) -> None:
        """A warning, if it is time for one."""
        now = monotonic()
        if now < self._next:
            self._unsaid += 1
            return
        more = {"before": self._unsaid} if self._unsaid else {}
        self._next, self._unsaid = now + self._seconds, 0
        self._log.warning(sentence, **fields, **more)
