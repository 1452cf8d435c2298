"""`adapter ctl`: every command by whatever names the server, and an answer from those that have one."""

import json
import os
import socket
from pathlib import Path
from signal import SIGHUP, SIGTERM, SIGUSR1

import pytest

from adapter.lifecycle.commands import RELOADS, Command
from adapter.lifecycle.dialects import FIFO, SIGNALS
from kit.asked import Asked
from kit.commands import Line, Running, adapter
from kit.server import Adapter

DOORS = ("--control=control", "--fifo=fifo", "--pidfile=pid")
HARMLESS = [each for each in Command if each not in (*RELOADS, Command.STOP, Command.STOP_NOW, Command.WORKERS, Command.NOTHING)]


@pytest.fixture(scope="module")
def server() -> "object":
    """One server with every door, for all that does not end it."""
    with Adapter("hello.py", *DOORS) as running:
        running.wait_for("adapter: info: serving generation=1 ")
        yield running


@pytest.fixture(scope="module")
def plain() -> "object":
    """One without a control socket."""
    with Adapter("hello.py", "--fifo=fifo", "--pidfile=pid") as running:
        running.wait_for("adapter: info: serving generation=1 ")
        yield running


def heard(server: Adapter, command: Command, door: str, since: int) -> None:
    """Until the master has taken it in, by that door."""
    server.wait_for(rf'adapter: info: {command.value} source="?{door}', since=since)


@pytest.mark.parametrize("command", HARMLESS)
def test_every_command_by_every_door(server: Adapter, plain: Adapter, command: Command) -> None:
    """The control socket takes each; signals and letters those that they have, and what they lack is said with what they can do."""
    ran = adapter("ctl", "control", command.value, "--json", cwd=server.directory)
    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)
    assert command is Command.STATUS or answer["pid"] == server.process.pid
    by_pid = adapter("ctl", "pid", command.value, "--json", cwd=server.directory)
    assert (by_pid.returncode, sorted(json.loads(by_pid.stdout))) == (0, sorted(answer))
    letters = {row.command for row in FIFO}
    signals = {row.command for row in SIGNALS}
    for target, door, can in (("fifo", "FIFO", letters), ("pid", "signal", signals)):
        mark = plain.log.mark()
        ran = adapter("ctl", target, command.value, cwd=plain.directory)
        if command in can:
            assert (ran.returncode, ran.stderr) == (0, "")
            assert ran.stdout.startswith("wrote " if target == "fifo" else "sent ")
            heard(plain, command, door, mark)
        else:
            assert (ran.returncode, ran.stdout) == (100, "")
            assert f"cannot ask for {command.value} by the " in ran.stderr
            assert "it can ask for reload, " in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pid", "relod"), "there is no command relod: did you mean reload?"),
        (("pid", "nothing"), "there is no command nothing"),
        (("nowhere", "reload"), "cannot find nowhere: No such file or directory"),
        (("pid", "more", "--wait"), "there is nothing to wait for: more is done when it is answered"),
        (("fifo", "reload", "--wait"), "cannot wait by the FIFO fifo: it has no answer"),
        (("pid", "reload", "--wait"), "cannot wait by the pidfile pid: it has no answer"),
        (("hello.py", "reload"), "hello.py is not a pidfile"),
        (("pid", "stop", "--timeout=soon"), "--timeout: 'soon' is not a time"),
        (("pid", "stop", "3"), "stop takes no number: leave 3 out"),
        (("pid", "traceback", "all"), "'all' is no number for traceback, which takes one: a slot"),
        (("fifo", "traceback", "0"), "cannot say a number by the FIFO fifo"),
    ],
)
def test_bad_words(plain: Adapter, words: tuple[str, ...], said: str) -> None:
    """An unknown command with the nearest one, no such target, nothing to wait for, a door without answers: 100 and one line."""
    ran = adapter("ctl", *words, cwd=plain.directory)
    assert (ran.returncode, ran.stdout) == (100, "")
    assert ran.stderr.startswith(f"adapter: fatal: {said}") and ran.stderr.count("\n") == 1, ran.stderr


def test_a_pidfile_leads_to_its_own_control_socket_only(server: Adapter, plain: Adapter) -> None:
    """A socket that another server listens at by now is not asked in its stead: a signal goes to the right one."""
    with Adapter("hello.py", "--control=control", "--pidfile=pid") as robbed:
        robbed.wait_for("adapter: info: serving generation=1 ")
        path = robbed.directory / "control"
        path.unlink()
        path.symlink_to(server.directory / "control")
        mark = robbed.log.mark()
        ran = adapter("ctl", "pid", "statistics", cwd=robbed.directory)
        assert ran.stdout == f"sent USR1 to pid {robbed.process.pid}\n"
        heard(robbed, Command.STATISTICS, "signal USR1", mark)
        path.unlink()


