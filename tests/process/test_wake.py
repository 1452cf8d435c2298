"""Waking requests that are blocked in a system call."""

import os
from collections.abc import Callable
from signal import SIGWINCH

import pytest

from kit.asked import Asked
from kit.commands import Line
from kit.server import Adapter
from kit.until import until


def wake(server: Adapter, door: str) -> None:
    """By that door."""
    if door == "signal":
        server.signal(SIGWINCH)
        return
    with Line(server.directory / "control") as line:  # not by the command, whose start the sleeper might not outlast
        assert line.ask("wake")["ok"]


def until_woken(asked: list[Asked], again: Callable[[], None]) -> None:
    """Woken until they are answered: a call that has begun may not have come to its system call yet."""

    def answered() -> bool:
        again()
        return not any(each.waits() for each in asked)

    until(answered, bool, pause=0.2)


@pytest.mark.parametrize("door", ["signal", "control"])
def test_a_blocked_request_is_woken(door: str) -> None:
    """WINCH and the command `wake` end a C library's system call in each thread; Python's own sleep goes on; nobody dies of it."""
    with Adapter("blocked.py", "--control=control", "--workers=1", "--threads=4") as server:
        asked = [Asked(server.address, path) for path in ("/", "/", "/?sleep")]
        server.log.wait_for("blocked: begun", skip=2)
        mark = server.log.mark()
        until_woken(asked[:2], lambda: wake(server, door))
        server.wait_for(
            "adapter: info: interrupted what requests are in calls=[23]", since=mark
        )  # who sleeps may have slept enough
        assert [each.answer() for each in asked] == [(200, b"EINTR\n")] * 2 + [(200, b"slept enough\n")]
        assert server.ready()[0].pid in server.process.processes()


def test_a_signal_to_the_group_interrupts_nothing_by_itself() -> None:
    """A WINCH that reaches the workers, as a terminal sends it to all, is not taken for the master's order."""
    with Adapter("blocked.py", "--workers=1") as server:
        asked = Asked(server.address, "/")
        server.log.wait_for("blocked: begun")
        os.kill(server.ready()[0].pid, SIGWINCH)
        mark = server.log.mark()
        until_woken([asked], lambda: wake(server, "signal"))
        server.wait_for("adapter: info: interrupted what requests are in calls=1", since=mark)
        assert asked.answer() == (200, b"EINTR\n")
