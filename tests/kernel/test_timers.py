"""A timer that two processes share."""

import os
import select
from pathlib import Path

from adapter.unix.timers import Timer


def ends(timer, seconds):
    """Does it run out within so long?"""
    return bool(select.select([timer.fileno()], [], [], seconds)[0])


def test_it_runs_out():
    """Once, for whoever has a copy of its descriptor."""
    timer = Timer.create()
    copy = Timer(os.dup(timer.fileno()))
    timer.set(0.001)
    assert ends(copy, 10)
    assert copy.ran_out()
    assert not copy.ran_out()
    assert not timer.ran_out()
    copy.close()
    timer.close()


def test_it_is_put_off_and_taken_back():
    """What was said last counts, and what had run out is forgotten."""
    timer = Timer.create()
    timer.set(0.001)
    assert ends(timer, 10)
    timer.set(60.5)
    assert not ends(timer, 0)
    timer.set(0)
    assert not timer.ran_out()
    assert "it_value: (0, 0)" in Path(f"/proc/self/fdinfo/{timer.fileno()}").read_text()
    timer.close()


def test_a_descriptor_that_is_gone():
    """Setting it is no error: an application may have closed what it does not know."""
    timer = Timer.create()
    timer.close()
    timer.set(1.0)
