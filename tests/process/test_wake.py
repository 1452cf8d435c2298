"""Waking requests that are blocked in a system call."""

import os
from signal import SIGWINCH

import pytest

from kit.asked import Asked
from kit.commands import Line
from kit.server import Adapter


@pytest.mark.parametrize("door", ["signal", "control"])
def test_a_blocked_request_is_woken(door: str) -> None:
    """WINCH and the command `wake` end a C library's system call in each thread; Python's own sleep goes on; nobody dies of it."""
    with Adapter("blocked.py", "--control=control", "--workers=1", "--threads=4") as server:
        asked = [Asked(server.address, path) for path in ("/", "/", "/?sleep")]
        server.log.wait_for("blocked: begun", skip=2)
        mark = server.log.mark()
        if door == "signal":
            server.signal(SIGWINCH)
        else:
            with Line(server.directory / "control") as line:  # not by the command, whose start the sleeper might not outlast
                assert line.ask("wake")["ok"]
        server.wait_for("adapter: info: interrupted what requests are in calls=3", since=mark)
        assert [each.answer() for each in asked] == [(200, b"EINTR\n")] * 2 + [(200, b"slept enough\n")]
        assert server.ready()[0].pid in server.process.processes()


def test_a_signal_to_the_group_interrupts_nothing_by_itself() -> None:
    """A WINCH that reaches the workers, as a terminal sends it to all, is not taken for the master's order."""
    with Adapter("blocked.py", "--workers=1") as server:
        asked = Asked(server.address, "/")
        server.log.wait_for("blocked: begun")
        os.kill(server.ready()[0].pid, SIGWINCH)
        mark = server.signal(SIGWINCH)
        server.wait_for("adapter: info: interrupted what requests are in calls=1", since=mark)
        assert asked.answer() == (200, b"EINTR\n")
