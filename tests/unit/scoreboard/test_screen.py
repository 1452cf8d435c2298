"""The screen of `adapter status` and `adapter top`: a pure function of the record and the size."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.scoreboard.latency import BUCKETS
from adapter.scoreboard.rates import Rates
from adapter.scoreboard.screen import SORTS, condition, is_ready, page
from adapter.scoreboard.view import COMMANDS, View, answered, pressed


def worker(number, slot, **changes):
    """A worker's part of the record."""
    return {
        "id": number,
        "slot": slot,
        "generation": 3,
        "pid": 800 + number,
        "stage": "ready",
        "seconds": 60.0,
        "age": 61.0,
        "requests": 100 * number,
        "failed": 0,
        "running_time": 1.0,
        "average": 0.0015,
        "connections": 4,
        "in_flight": 0,
        "busy": 0,
        "threads": 2,
        "resident": number << 20,
        "virtual": 90 << 20,
        "processor": 2.0,
        "import": 0.2,
        "running": [],
        **changes,
    }


def record(*workers, **changes):
    """A status record."""
    totals = {f"answered_{each}": 10 for each in ("1xx", "2xx", "3xx", "4xx", "5xx")}
    return {
        "generation": 3,
        "change": None,
        "queued": None,
        "drain": {"seconds": 8.0, "fitted": False, "patience": None},
        "leaving": False,
        "whole": True,
        "slots": len(workers),
        "workers": list(workers),
        "reloads": 2,
        "failed_reloads": 1,
        "respawns": 4,
        "uptime": 100.0,
        "version": "0.1",
        "pid": 700,
        "directory": "/srv/shop",
        "queues": [{"listener": "127.0.0.1:8000", "waiting": 1, "most": 1024}],
        "totals": {**totals, "requests": 50, "refused": 0, "failed": 0, "bytes_in": 0, "bytes_out": 0, "latency": [0] * BUCKETS},
        "events": [{"seconds": 12.0, "level": "error", "sentence": "a worker died how=\x1b[31mred\n"}],
        **changes,
    }


SLOW = {
    "busy": 1,
    "in_flight": 3,
    "running": [{"line": "GET /slow HTTP/1.1", "seconds": 3.2}, {"line": "GET /b", "seconds": 1.0}],
}
RECORD = record(worker(1, 0), worker(2, 1, **SLOW), worker(3, 1, generation=2, stage="draining"))


def shown(status=RECORD, before=None, *, width=120, **more):
    """The lines' text."""
    return [line.text for line in page(status, Rates.between(status, before), width, **more)]


def rows(lines):
    """Ids of the workers in the order they are shown, by their pid."""
    return [int(word) - 800 for line in lines for word in line.split()[2:3] if word.isdigit() and 800 < int(word) < 900]


def test_it_tells_what_each_is_doing():
    """The oldest request of a worker, for how long, and how many more there are."""
    assert any(line.endswith("3.2s GET /slow HTTP/1.1 (+2)") for line in shown())


@settings(deadline=None)  # a busy machine is no bug
@given(st.integers(20, 250), st.integers(5, 60), st.sampled_from(sorted(SORTS)), st.integers(0, 30))
def test_it_fits_any_screen(width, height, sort, count):
    """No line is wider, and there are as many as the screen has, however many workers; nothing but printable ASCII."""
    status = record(*(worker(number, number, **SLOW) for number in range(count)))
    lines = shown(status, width=width, height=height, sort=sort, foot="q quit")

    assert len(lines) == height
    assert all(len(line) <= width and line.isascii() and line.isprintable() for line in lines)
    assert lines[-1] == "q quit"


def test_it_is_useful_in_80_columns():
    """Summary whole, and room for what a worker is doing."""
    lines = shown(width=80)

    assert not any(line.endswith(">") for line in lines[:5])
    assert any("3.2s GET /slow HTTP/1.1" in line for line in lines)


def test_workers_beyond_the_screen_are_counted():
    """Whoever has no line is told as a number, and the events keep their place."""
    lines = shown(record(*(worker(number, number) for number in range(100))), height=24)

    assert any(line.strip() == "and 86 more" for line in lines)
    assert any("a worker died" in line for line in lines)


