"""What nobody tells is asked again and again until it is so: bounded by time, never by a number of questions, which come too fast."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(ask: Callable[[], T], so: Callable[[T], bool], *, timeout: float = 60, pause: float = 0.005) -> T:
    """What `ask` returns, once it is so; AssertionError, with what it was last, after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not so(found := ask()):
        assert time.monotonic() < deadline, f"after {timeout} s it is still {found!r}"
        time.sleep(pause)
    return found
