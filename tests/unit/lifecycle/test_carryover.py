"""What another version left us is read as far as it can be."""

from adapter.lifecycle.carryover import VERSION, from_plain, to_plain
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.state import Change, Generation, Leaving, Move, Phase, Stage, State, Worker

STATE = State(
    target=3,
    slots=2,
    workers=(Worker(7, 1, 3, Stage.BOOTING, 812, 5.0, 65.0),),
    generations=(Generation(3, Limits(workers=2, drain=0.5), Phase.LOADED, 800, deaths=(1.0, 2.5)),),
    change=Change(Command.RELOAD, Move.REEXEC, previous=3),
    queued=Command.CHAIN_RELOAD,
    leaving=Leaving(1, 8.0),
)


def test_plain():
    """Enums by name, records by field, and a version."""
    plain = to_plain(STATE)

    assert plain["version"] == VERSION
    assert plain["queued"] == "CHAIN_RELOAD"
    assert plain["change"]["move"] == "REEXEC"
    assert plain["workers"][0]["stage"] == "BOOTING"
    assert plain["generations"][0]["deaths"] == [1.0, 2.5]


def test_older_neighbour():
    """What an older version did not write has its default."""
    plain = to_plain(STATE)
    del (
        plain["version"],
        plain["queued"],
        plain["failed_reloads"],
        plain["workers"][0]["granted"],
        plain["generations"][0]["limits"]["surge"],
    )
    read = from_plain(plain)

    assert read.queued is None
    assert read.workers == STATE.workers
    assert read.generations == STATE.generations


def test_newer_neighbour():
    """What we do not know is left out; a stage that we do not know is one to be relieved, a phase one to be tried."""
    plain = {**to_plain(STATE), "version": 99, "weather": "fine", "queued": "DANCE"}
    plain["workers"][0] |= {"stage": "PARKED", "mood": 7}
    plain["generations"][0] |= {"phase": "PARKED"}
    read = from_plain(plain)

    assert read.queued is None
    assert read.workers[0].stage is Stage.READY
    assert read.workers[0].pid == 812
    assert read.generations[0].phase is Phase.LOADED
    assert read.change == STATE.change


def test_nonsense():
    """What is of another type than ours is as good as missing."""
    assert from_plain(
        {"target": "3", "slots": True, "workers": 7, "generations": [{"number": 2}, "x", None], "change": "RELOAD"}
    ) == State(generations=(Generation(2),))
    assert from_plain({"since": 4, "leaving": {"code": 1.5}}) == State(since=4.0, leaving=Leaving())
    assert from_plain({}) == State()
