"""Pausing: all workers at once, nothing cut, clients wait, whatever happens meanwhile; and going on as if nothing had been."""

import http.client
import os
import select
from signal import SIGALRM, SIGHUP, SIGKILL, SIGTSTP, SIGUSR1

import pytest

from kit.asked import Asked
from kit.commands import adapter, facts, settled, status
from kit.load import Load
from kit.server import Adapter, wait_until_gone

DOORS = ("--control=control", "--fifo=fifo")


def ask(server: Adapter, command: str, door: str = "control") -> None:
    """By this door."""
    if door == "signal":
        server.signal(SIGTSTP)
    else:
        assert adapter("ctl", door, command, cwd=server.directory).returncode == 0


def pause(server: Adapter, command: str = "pause", door: str = "control") -> None:
    """Until no worker takes a request any more."""
    mark = server.log.mark()
    ask(server, command, door)
    server.wait_for("adapter: warning: paused: requests wait", since=mark)
    settled(server)


def resume(server: Adapter, command: str = "resume", door: str = "control") -> None:
    """Until it is so."""
    mark = server.log.mark()
    ask(server, command, door)
    server.wait_for("adapter: info: resumed", since=mark)


class Kept:
    """A connection that is kept alive."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._wire = http.client.HTTPConnection(host, int(port), timeout=60)
        assert self.answer() == b"hello\n"

    def ask(self) -> None:
        self._wire.request("GET", "/")

    def answer(self) -> bytes:
        if self._wire.sock is None:
            self.ask()
        with self._wire.getresponse() as response:
            assert response.status == 200
            return response.read()

    def waits(self) -> bool:
        """Has nothing come back?"""
        return not select.select([self._wire.sock], [], [], 0)[0]

    def close(self) -> None:
        self._wire.close()


@pytest.mark.parametrize(("command", "door"), [("pause", "control"), ("pause-toggle", "fifo"), ("pause-toggle", "signal")])
def test_everybody_waits(command: str, door: str) -> None:
    """New connections, and requests on those that are kept alive, wait and are answered after the resume; by every door."""
    with Adapter("hello.py", *DOORS, "--workers=2", "--threads=4") as server:
        kept = [Kept(server.address) for _ in range(8)]
        pause(server, command, door)
        for each in kept:
            each.ask()
        asked = [Asked(server.address, "/") for _ in range(8)]
        settled(server)
        assert all(each.waits() for each in kept) and all(each.waits() for each in asked)
        resume(server, "resume" if command == "pause" else command, door)
        assert [each.answer() for each in asked] == [(200, b"hello\n")] * 8
        assert [each.answer() for each in kept] == [b"hello\n"] * 8
        for each in kept:
            each.close()


def test_what_is_in_flight_finishes() -> None:
    """A request that the application works on is answered, though everybody else waits."""
    server = Adapter("gated.py", *DOORS, "--workers=1")
    os.mkfifo(server.directory / "gate")
    with server:
        begun = Asked(server.address, "/gated")
        server.log.wait_for("gated: begun")
        pause(server)
        later = Asked(server.address, "/gated")
        (server.directory / "gate").write_bytes(b"go\n")
        assert begun.answer() == (200, b"gated\n")
        settled(server)
        assert later.waits()
        mark = server.log.mark()
        resume(server)
        server.log.wait_for("gated: begun", since=mark)
        (server.directory / "gate").write_bytes(b"go\n")
        assert later.answer() == (200, b"gated\n")


@pytest.mark.parametrize("number", [SIGHUP, SIGALRM])
def test_it_survives_a_reload(number: int) -> None:
    """After a reload and an exec it is still paused; who waited is answered by the new generation, on the same connection."""
    with Adapter("environment.py", *DOORS, "--workers=2") as server:
        address = server.address
        server.wait_for("adapter: info: serving generation=1 ")
        pause(server)
        asked = Asked(address, "/")
        former = [each.pid for each in server.ready()]
        server.write("version", "two\n")
        server.reload(number)
        for pid in former:
            wait_until_gone(pid)
        settled(server)
        assert status(server)["paused"] and asked.waits()
        resume(server)
        assert b'"two"' in asked.answer()[1]
        assert facts(address)["version"] == "two"


def test_a_kept_connection_waits_through_a_reload() -> None:
    """A request that waits on a connection of the old generation is answered after the resume, and not before."""
    with Adapter("hello.py", *DOORS, "--workers=1") as server:
        kept = Kept(server.address)
        pause(server)
        kept.ask()
        former = server.ready()[0].pid
        server.reload(SIGHUP)
        wait_until_gone(former)
        settled(server)
        assert kept.waits()
        resume(server)
        assert kept.answer() == b"hello\n"
        kept.close()


def test_asked_twice_it_changes_nothing() -> None:
    """`pause` and `resume` say what is wanted, and are said as often as one likes; a toggle in between turns it."""
    with Adapter("hello.py", *DOORS) as server:
        server.wait_for("adapter: info: serving generation=1 ")
        for command, paused in (
            ("resume", False), ("pause", True), ("pause", True), ("pause-toggle", False), ("pause-toggle", True), ("resume", False), ("resume", False),
        ):  # fmt: skip
            ask(server, command)
            assert status(server)["paused"] is paused
        assert facts  # the server answers on the way out


def test_who_is_born_paused_waits() -> None:
    """A worker that dies is replaced by one that is paused, too, and so is one more (`more`)."""
    with Adapter("hello.py", *DOORS, "--workers=1") as server:
        address = server.address
        server.wait_for("adapter: info: serving generation=1 ")
        pause(server)
        mark = server.log.mark()
        os.kill(server.ready()[0].pid, SIGKILL)
        server.wait_for("adapter: info: ready worker=2 ", since=mark)
        ask(server, "more")
        server.wait_for("adapter: info: ready worker=3 slot=1 ", since=mark)
        asked = [Asked(address, "/") for _ in range(4)]
        settled(server)
        assert all(each.waits() for each in asked)
        resume(server)
        assert [each.answer() for each in asked] == [(200, b"hello\n")] * 4


def test_a_stop_while_paused_answers_who_was_accepted() -> None:
    """TERM: the queue of our own listener, and what waits on open connections, is answered before the end, with code 0."""
    with Adapter("hello.py", *DOORS, "--workers=2") as server:
        kept = Kept(server.address)
        pause(server)
        kept.ask()
        asked = [Asked(server.address, "/") for _ in range(4)]
        assert server.stop() == 0
        assert [each.answer() for each in asked] == [(200, b"hello\n")] * 4
        assert kept.answer() == b"hello\n"
        kept.close()


def test_status_and_log_say_so() -> None:
    """`adapter status` and its --ready, USR1's line, and each command's."""
    with Adapter("hello.py", *DOORS) as server:
        server.wait_for("adapter: info: serving generation=1 ")
        pause(server)
        ready = adapter("status", "control", "--ready", cwd=server.directory)
        assert (ready.returncode, ready.stdout) == (1, "serving, paused\n")
        mark = server.signal(SIGUSR1)
        server.wait_for("adapter: info: paused generation=1 ", since=mark)
        resume(server)
        assert adapter("status", "control", "--ready", cwd=server.directory).returncode == 0


def test_nobody_is_lost_under_load() -> None:
    """Pause and resume, again and again, under a strict client: 0 failed."""
    with Adapter("exact.py", *DOORS, "--workers=2") as server, Load(server.address) as load:
        for _ in range(5):
            pause(server)
            resume(server)
            load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
