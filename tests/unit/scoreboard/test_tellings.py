"""One status record, told as uWSGI's JSON and as OpenMetrics."""

import json

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from adapter.lifecycle.state import Stage, State, Worker
from adapter.lifecycle.status import status
from adapter.scoreboard import openmetrics, told
from adapter.scoreboard.figures import Counters, Now, Record, Running
from adapter.scoreboard.latency import BUCKETS
from adapter.scoreboard.ledger import Ledger
from adapter.scoreboard.uwsgistats import stats

SECOND = 1_000_000_000
# What uwsgitop 0.12 reads without asking whether it is there.
UWSGITOP = {"id", "pid", "requests", "exceptions", "status", "avg_rt", "rss", "vsz", "tx", "running_time", "last_spawn"}
UWSGITOP |= {"respawn_count", "harakiri_count"}


def record(**changes):
    """A status record with two slots: worker 1 in slot 0 is gone, 2 sits there busy, nobody in slot 1."""
    state = State(
        target=3, slots=2, workers=(Worker(2, 0, 3, Stage.READY, 812, since=90.0),), reloads=2, failed_reloads=1, since=40.0
    )
    ledger = Ledger()
    ledger.opened(1, 0)
    ledger.heard(
        1, 1, Record(Now(1), Counters(requests=100, answered_2xx=90, answered_5xx=10, failed=10, bytes_out=5000, overdue=2))
    )
    ledger.closed(1)
    ledger.opened(2, 0)
    buckets = (0,) * 6 + (11,) + (0,) * (BUCKETS - 7)
    running = (Running(95 * SECOND, "GET /slow"),)
    now = Now(2, 0, 3, 812, busy=1, in_flight=1, threads=2, resident=20 << 20, virtual=30 << 20, average=1500, born=90 * SECOND)
    counters = Counters(requests=11, answered_2xx=11, bytes_out=50, running=16_500)
    ledger.heard(2, 1, Record(now, counters, buckets, running))
    shown = status(state, 100.0)
    for each in shown["workers"]:
        each.update(told.worker(ledger.record(each["id"]), 100 * SECOND))
    return {
        **shown,
        "version": "0.1",
        "pid": 700,
        "uid": 0,
        "gid": 0,
        "directory": "/srv",
        "queues": [{"listener": 'unix:/run/"odd"\\name', "waiting": 4, "most": 1024}],
        **told.counted(ledger, 2),
        **changes,
    }


def test_it_is_json():
    """The record is plain."""
    assert json.loads(json.dumps(record())) == record()


def test_uwsgi_worker():
    """Counters are the slot's, over all who sat there; the rest is about who sits there now. Times are microseconds."""
    document = stats(record(), wall=1_000_000.0)
    worker = document["workers"][0]

    assert json.loads(json.dumps(document)) == document
    assert worker.keys() >= UWSGITOP
    assert {
        name: worker[name] for name in ("id", "pid", "requests", "delta_requests", "exceptions", "status", "tx", "harakiri_count")
    } == {
        "id": 1,
        "pid": 812,
        "requests": 111,
        "delta_requests": 11,
        "exceptions": 10,
        "status": "busy",
        "tx": 5050,
        "harakiri_count": 2,
    }
    assert (worker["running_time"], worker["avg_rt"], worker["rss"]) == (16_500, 1500, 20 << 20)
    assert (worker["respawn_count"], worker["last_spawn"], worker["accepting"]) == (2, 999_990, 1)
    assert [(core["in_request"], core["vars"]) for core in worker["cores"]] == [(1, ["REQUEST_LINE=GET /slow", ""]), (0, [])]


def test_uwsgi_empty_slot():
    """A slot with nobody in it is what uWSGI calls cheap, and has every key all the same."""
    worker = stats(record(), wall=1_000_000.0)["workers"][1]

    assert worker.keys() >= UWSGITOP
    assert (worker["id"], worker["pid"], worker["status"], worker["accepting"]) == (2, 0, "cheap", 0)


def test_uwsgi_server():
    """The longest queue is uWSGI's `listen_queue`."""
    document = stats(record(), wall=1_000_000.0)

    assert (document["listen_queue"], document["load"], document["pid"], document["cwd"]) == (4, 4, 700, "/srv")
    assert document["version"] == "adapter-0.1"


def test_uwsgi_paused():
    """A paused worker that does nothing says so."""
    shown = record(paused=True)
    shown["workers"][0]["busy"] = 0

    assert stats(shown, wall=1.0)["workers"][0]["status"] == "pause"


@pytest.fixture
def families():
    return {each.name: each for each in text_string_to_metric_families(openmetrics.text(record()))}


def samples(family):
    """Values by name and labels."""
    return {(each.name, *each.labels.values()): each.value for each in family.samples}


def test_openmetrics_is_valid(families):
    """The strict parser takes it, and every family has a meaning and a kind."""
    assert all(each.documentation and each.type != "unknown" for each in families.values())
    assert {each.name for each in families.values() if not each.name.startswith("adapter")} == set()


def test_openmetrics_counts_the_dead(families):
    """Requests by class are those of the living and of the dead."""
    told_ones = samples(families["adapter_requests"])

    assert told_ones["adapter_requests_total", "2xx"] == 101
    assert told_ones["adapter_requests_total", "5xx"] == 10


def test_openmetrics_histogram(families):
    """Buckets are cumulative and end with all."""
    told_ones = samples(families["adapter_request_seconds"])

    assert told_ones["adapter_request_seconds_bucket", "0.001"] == 11
    assert told_ones["adapter_request_seconds_bucket", "0.0005"] == 0
    assert told_ones["adapter_request_seconds_count",] == 11
    assert told_ones["adapter_request_seconds_sum",] == 0.0165


def test_openmetrics_labels_are_escaped(families):
    """A listener's odd path comes back as it was."""
    assert samples(families["adapter_backlog"]) == {("adapter_backlog", 'unix:/run/"odd"\\name'): 4}


def test_openmetrics_gauges_speak_of_the_living(families):
    """Nothing is told of a worker that is gone."""
    assert samples(families["adapter_worker_resident_bytes"]) == {("adapter_worker_resident_bytes", "0", "2"): 20 << 20}
    assert samples(families["adapter_workers"])["adapter_workers", "ready"] == 1
    assert samples(families["adapter_reloads"])["adapter_reloads_total", "failed"] == 1
