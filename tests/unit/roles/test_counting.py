"""What is counted of each call, and what is told of it."""

from bisect import bisect_left

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.serving.shared import Shared
from adapter.roles.serving.tasks import Task
from adapter.roles.serving.threads import GO_ON
from adapter.scoreboard.latency import BOUNDS, BUCKETS

SECONDS = st.sampled_from([0.0, *BOUNDS]) | st.floats(-0.001, 0.001) | st.floats(0, 200)
STATUSES = st.sampled_from(["", "200", "204", "304", "404", "499", "500", "504", "999"])
CALLS = st.lists(st.tuples(STATUSES, st.integers(0, 10**9), SECONDS))


@given(CALLS)
@example([("200", 1, seconds) for seconds in BOUNDS])
def test_every_call_counts_once_in_each_account(calls: list[tuple[str, int, float]]) -> None:
    """Its status, its bytes, its time, and the bucket of its time, which is the one whose bound is the first that is not below."""
    shared = Shared(
        lambda _environ, _start: [],
        Settings(),
        Log(2),
        multiprocess=False,
        queue=None,
        lead=lambda: GO_ON,
        tick=lambda _: None,
        access=None,
    )
    buckets = [0] * BUCKETS
    for status, sent, seconds in calls:
        shared.count(Task(), status, sent, seconds)
        buckets[bisect_left(BOUNDS, seconds)] += 1
    told = shared.counters()
    assert shared.requests == told.requests == len(calls)
    for first in "2345":
        assert getattr(told, f"answered_{first}xx") == sum(status.startswith(first) for status, *_ in calls)
    assert shared.answers()[""] == sum(not status for status, *_ in calls)
    assert told.bytes_out == sum(sent for _, sent, _ in calls)
    assert told.running == pytest.approx(sum(max(seconds, 0) for *_, seconds in calls) * 1e6, abs=1)
    assert shared.latency == buckets
    shared.loop.close()
