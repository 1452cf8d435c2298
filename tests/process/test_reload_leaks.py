"""What a reload leaves behind: nothing."""

import os
from signal import SIGALRM, SIGHUP, SIGUSR1

import pytest

from kit.server import Adapter, wait_until_gone


def descriptors(server: Adapter) -> list[str]:
    """What the master has open, without the numbers that differ from one to the next of the same sort."""
    place = f"/proc/{server.process.pid}/fd"
    return sorted(os.readlink(f"{place}/{fd}").partition("[")[0] for fd in os.listdir(place))


def settled(server: Adapter, old: set[int]) -> None:
    """Those have ended, and the master knows it: it answers two questions after they were gone, so it has seen to their end."""
    for pid in old:
        wait_until_gone(pid)
    for _ in range(2):
        mark = server.signal(SIGUSR1)
        server.wait_for("adapter: info: statistics ", since=mark)


EVERY_DOOR = ("--control=control", "--fifo=fifo", "--pidfile=pid", "--safe-pidfile=safe", "--touch-reload=touch", "--watch")


@pytest.mark.parametrize("options", [(), EVERY_DOOR])
@pytest.mark.parametrize("number", [SIGHUP, SIGALRM])
def test_a_reload_leaves_nothing_behind(number: int, options: tuple[str, ...]) -> None:
    """After five reloads the master has the same descriptors as before, and as many processes below it; with every door, too."""
    with Adapter("hello.py", "--workers=2", *options) as server:
        server.wait_for("adapter: info: serving generation=")
        settled(server, set())
        before, count = descriptors(server), len(server.process.processes())
        for _ in range(5):
            old = set(server.process.processes()) - {server.process.pid}
            server.reload(number)
            settled(server, old)
        assert descriptors(server) == before
        assert len(server.process.processes()) == count, f"{server.process.processes()}"
