"""The control socket abused: nothing that comes in there stops, delays or confuses the master."""

import json
import os
import socket
from pathlib import Path
from signal import SIGHUP

import pytest

from kit.commands import Line, answer, status
from kit.server import Adapter

GARBAGE = {
    "no JSON": b"reload\n",
    "no object": b'["reload"]\n',
    "null": b"null\n",
    "no command": b"{}\n",
    "unknown command": b'{"command": "relod"}\n',
    "nothing is no command": b'{"command": "nothing"}\n',
    "command is a list": b'{"command": ["reload"]}\n',
    "command is an object": b'{"command": {}}\n',
    "no UTF-8": b"\xff\xfe\n",
    "NUL": b"\0\n",
    "empty line": b"\n",
    "nested": b"[" * 4000 + b"\n",
    "HTTP": b"GET / HTTP/1.1\n",
}


@pytest.fixture(scope="module")
def server() -> "object":
    """One server for all that does not end it."""
    with Adapter("hello.py", "--control=control") as running:
        running.wait_for("adapter: info: serving generation=")
        yield running


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_answered_and_the_connection_goes_on(server: Adapter, name: str) -> None:
    """One line back that says what is understood; the next, good line is answered."""
    with Line(server.directory / "control") as line:
        line.socket.sendall(GARBAGE[name])
        answered = line.hear()
        assert answered["ok"] is False and "reload" in answered["error"]
        assert line.ask("status")["ok"]


def test_a_huge_line_is_refused(server: Adapter) -> None:
    """A line without end is answered with its limit, and hung up on."""
    with Line(server.directory / "control") as line:
        try:
            for _ in range(64):
                line.socket.sendall(b"x" * 65536)
        except ConnectionError:
            pass  # hung up already: what it said may be lost with what it has not read
        else:
            raise AssertionError("4 MiB were taken")
    assert status(server)["whole"]


def test_lines_in_pieces_and_lines_together(server: Adapter) -> None:
    """A command byte by byte, and three in one piece: each is answered once, in order."""
    question = json.dumps({"command": "status"}).encode() + b"\n"
    with Line(server.directory / "control") as line:
        for at in range(len(question)):
            line.socket.sendall(question[at : at + 1])
        assert line.hear()["ok"]
        line.socket.sendall(question + b"rubbish\n" + question)
        assert [line.hear()["ok"] for _ in range(3)] == [True, False, True]


def test_half_a_line_and_gone(server: Adapter) -> None:
    """Whoever leaves in the midst of a command has said nothing."""
    with Line(server.directory / "control") as line:
        line.socket.sendall(b'{"command": "stop"}')
    assert status(server)["leaving"] is False


def test_a_hundred_idle_clients(server: Adapter) -> None:
    """The oldest idle ones are let go; who comes now is answered at once."""
    idle = [Line(server.directory / "control") for _ in range(100)]
    try:
        assert status(server)["whole"]
        assert idle[0].at_end()
        assert idle[-1].ask("status")["ok"]
    finally:
        for each in idle:
            each.__exit__()
    assert status(server)["whole"]


def test_many_who_wait_and_one_who_asks() -> None:
    """Sixty-four may wait for a reload that does not come to its end; one more is told so, and a question is answered at once."""
    with Adapter("hello.py", "--control=control", "--boot-timeout=300") as server:
        server.wait_for("adapter: info: serving generation=")
        control = server.directory / "control"
        os.mkfifo(server.directory / "gate")
        server.install("endless_import.py", "hello.py")
        waiting = [Line(control)]
        try:
            waiting[0].say("reload", wait=True)
            server.log.wait_for("endless_import: begun")
            for _ in range(63):
                waiting.append(Line(control))
                waiting[-1].say("reload", wait=True)
                assert status(server)["change"]  # so it is taken in before the next
            with Line(control) as one_more:
                assert one_more.ask("reload", wait=True)["error"] == "64 clients wait already: ask without wait"
            server.install("hello.py", "hello.py")
            (server.directory / "gate").write_bytes(b"go\n")
            assert waiting[0].hear()["generation"] == 2
            assert {each.hear()["generation"] for each in waiting[1:]} == {3}
        finally:
            for each in waiting:
                each.__exit__()


def ask_without_end(line: Line) -> None:
    """Until nobody listens to it."""
    for _ in range(100_000):
        line.say("status")


def test_a_client_that_does_not_read(server: Adapter) -> None:
    """Questions without end and no answer read: the master does not listen to it any more, and serves everybody else."""
    with Line(server.directory / "control") as line:
        line.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            ask_without_end(line)
        assert status(server)["whole"]
        assert answer(server.address) == b"hello\n"
        line.socket.settimeout(60)
        assert line.hear()["ok"]  # it is again, once it reads


def test_a_client_that_waits_and_leaves(server: Adapter) -> None:
    """A reload goes on although who waits for it has gone; the answer hurts nobody."""
    mark = server.log.mark()
    with Line(server.directory / "control") as line:
        line.say("reload", wait=True)
        server.wait_for(r'adapter: info: reload source="control, pid \d+"', since=mark)
    server.wait_for("adapter: info: serving generation=", since=mark)


def test_clients_are_kept_across_a_reload(server: Adapter) -> None:
    """A connection that is open during a reexec goes on afterwards."""
    with Line(server.directory / "control") as line:
        assert line.ask("status")["ok"]
        server.reload(SIGHUP)
        assert line.ask("status")["status"]["pid"] == server.process.pid


def test_it_is_for_its_owner_only(server: Adapter) -> None:
    """Mode 600."""
    assert (server.directory / "control").stat().st_mode & 0o777 == 0o600


def test_a_stale_control_socket_is_replaced_and_a_live_one_respected(tmp_path: Path) -> None:
    """A socket file that nobody listens at is taken over; one that lives stays its owner's."""
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with Adapter("hello.py", f"--control={path}") as first:
        first.wait_for("adapter: info: serving generation=")
        with Adapter("hello.py", f"--control={path}") as second:
            assert second.process.exit_code() == 111
            assert f"pid {first.process.pid}" in second.log.wait_for("adapter: fatal: .*").string
        with Line(path) as line:
            assert line.ask("status")["status"]["pid"] == first.process.pid
    assert not path.exists()


def test_a_foreign_file_in_place_of_it_is_kept() -> None:
    """Somebody put his own there meanwhile: it is not ours to remove."""
    with Adapter("hello.py", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        path = server.directory / "control"
        path.unlink()
        path.write_text("mine\n")
        assert server.stop() == 0
        assert path.read_text() == "mine\n"
