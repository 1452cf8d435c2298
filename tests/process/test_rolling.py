"""Workers come and go, reloads of every kind: who replaces whom, when, and what the log says of it."""

import http.client
import os
from signal import SIGKILL

import pytest

from kit.asked import Asked
from kit.commands import Line, facts, status
from kit.server import Adapter


def ask(server: Adapter, command: str, **more: object) -> dict[str, object]:
    """A command by the control socket, with its answer."""
    with Line(server.directory / "control") as line:
        return line.ask(command, **more)


def test_a_workers_reload_loads_the_code_anew() -> None:
    """New code and no new image: --surge workers at a time, each ready before an old one leaves."""
    with Adapter("environment.py", "--workers=3", "--surge=2", "--control=control") as server:
        address = server.address
        server.write("version", "two")
        mark = server.log.mark()
        answer = ask(server, "workers-reload", wait=True)
        assert (answer["ok"], answer["generation"]) == (True, 2)
        assert facts(address)["version"] == "two"
        assert not any("a new image" in line for line in server.log.all(mark))


@pytest.mark.parametrize("command", ["workers-reload-now", "reload-now"])
def test_a_brutal_reload_cuts_what_is_in_flight(command: str) -> None:
    """The request is cut and named in the log, the new code serves, the process id stays."""
    server = Adapter("gated.py", "--workers=2", "--control=control")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.address
        asked = Asked(address, "/gated")
        server.wait_for("gated: begun")
        server.install("hello.py", "gated.py")
        assert ask(server, command, wait=True)["ok"]
        assert asked.is_cut()
        server.wait_for("adapter: warning: old workers are cut before new ones start: what they hold is lost workers=2")
        server.wait_for('adapter: error: request cut at the drain deadline request="GET /gated"')
        assert Asked(address, "/").answer() == (200, b"hello\n")
        assert status(server)["pid"] == server.process.pid


def test_a_brutal_reload_of_broken_code_cuts_nothing() -> None:
    """Code that cannot be imported is refused before anybody is cut."""
    with Adapter("hello.py", "--workers=2", "--control=control") as server:
        address = server.address
        former = {each.pid for each in server.ready()}
        server.install("raises_at_import.py", "hello.py")
        assert "KeyError" in str(ask(server, "reload-now", wait=True)["error"])
        assert {each["pid"] for each in status(server)["workers"]} == former
        assert Asked(address, "/").answer() == (200, b"hello\n")


def test_a_worker_is_relieved_when_its_time_is_over() -> None:
    """--max-lifetime: another is ready in the slot before the old one drains, and the log says why."""
    with Adapter("hello.py", "--max-lifetime=300ms", "--min-lifetime=0") as server:
        address = server.address
        (first, *_) = server.ready()
        said = server.wait_for(rf"adapter: info: a worker will be relieved reason=--max-lifetime worker={first.worker} ")
        assert float(said["seconds"]) >= 0.3
        server.wait_for(rf"adapter: info: drained worker={first.worker} ")
        lines = server.log.all()
        ready = next(at for at, line in enumerate(lines) if f"info: ready worker={first.worker + 1} " in line)
        gone = next(at for at, line in enumerate(lines) if f"info: drained worker={first.worker} " in line)
        assert ready < gone
        assert Asked(address, "/").answer() == (200, b"hello\n")


def test_no_worker_is_relieved_too_early() -> None:
    """--min-lifetime goes before --max-lifetime."""
    with Adapter("hello.py", "--max-lifetime=1ms", "--min-lifetime=500ms") as server:
        said = server.wait_for("adapter: info: a worker will be relieved reason=--max-lifetime worker=1 ")
        assert float(said["seconds"]) >= 0.5


def test_a_crash_loop_is_loud_and_slow() -> None:
    """Five deaths in ten seconds, each told; then the log says how long the next start waits, and nobody is forked meanwhile."""
    with Adapter("hello.py", "--workers=1") as server:
        server.wait_for("adapter: info: serving generation=")
        for number in range(1, 6):
            pid = int(server.wait_for(rf"adapter: info: ready worker={number} ")["pid"])
            os.kill(pid, SIGKILL)
            server.wait_for(rf"adapter: error: a worker died how=.*SIGKILL.* worker={number} ")
        said = server.wait_for("adapter: error: 5 deaths in 10 s: the next start waits generation=1 seconds=")
        assert 0 < float(said["seconds"]) <= 10
        server.wait_for("adapter: info: ready worker=6 ")


def test_a_worker_is_relieved_after_so_many_requests() -> None:
    """--max-requests: the log says so, another worker answers the next ones, and no connection is closed for it."""
    with Adapter("dies_at_request.py", "--max-requests=5", "--min-lifetime=0", "--workers=1") as server:
        host, _, port = server.address.rpartition(":")
        client = http.client.HTTPConnection(host, int(port))
        answered = set()
        for _ in range(5):
            client.request("GET", "/")
            answered.add(client.getresponse().read())
        wire = client.sock
        server.wait_for(r'adapter: info: a worker will be relieved reason="\d+ requests \(--max-requests\)" worker=1 ')
        server.wait_for("adapter: info: drained worker=1 ")
        client.request("GET", "/")
        assert client.getresponse().read() not in answered
        assert client.sock is wire
        client.close()


def test_a_worker_that_has_grown_is_relieved() -> None:
    """--max-rss: the log says how much it was."""
    with Adapter("hello.py", "--max-rss=1M", "--min-lifetime=500ms", "--workers=1") as server:
        assert Asked(server.address, "/").answer()[0] == 200
        server.wait_for(r'adapter: info: a worker will be relieved reason="\d+ MiB resident \(--max-rss\)" worker=1 ')
