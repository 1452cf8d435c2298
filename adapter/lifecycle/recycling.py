"""When a worker has had enough. Pure."""

from typing import NamedTuple

from adapter.lifecycle.limits import spread

_MEBIBYTE = 1 << 20


class Quota(NamedTuple):
    """What a worker may answer and hold; 0: as much as it likes."""

    requests: int = 0
    memory: int = 0  # bytes, resident

    @classmethod
    def of(cls, worker: int, *, requests: int, jitter: int, memory: int) -> "Quota":
        """That of the worker with this id: workers that were born together do not leave together."""
        return cls(requests + int(jitter * spread(worker)) if requests else 0, memory)

    def reached(self, requests: int, memory: int) -> str:
        """Why it is to be relieved; empty while it is not."""
        if self.requests and requests >= self.requests:
            return f"{requests} requests (--max-requests)"
        if self.memory and memory > self.memory:
            return f"{memory // _MEBIBYTE} MiB resident (--max-rss)"
        return ""