def test_servers_that_are_gone(tmp_path: Path) -> None:
    """A socket nobody listens at, a FIFO nobody reads: 111; a pidfile of nobody: 100. Nobody is signalled, nothing waits."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "control"))
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "pid").write_text(f"{os.getpid()}\n")
    for target, code, said in (
        ("control", 111, "the server is gone"),
        ("fifo", 111, "the server is gone"),
        ("pid", 100, "is stale"),
    ):
        ran = adapter("ctl", target, "stop-now", cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (code, ""), f"{ran}"
        assert said in ran.stderr and ran.stderr.count("\n") == 1


@pytest.mark.parametrize("command", RELOADS)
def test_each_reload_can_be_waited_for(server: Adapter, command: Command) -> None:
    """Progress as the log has it, then the generation that serves; --json says the same as objects."""
    lines = adapter("ctl", "control", command.value, "--wait", cwd=server.directory).stdout.splitlines()
    assert any(line.startswith("ready worker=") for line in lines)
    generation = int(lines[-1].removeprefix("generation ").removesuffix(" serves"))
    ran = adapter("ctl", "control", command.value, "--wait", "--json", cwd=server.directory)
    *progress, last = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (last["ok"], last["generation"]) == (True, generation + 1)
    assert any(each["progress"] == "loaded" and each["fields"]["generation"] == generation + 1 for each in progress)


def test_a_stop_shows_what_is_in_flight() -> None:
    """`stop --wait` by the control socket: which slot still drains, and which request it is at; at the end the exit code."""
    server = Adapter("gated.py", *DOORS, "--workers=1")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated")
        server.log.wait_for("gated: begun")
        with Running("stop", "control", "--wait", cwd=server.directory) as waiting:
            waiting.line(r"^slot 0 drains, 1 in flight: GET /gated for \d+\.\d s$")
            (server.directory / "gate").write_bytes(b"go\n")
            assert asked.answer() == (200, b"gated\n")
            code, said = waiting.end()
            assert (code, said.splitlines()[-1]) == (0, "stopped, exit code 0")


def test_a_stop_that_cannot_be_waited_for_is_given_up() -> None:
    """--timeout: 111, the server goes on with its drain."""
    server = Adapter("gated.py", *DOORS, "--workers=1")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated")
        server.log.wait_for("gated: begun")
        ran = adapter("ctl", "control", "stop", "--timeout=200ms", cwd=server.directory)
        assert ran.returncode == 111
        assert "in time: it may still be at it" in ran.stderr
        (server.directory / "gate").write_bytes(b"go\n")
        assert asked.answer() == (200, b"gated\n")


@pytest.mark.parametrize("target", ["control", "fifo", "pid"])
def test_a_stop_by_every_door(target: str) -> None:
    """`adapter stop TARGET` ends it with 0, and all its names are gone."""
    with Adapter("hello.py", *DOORS) as server:
        server.wait_for("adapter: info: serving generation=")
        assert adapter("stop", target, cwd=server.directory).returncode == 0
        assert server.process.exit_code() == 0
        assert sorted(path.name for path in server.directory.iterdir()) == ["hello.py"]


def test_who_waits_and_does_not_read_is_let_go(server: Adapter) -> None:
    """A client that asked for progress and never reads: the reload goes on, everybody else is answered at once."""
    with Line(server.directory / "control") as line:
        mark = server.log.mark()
        for _ in range(3):
            line.say("reload", wait=True, progress=True)
        server.wait_for("adapter: info: serving generation=", since=mark)
        assert adapter("ctl", "control", "status", cwd=server.directory).returncode == 0
    mark = server.signal(SIGUSR1)
    server.wait_for("adapter: info: statistics", since=mark)


def test_uwsgi_s_dialect() -> None:
    """--signals uwsgi: TERM reloads brutally, before and after an exec too; `adapter stop` stops all the same; a reload changes the dialect."""
    server = Adapter("hello.py", "--config=adapter.toml", "--pidfile=pid")
    server.write("adapter.toml", '[adapter]\nsignals = "uwsgi"\n')
    with server:
        server.wait_for("adapter: info: serving generation=1 ")
        for generation in (2, 3):
            server.signal(SIGTERM)
            server.log.wait_for('adapter: info: reload-now source="signal TERM"', skip=generation - 2)
            server.wait_for(f"adapter: info: serving generation={generation} ")
        ran = adapter("stop", "pid", "--wait", cwd=server.directory)
        assert (ran.returncode, ran.stdout) == (0, f"pid {server.process.pid} is gone\n")
        server.log.wait_for('adapter: info: stop source="signal PWR"')
        assert server.process.exit_code() == 0
    server = Adapter("hello.py", "--config=adapter.toml")
    server.write("adapter.toml", '[adapter]\nsignals = "uwsgi"\n')
    with server:
        server.wait_for("adapter: info: serving generation=1 ")
        server.write("adapter.toml", "[adapter]\n")
        server.signal(SIGTERM)
        server.wait_for("adapter: info: serving generation=2 ")
        assert server.stop() == 0


def test_a_safe_pidfile_is_written_once_we_serve() -> None:
    """--safe-pidfile: not there while the first import runs, there when the generation serves, kept by a reload, gone at exit."""
    server = Adapter("endless_import.py", "--safe-pidfile=safe", "--pidfile=pid")
    os.mkfifo(server.directory / "gate")
    with server:
        server.wait_for("endless_import: begun")
        assert (server.directory / "pid").exists() and not (server.directory / "safe").exists()
        for generation in (1, 2):
            (server.directory / "gate").write_bytes(b"go\n")
            server.wait_for(f"adapter: info: serving generation={generation} ")
            mark = server.signal(SIGUSR1)
            server.wait_for("adapter: info: statistics", since=mark)
            assert (server.directory / "safe").read_text() == f"{server.process.pid}\n"
            if generation == 1:
                mark = server.signal(SIGHUP)
                server.wait_for("endless_import: begun", since=mark)
        assert server.stop() == 0
        assert sorted(path.name for path in server.directory.iterdir()) == ["endless_import.py", "gate"]
