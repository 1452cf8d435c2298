"""The master dies while a worker that a reload has left behind is stuck in C with the interpreter's lock: its preloader has stayed for it."""

import os
from signal import SIGKILL

from kit.asked import Asked
from kit.commands import free, listens, preloaders
from kit.server import Adapter, wait_until_gone
from kit.until import until


def left_behind(server: Adapter, asked: str, begun: str) -> tuple[str, Asked, int]:
    """The address, a request of the generation before, and the worker that has it; the next generation serves."""
    address = server.address
    under_way = Asked(address, asked)
    pid = int(server.log.wait_for(rf"stuck: {begun} pid=(\d+)")[1])
    former = set(preloaders(server))
    server.reload()
    assert set(preloaders(server)) > former
    return address, under_way, pid


def get_stuck(server: Adapter, address: str, pid: int) -> None:
    """It has heard that it should drain, and let go of the port; now it gets stuck."""
    until(lambda: listens(pid, address), lambda listening: not listening)  # no line of the log tells of it
    (server.directory / "gate").write_bytes(b"go\n")
    server.log.wait_for(f"stuck: begun pid={pid}")


def killed(server: Adapter) -> None:
    """kill -9 of the master."""
    server.process.signal(SIGKILL)
    assert server.process.exit_code() == -SIGKILL


def test_one_that_holds_the_port() -> None:
    """It was stuck before it could hear that it should drain, so it listens still: it is killed, the port is free, nobody is left."""
    with Adapter("stuck.py", "--workers=1", "--drain-timeout=30") as server:
        address, asked, pid = left_behind(server, "/stuck", "begun")
        killed(server)
        wait_until_gone(pid)
        server.wait_for(f"adapter: error: the master is gone, and a worker that does not hear it is killed .*pid={pid}")
        assert asked.is_cut()
        server.process.wait_alone()
        assert free(address)


def test_one_that_has_let_go_of_the_port_finishes() -> None:
    """It heard, and got stuck later: it is in nobody's way, so its request is finished and answered within the deadline."""
    with Adapter("stuck.py", "--workers=1", "--drain-timeout=30") as server:
        os.mkfifo(server.directory / "gate")
        address, asked, pid = left_behind(server, "/held?seconds=1", "held")
        get_stuck(server, address, pid)
        killed(server)
        assert asked.answer() == (200, b"free\n")
        server.process.wait_alone()
        assert free(address)
        assert not any("does not hear it" in line for line in server.log.all())


def test_one_that_has_let_go_of_the_port_ends_at_its_deadline() -> None:
    """It does not come back: after --drain-timeout, and a second, it is killed, and nobody is left."""
    with Adapter("stuck.py", "--workers=1", "--drain-timeout=4") as server:
        os.mkfifo(server.directory / "gate")
        address, asked, pid = left_behind(server, "/held?seconds=60", "held")
        get_stuck(server, address, pid)
        killed(server)
        server.process.wait_alone()
        assert asked.is_cut()


def test_a_preloader_goes_with_the_last_of_its_workers() -> None:
    """That of the generation before stays no longer than whom it looks after, and then there is one again."""
    with Adapter("stuck.py", "--workers=1", "--drain-timeout=30") as server:
        os.mkfifo(server.directory / "gate")
        server.wait_for("adapter: info: serving generation=1 ")
        (former,) = preloaders(server)
        _, asked, _ = left_behind(server, "/held?seconds=0.01", "held")
        assert former in preloaders(server)
        (server.directory / "gate").write_bytes(b"go\n")
        assert asked.answer() == (200, b"free\n")
        wait_until_gone(former)
        assert len(preloaders(server)) == 1
