"""What people and programs are told about the state."""

import json

import pytest

from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.state import Change, Generation, Leaving, Move, Stage, State, Worker
from adapter.lifecycle.status import lines, status

WORKER = Worker(7, 0, 3, Stage.READY, 812, since=90.0)
STATE = State(target=3, slots=1, workers=(WORKER,), reloads=2, failed_reloads=1, respawns=4, drains=5, recycled=6, since=40.0)


def test_status():
    """One JSON-able record; times are seconds until now."""
    told = status(STATE, 100.5)

    assert json.loads(json.dumps(told)) == told
    assert told == {
        "generation": 3,
        "change": None,
        "queued": None,
        "leaving": False,
        "paused": False,
        "whole": True,
        "asleep": False,
        "slots": 1,
        "workers": [{"id": 7, "slot": 0, "generation": 3, "pid": 812, "stage": "ready", "seconds": 10.5}],
        "reloads": 2,
        "failed_reloads": 1,
        "respawns": 4,
        "drains": 5,
        "recycled": 6,
        "rollbacks": 0,
        "kept": None,
        "lame_duck": False,
        "probation": False,
        "drain": {"seconds": 8.0, "fitted": False, "patience": None},
        "uptime": 60.5,
    }


def test_drain():
    """How long it lasts, and whether that was made to fit into the supervisor's patience, or stands beside it."""
    fits = State(target=1, generations=(Generation(1, Limits(drain=28.0, fits=True)),), patience=30.0)
    said = fits.with_generation(Generation(1, Limits(drain=40.0)))

    assert status(fits, 0.0)["drain"] == {"seconds": 28.0, "fitted": True, "patience": 30.0}
    assert status(said, 0.0)["drain"] == {"seconds": 40.0, "fitted": False, "patience": 30.0}
    assert status(fits._replace(patience=None), 0.0)["drain"]["fitted"] is False


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (Change(Command.CHAIN_RELOAD, previous=2), "chain-reload"),
        (Change(previous=2), "load anew"),
        (Change(), "first load"),
    ],
)
def test_change(change, kind):
    """What is under way, how far it has come, since when."""
    told = status(State(change=change), 2.0)["change"]

    assert told == {"kind": kind, "move": "rolling", "previous": change.previous, "seconds": 2.0}


def test_lines():
    """The log gets a line for the server and one for each worker."""
    server, worker = lines(status(STATE, 100.5))

    assert server == (
        "serving",
        {"generation": 3, "slots": 1, "reloads": 2, "failed_reloads": 1, "respawns": 4, "recycled": 6, "uptime": 60.5},
    )
    assert worker == ("worker", {"worker": 7, "slot": 0, "generation": 3, "pid": 812, "stage": "ready", "seconds": 10.5})


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State(leaving=Leaving()), "stopping"),
        (STATE, "serving"),
        (State(slots=1, workers=(WORKER,), target=3, paused=True), "paused"),
        (State(leaving=Leaving(), paused=True), "stopping"),
        (State(slots=2, workers=(WORKER,)), "not every slot is served"),
    ],
)
def test_sentences(state, sentence):
    """The first line says how it stands with the whole."""
    assert lines(status(state, 0.0))[0][0] == sentence


def test_line_of_a_change():
    """What is under way and what waits stand in the server's line."""
    change = Change(Command.RELOAD, Move.PREFLIGHT, previous=3, since=1.0)
    _, fields = lines(status(State(change=change, queued=Command.RELOAD), 3.0))[0]

    assert fields["change"] == "reload, preflight, 2 s"
    assert fields["queued"] == "reload"