@pytest.mark.parametrize(
    ("sort", "order"),
    [("s", [1, 2, 3]), ("t", [2, 1, 3]), ("m", [3, 2, 1]), ("r", [2, 1, 3]), ("c", [1, 2, 3])],
)
def test_sorting(sort, order):
    """By slot, longest request, memory, throughput, processor: the most first."""
    before = copy.deepcopy(RECORD)
    before["uptime"] -= 10
    before["workers"][1]["requests"] -= 50

    assert rows(shown(RECORD, before, sort=sort)) == order


def test_an_empty_slot_is_shown():
    """A slot without anybody has a line that says so."""
    assert any("nobody" in line for line in shown(record(worker(1, 0), slots=2, whole=False)))


def test_rates():
    """Throughput and latency are those between the two readings."""
    before = copy.deepcopy(RECORD)
    now = copy.deepcopy(RECORD)
    now["uptime"] += 2
    now["totals"]["requests"] += 100
    now["totals"]["latency"][6] += 100
    rates = Rates.between(now, before)

    assert rates.requests == 50
    assert rates.p50 is not None
    assert 0.0005 < rates.p50 <= 0.001
    assert any("now 50 req/s  p50 750us" in line for line in shown(now, before))


@pytest.mark.parametrize("changes", [{"pid": 701}, {"uptime": 500.0}])
def test_rates_of_another_server(changes):
    """A server that began anew is not compared with the one before it: no number is negative."""
    before = {**copy.deepcopy(RECORD), **changes}
    before["totals"] = {**before["totals"], "requests": 10_000}
    rates = Rates.between(RECORD, before)

    assert rates.requests == 0.5
    assert not rates.lately


@pytest.mark.parametrize(
    ("changes", "said", "ready"),
    [
        ({}, "serving", True),
        ({"whole": False}, "not every slot is served", False),
        ({"leaving": True}, "stopping", False),
        ({"paused": True}, "serving, paused", False),
        ({"lame_duck": True}, "serving, lame duck", False),
        ({"probation": True}, "serving, probation", True),
        (
            {"change": {"kind": "reload", "move": "rolling", "previous": 2, "seconds": 3.0}},
            "serving, reload (rolling, 3.0s)",
            True,
        ),
        ({"queued": "reload"}, "serving, then reload", True),
    ],
)
def test_condition(changes, said, ready):
    """In a few words; and whether one would send it requests."""
    assert condition({**RECORD, **changes}) == said
    assert is_ready({**RECORD, **changes}) is ready


@pytest.mark.parametrize(
    ("drain", "said"),
    [
        ({"seconds": 8.0, "fitted": False, "patience": None}, ["drain 8s at most"]),
        ({"seconds": 28.0, "fitted": True, "patience": 30.0}, ["drain 28s at most, made to fit into the supervisor's 30s"]),
        ({"seconds": 7.5, "fitted": False, "patience": 10.0}, ["drain 7.5s at most, of the supervisor's 10s"]),
        (None, []),
    ],
)
def test_drain(drain, said):
    """How long a stop may take, and by whose patience; a server of an earlier version says nothing of it."""
    assert [line for line in shown(record(worker(1, 0), drain=drain)) if line.startswith("drain")] == said


def test_events_cannot_forge_the_screen():
    """What a log sentence quotes moves no cursor and changes no colour."""
    assert any("a worker died how=?[31mred?" in line for line in shown())


def test_keys_sort():
    """A sort key sorts, at once."""
    for key in SORTS:
        assert pressed(View(), key) == (View(sort=key), "")


def test_commands_are_confirmed():
    """A command key asks first; `y` sends it, anything else does not, and both are said."""
    for key, (name, meaning) in COMMANDS.items():
        asking, nothing = pressed(View(), key)
        assert nothing == ""
        assert asking.foot == f"{meaning}? y: yes, any other key: no"
        assert pressed(asking, "y") == (View(), name)
        refused, nothing = pressed(asking, "q")
        assert (nothing, refused.said) == ("", f"{name}: not asked")


def test_other_keys_do_nothing():
    """A key without a meaning changes nothing."""
    assert pressed(View(sort="m"), "Z") == (View(sort="m"), "")


def test_answers_are_shown():
    """What became of a command stands in the last line."""
    assert answered(View(), "reload", "").foot.endswith("reload: asked")
    assert answered(View(), "reload", "we are stopping").foot.endswith("reload: we are stopping")
