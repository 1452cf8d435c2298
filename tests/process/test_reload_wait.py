"""`adapter reload`, `stop` and `status`: what they wait for, what they say, and how they exit."""

import os
import signal
from signal import SIGHUP, SIGSTOP

import pytest

from kit.commands import Line, Running, adapter, facts, reload, status
from kit.server import Adapter


def begin_import(server: Adapter, name: str) -> None:
    """From here on that application's import waits at the gate."""
    if not (server.directory / "gate").exists():
        os.mkfifo(server.directory / "gate")
    server.install("endless_import.py", name)


def let_go(server: Adapter) -> None:
    """Open the gate."""
    (server.directory / "gate").write_bytes(b"go\n")


def test_it_returns_when_the_new_generation_serves() -> None:
    """`adapter reload CONTROL --wait` exits with 0 and names the generation; without --wait it returns at once, with 0."""
    with Adapter("environment.py", "--control=control", "--pidfile=pid") as server:
        server.wait_for("adapter: info: serving generation=")
        ran = adapter("reload", "control", "--wait", cwd=server.directory)
        assert (ran.returncode, ran.stderr) == (0, "")
        *progress, last = ran.stdout.splitlines()
        assert last == "generation 2 serves"
        assert progress[0].startswith("reload source=control, pid ")
        assert any(line.startswith("ready worker=2 slot=0 generation=2") for line in progress)
        assert status(server)["generation"] == 2
        for number, target in ((3, "control"), (4, "pid")):
            ran = adapter("reload", target, cwd=server.directory)
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"asked for reload, pid {server.process.pid}\n", "")
            server.wait_for(f"adapter: info: serving generation={number} ")


