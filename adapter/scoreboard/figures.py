"""What a worker tells of itself: numbers that only grow, numbers that come and go, and what it is doing."""

from operator import add
from typing import NamedTuple, Self

from adapter.scoreboard import latency

STATES = ("booting", "serving", "draining")
"""`Now.state` is a place in here."""


class Counters(NamedTuple):
    """Since the worker's start. They only grow. New ones are added at the end only: the place is the name on the wire."""

    requests: int = 0
    answered_1xx: int = 0
    answered_2xx: int = 0
    answered_3xx: int = 0
    answered_4xx: int = 0
    answered_5xx: int = 0
    refused: int = 0  # requests that never reached the application: no HTTP, too large, too slow
    failed: int = 0  # the application raised
    bytes_in: int = 0
    bytes_out: int = 0
    accepted: int = 0  # connections
    given: int = 0  # connections handed over to another worker
    taken: int = 0  # and from another
    running: int = 0  # microseconds spent in the application, all threads together
    processor: int = 0  # microseconds of processor time
    overdue: int = 0  # requests that were still running at --request-timeout

    def plus(self, other: "Counters") -> "Counters":
        """Both together."""
        return Counters(*map(add, self, other))


class Now(NamedTuple):
    """At the moment of writing. New ones at the end only, as above."""

    worker: int = 0
    slot: int = 0
    generation: int = 0
    pid: int = 0
    state: int = 0
    written: int = 0  # monotonic, nanoseconds
    connections: int = 0
    in_flight: int = 0  # requests with the application, or waiting for a thread
    busy: int = 0  # threads in the application
    threads: int = 0
    resident: int = 0  # bytes
    virtual: int = 0  # bytes
    imported: int = 0  # microseconds that the application's import took
    average: int = 0  # microseconds: running average of the time in the application, as uWSGI reckons avg_rt
    born: int = 0  # monotonic, nanoseconds


class Running(NamedTuple):
    """A request that the application is working on. `began` is monotonic, in nanoseconds; `line` is printable."""

    began: int
    line: str


class Record(NamedTuple):
    """All that a worker's cell says."""

    now: Now = Now()
    counters: Counters = Counters()
    latency: tuple[int, ...] = latency.NONE
    running: tuple[Running, ...] = ()  # the oldest first


class Totals(NamedTuple):
    """What can be added up over workers, living and dead."""

    counters: Counters = Counters()
    latency: tuple[int, ...] = latency.NONE

    @classmethod
    def of(cls, record: Record) -> Self:
        """This record's share."""
        return cls(record.counters, record.latency)

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(self.counters.plus(other.counters), latency.plus(self.latency, other.latency))
