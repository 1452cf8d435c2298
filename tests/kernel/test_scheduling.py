"""Short turns on the processor: asked for, had, and not passed on."""

import json
import os
import sys
from collections.abc import Callable

import pytest

from adapter.unix.scheduling import Turns, take_short_turns, turns


def of_child(ask: Callable[[], object]) -> tuple[object, Turns, Turns]:
    """What a child of ours is told when it asks, how it is scheduled then, and how its own child is."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        said = [ask(), turns(0)]
        if os.fork() == 0:
            os.write(writer, json.dumps([*said, turns(0)]).encode())
            os._exit(0)
        os.wait()
        os._exit(0)
    os.close(writer)
    os.wait()
    with open(reader) as file:
        told, own, childs = json.load(file)
    return told, Turns(*own), Turns(*childs)


def test_short_turns_are_had_and_not_inherited() -> None:
    """Who asks keeps its policy and its nice value, has shorter turns where the kernel tells of them, and children that have what it had."""
    before = turns(0)
    assert before is not None
    took, own, childs = of_child(take_short_turns)
    assert took is True
    assert own == before._replace(turn=min(before.turn, 300_000))
    assert childs == before


def test_another_policy_stays() -> None:
    """What the operator has given us is left alone, and is the children's, too."""

    def ask() -> object:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        return take_short_turns()

    took, own, childs = of_child(ask)
    assert took is False
    assert own.policy == os.SCHED_BATCH
    assert childs == own


def test_a_negative_nice_value_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the children's, too: nothing is asked that would reset it in them."""
    monkeypatch.setattr(os, "getpriority", lambda *_: -1)
    before = turns(0)
    assert not take_short_turns()
    assert turns(0) == before


def test_a_machine_whose_numbers_we_do_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called there: another system call might have the number."""
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((sys.platform, "here", "6", "1", "vax")))
    assert not take_short_turns()
    assert turns(0) is None