def test_it_prints_why_the_new_generation_failed() -> None:
    """Exit code 1, one sentence, and the application's traceback, marked; the old generation serves."""
    with Adapter("hello.py", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        server.install("raises_at_import.py", "hello.py")
        ran = adapter("reload", "control", "--wait", cwd=server.directory)
        first, *rest = ran.stderr.splitlines()
        assert ran.returncode == 1
        assert "KeyError" not in ran.stdout
        assert first.startswith("adapter: error: reload failed: the application hello.py could not be imported: KeyError")
        assert "adapter: | KeyError: 'DATABASE_URL'" in rest
        assert all(line.startswith("adapter: | ") for line in rest)
        assert status(server)["generation"] == 1


def test_it_prints_why_the_preflight_failed() -> None:
    """A config that is invalid now: exit code 1 and its sentence, although nothing was replaced."""
    server = Adapter("hello.py", "--control=control", "--config=adapter.toml")
    server.write("adapter.toml", "[adapter]\n")
    with server:
        server.wait_for("adapter: info: serving generation=")
        server.write("adapter.toml", "[adapter]\nworkrs = 2\n")
        ran = adapter("reload", "control", "--wait", cwd=server.directory)
        assert ran.returncode == 1
        assert "there is no option workrs: did you mean workers?" in ran.stderr


def test_waiting_ends_at_its_timeout() -> None:
    """With --timeout the command gives up with 111; the reload itself goes on."""
    with Adapter("hello.py", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        begin_import(server, "hello.py")
        ran = adapter("reload", "control", "--wait", "--timeout=1", cwd=server.directory)
        assert ran.returncode == 111
        assert "no answer from control in time" in ran.stderr
        server.log.wait_for("endless_import: begun")
        let_go(server)
        server.wait_for("adapter: info: serving generation=2")


def test_several_wait_for_the_same_reload_and_the_next() -> None:
    """Who asks while a reload runs is answered by the one that follows, whose code is newer than the question."""
    with Adapter("environment.py", "--control=control") as server:
        address = server.address
        control = server.directory / "control"
        begin_import(server, "environment.py")
        with Line(control) as first, Line(control) as second, Line(control) as third:
            first.say("reload", wait=True)
            server.log.wait_for("endless_import: begun")
            second.say("reload", wait=True)
            third.say("reload", wait=True)
            server.log.wait_for("another change is under way", skip=1)
            server.install("environment.py", "environment.py")
            let_go(server)
            assert first.hear() == {"ok": True, "error": "", "detail": "", "generation": 2}
            assert [each.hear()["generation"] for each in (second, third)] == [3, 3]
        server.wait_for("adapter: info: drained .*generation=2 ")
        assert facts(address)["version"] is None


def test_a_waiter_hears_of_its_own_reload_only() -> None:
    """The running reload fails: who asked for it hears that; who asked later hears that the next one serves."""
    with Adapter("hello.py", "--control=control", "--boot-timeout=20") as server:
        server.wait_for("adapter: info: serving generation=")
        control = server.directory / "control"
        begin_import(server, "hello.py")
        with Line(control) as first, Line(control) as second:
            first.say("reload", wait=True)
            pid = int(server.log.wait_for(r"endless_import: begun pid=(\d+)")[1])
            second.say("reload", wait=True)
            server.log.wait_for("another change is under way")
            server.install("hello.py", "hello.py")
            os.kill(pid, signal.SIGKILL)
            answer = first.hear()
            assert (answer["ok"], answer["error"]) == (False, "the preloader died: killed by signal 9 (SIGKILL)")
            answer = second.hear()
            assert (answer["ok"], answer["generation"]) == (True, 3)


@pytest.mark.parametrize("command", ["stop", "stop-now"])
def test_a_stop_answers_who_waits(command: str) -> None:
    """Whoever waits for a reload, or for the one after it, is told that the server was asked to stop."""
    with Adapter("hello.py", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        control = server.directory / "control"
        begin_import(server, "hello.py")
        with (
            Line(control) as first,
            Line(control) as second,
            Running("reload", "control", "--wait", cwd=server.directory) as third,
        ):
            server.log.wait_for("endless_import: begun")
            first.say("reload", wait=True)
            server.log.wait_for("another change is under way")
            assert second.ask(command)["ok"]
            assert first.hear()["error"] == "the server was asked to stop"
            code, said = third.end()
            assert code == 1
            assert said.endswith("adapter: error: reload failed: the server was asked to stop\n")
        assert server.process.exit_code() == 0


def test_a_killed_server_is_told_as_lost() -> None:
    """kill -9 of the master while someone waits: 111 and a sentence."""
    with Adapter("hello.py", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        begin_import(server, "hello.py")
        with Running("reload", "control", "--wait", cwd=server.directory) as waiting:
            server.log.wait_for("endless_import: begun")
            server.process.signal(signal.SIGKILL)
            code, said = waiting.end()
            assert code == 111
            assert said.endswith("adapter: fatal: lost the server at control: it ended before it answered\n")
        server.process.wait_alone()
        ran = adapter("status", "control", cwd=server.directory)
        assert (ran.returncode, ran.stderr) == (111, "adapter: fatal: nobody listens at control: the server is gone\n")


@pytest.mark.parametrize("target", ["control", "pid"])
def test_stop_waits_for_the_end(target: str) -> None:
    """`adapter stop TARGET --wait` returns with 0 when the process is gone, and its files with it."""
    with Adapter("hello.py", "--control=control", "--pidfile=pid") as server:
        server.wait_for("adapter: info: serving generation=")
        ran = adapter("stop", target, "--wait", cwd=server.directory)
        assert (ran.returncode, ran.stdout.splitlines()[-1], ran.stderr) == (0, "stopped, exit code 0", "")
        assert server.process.exit_code() == 0
        assert sorted(path.name for path in server.directory.iterdir()) == ["hello.py"]


def test_stop_gives_up_at_its_timeout() -> None:
    """A server that does not go (here: SIGSTOP holds a worker) is named with its pid, and 111."""
    with Adapter("hello.py", "--pidfile=pid", "--drain-timeout=2") as server:
        server.wait_for("adapter: info: serving generation=")
        os.kill(server.ready()[0].pid, SIGSTOP)
        ran = adapter("stop", "pid", "--wait", "--timeout=0.5", cwd=server.directory)
        assert ran.returncode == 111
        assert f"pid {server.process.pid} still runs after 0.5 s" in ran.stderr
        assert server.process.exit_code() == 0


def test_the_status_is_told() -> None:
    """`adapter status` names the generation, the listeners and each worker; --json is the whole record."""
    with Adapter("hello.py", "--control=control", "--workers=2") as server:
        address = server.address
        reload(server, SIGHUP)
        said = adapter("status", "control", cwd=server.directory).stdout
        assert f"pid {server.process.pid} " in said
        assert address in said
        assert "workers 2/2," in said and said.count(" ready   ") == 2
        assert '"reloads": 1' in adapter("status", "control", "--json", cwd=server.directory).stdout


def test_a_stranger_at_the_control_path_is_no_traceback() -> None:
    """Somebody else's socket, who answers what is no answer: one sentence."""
    with Adapter("hello.py", "--bind=unix:web.sock", "--keepalive-timeout=1") as server:
        server.wait_for("adapter: info: serving generation=")
        ran = adapter("status", "web.sock", cwd=server.directory)
        assert ran.returncode in (100, 111)
        assert ran.stderr.count("\n") == 1 and ran.stderr.startswith("adapter: fatal: "), ran.stderr
