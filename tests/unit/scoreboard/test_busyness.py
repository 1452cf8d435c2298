"""How busy a worker was between two looks."""

import pytest

from adapter.scoreboard.busyness import busyness
from adapter.scoreboard.figures import Counters, Now, Record, Running

S = 1_000_000_000  # ns


def record(*, running=0.0, processor=0.0, busy=0, began=(), threads=4, written=100.0):
    """Seconds in the application and on the processor so far; requests that run since."""
    now = Now(threads=threads, busy=busy or len(began), written=int(written * S))
    counters = Counters(running=int(running * 1e6), processor=int(processor * 1e6))
    return Record(now, counters, running=tuple(Running(int(each * S), "GET /") for each in began))


CASES = [
    (record(), 0.0),
    (record(running=2.0), 0.25),
    (record(running=8.0), 1.0),
    (record(running=80.0), 1.0),
    (record(running=0.2, processor=1.9), 0.95),
    (record(began=[0.0, 99.0]), 0.375),
    (record(began=[0.0] * 4), 1.0),
    (record(running=2.0, began=[99.0] * 2), 0.5),
    (record(busy=12, began=[0.0] * 8, threads=16), 0.75),
    (record(began=[101.0]), 0.0),
    (record(threads=0, processor=5.0), 0.0),
]


@pytest.mark.parametrize(("after", "share"), CASES)
def test_busyness(after, share):
    """In 2 s: of the threads' time, or of one processor, whichever is more used; what still runs counts for its part."""
    assert busyness(record(written=98.0), after, 2.0) == pytest.approx(share)


def test_no_time_is_no_share():
    """Two looks at the same moment say nothing."""
    assert busyness(record(), record(running=9.0), 0.0) == 0.0
