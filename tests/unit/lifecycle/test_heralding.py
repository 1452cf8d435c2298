"""How we stand, by table; and what each is told of it."""

import json

import pytest

from adapter.lifecycle.commands import Command
from adapter.lifecycle.heralding import Stand, Tidings, communication, from_plain, is_news, notification, tidings, to_plain
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.state import Change, Generation, Leaving, Move, Phase, Stage, State, Worker

ONE = Worker(1, 0, 1, Stage.READY, pid=5)
SERVING = State(target=1, slots=1, workers=(ONE,), generations=(Generation(1, Limits(boot=20.0, drain=9.0, lame_duck=4.0)),))
RELOAD = Change(Command.RELOAD, Move.PREFLIGHT, previous=1, since=7.5)


@pytest.mark.parametrize(
    ("state", "stand", "able"),
    [
        (State(), Stand.STARTING, False),
        (SERVING._replace(change=Change(since=1.0)), Stand.STARTING, False),
        (SERVING, Stand.READY, True),
        (SERVING._replace(slots=2), Stand.READY, True),
        (SERVING._replace(change=Change(None, previous=1)), Stand.READY, True),
        (SERVING._replace(change=RELOAD), Stand.RELOADING, True),
        (SERVING._replace(change=RELOAD, workers=()), Stand.RELOADING, False),
        (SERVING._replace(change=RELOAD, paused=True), Stand.RELOADING, False),
        (SERVING._replace(paused=True), Stand.PAUSED, False),
        (SERVING._replace(workers=(ONE._replace(stage=Stage.BOOTING),)), Stand.UNREADY, False),
        (SERVING._replace(workers=(), asleep=True), Stand.READY, True),
        (SERVING._replace(workers=(), asleep=True, generations=(Generation(1, phase=Phase.GONE),)), Stand.UNREADY, False),
        (SERVING._replace(lame_duck=50.0), Stand.LAME_DUCK, False),
        (SERVING._replace(leaving=Leaving(seconds=9.0)), Stand.DRAINING, False),
        (SERVING._replace(leaving=Leaving(seconds=9.0), workers=()), Stand.STOPPING, False),
        (SERVING._replace(leaving=Leaving(seconds=0.0)), Stand.STOPPING, False),
        (SERVING._replace(leaving=Leaving(seconds=9.0), change=RELOAD), Stand.DRAINING, False),
    ],
)
def test_stand(state, stand, able):
    """READY only after the first generation has served, and able only when whoever comes is answered."""
    told = tidings(state)
    assert (told.stand, told.able) == (stand, able)


@pytest.mark.parametrize(
    ("told", "before", "lines"),
    [
        (Tidings(patience=61.5), None, ["EXTEND_TIMEOUT_USEC=61500000", "STATUS=starting: the application is being loaded"]),
        (tidings(SERVING), None, ["READY=1", "STATUS=generation 1 serves with 1 worker"]),
        (tidings(SERVING._replace(slots=2)), None, ["READY=1", "STATUS=generation 1 serves with 2 workers"]),
        (
            tidings(SERVING._replace(change=RELOAD, target=2)),
            None,
            ["RELOADING=1", "MONOTONIC_USEC=7500000", "STATUS=reloading, while generation 1 serves"],
        ),
        (
            tidings(SERVING, "no\nREADY=1"),
            None,
            ["READY=1", "STATUS=generation 1 serves with 1 worker; the last reload failed: no READY=1"],
        ),
        (tidings(SERVING._replace(paused=True)), tidings(SERVING), ["STATUS=paused: requests wait"]),
        (
            tidings(SERVING._replace(paused=True)),
            tidings(SERVING._replace(change=RELOAD)),
            ["READY=1", "STATUS=paused: requests wait"],
        ),
        (tidings(SERVING._replace(workers=())), tidings(SERVING), ["STATUS=no worker can answer"]),
        (
            tidings(SERVING._replace(lame_duck=1.0)),
            None,
            ["STOPPING=1", "EXTEND_TIMEOUT_USEC=15000000", "STATUS=serving on, but about to stop"],
        ),
        (
            tidings(SERVING._replace(leaving=Leaving(seconds=9.0)), "failed"),
            None,
            ["STOPPING=1", "EXTEND_TIMEOUT_USEC=11000000", "STATUS=stopping: finishing what is in flight"],
        ),
        (
            tidings(SERVING._replace(leaving=Leaving(seconds=0.0))),
            None,
            ["STOPPING=1", "EXTEND_TIMEOUT_USEC=2000000", "STATUS=stopping"],
        ),
    ],
)
def test_notification(told, before, lines):
    """systemd's words; no reason of a failure can add a line."""
    assert notification(told, before).split("\n") == lines


def test_news():
    """What is equal is told once; another reload is news; the end of one waits until nobody meets the generation before."""
    ready, reloading = tidings(SERVING), tidings(SERVING._replace(change=RELOAD))
    again = tidings(SERVING._replace(change=RELOAD._replace(since=8.0)))
    assert is_news(ready, None, settled=False)
    assert not is_news(ready, ready, settled=True)
    assert is_news(again, reloading, settled=False)
    assert not is_news(ready, reloading, settled=False)
    assert is_news(ready, reloading, settled=True)
    assert is_news(tidings(SERVING._replace(paused=True)), reloading, settled=False)


def test_carryover():
    """What was told is known to the next image; whatever another version wrote can be read."""
    told = tidings(SERVING._replace(change=RELOAD), "why")
    assert from_plain(to_plain(told)) == told
    assert from_plain({}) == Tidings()
    assert from_plain({"stand": "of the future", "able": "yes", "since": None, "more": 1}) == Tidings()


def test_communication():
    """What supervisord's listeners are told; whatever a reason is made of, a pipe takes it at once (PIPE_BUF), tokens and all."""
    told = tidings(SERVING._replace(failed_reloads=2), "why")
    said = {"adapter": "ready", "generation": 1, "workers": 1, "failures": 2, "failure": "why"}
    assert json.loads(communication(told)) == said
    longest = tidings(SERVING._replace(failed_reloads=10**9, target=10**9, slots=1024), "\U0001f600" * 10_000)
    assert len(communication(longest)) + 60 < 4096
