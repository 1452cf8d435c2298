"""Files to touch, with a real server: each way to deploy is one reload, nothing is lost, and nobody polls."""

import os
import re
from pathlib import Path
from signal import SIGUSR1

import pytest

from kit.asked import Asked
from kit.commands import Line, adapter, facts
from kit.server import Adapter

OPTIONS = (
    "--touch-reload=touch",
    "--touch-chain-reload=chain",
    "--touch-workers-reload=workers",
    "--touch-reopen=reopen",
    "--touch-stop=halt",
)


def serving(*options: str) -> Adapter:
    """A server that watches files, of which `touch` is there; not started yet."""
    server = Adapter("environment.py", *OPTIONS, *options)
    server.write("touch", "")
    return server


def asked(server: Adapter, command: str, name: str, since: int = 0) -> None:
    """Until the master has taken in what that file asks for."""
    path = re.escape(str(server.directory / name))
    server.wait_for(rf'adapter: info: {command} source="touched {path}"', since=since)


def reloads(server: Adapter) -> int:
    """How many were asked for by files, once everything so far has been taken in."""
    mark = server.signal(SIGUSR1)
    server.wait_for("adapter: info: statistics", since=mark)
    return sum('reload source="touched' in line for line in server.log.all())


def test_each_file_has_its_command() -> None:
    """One that is there and one that comes to be: three sorts of reload, logs opened anew, and a draining stop with 0."""
    with serving("--workers=1") as server:
        server.wait_for("adapter: info: serving generation=1")
        assert any("not there yet: watched for" in line and "chain" in line for line in server.log.all())
        server.write("version", "two\n")
        os.utime(server.directory / "touch")
        asked(server, "reload", "touch")
        server.wait_for("adapter: info: serving generation=2")
        server.wait_for("adapter: info: drained worker=1 ")
        assert facts(server.address)["version"] == "two"
        (server.directory / "chain").touch()
        asked(server, "chain-reload", "chain")
        server.wait_for("adapter: info: serving generation=3")
        (server.directory / "workers").touch()
        asked(server, "workers-reload", "workers")
        server.wait_for("adapter: info: serving generation=4")
        (server.directory / "reopen").touch()
        asked(server, "reopen-logs", "reopen")
        (server.directory / "halt").touch()
        asked(server, "stop", "halt")
        assert server.process.exit_code() == 0


def test_delete_and_create_is_one_reload() -> None:
    """rm and create, a hundred times in a row, while a reload runs too: reloads follow, fewer than touches, the last state serves."""
    with serving("--workers=1") as server:
        server.wait_for("adapter: info: serving generation=1")
        path = server.directory / "touch"
        path.unlink()
        path.write_text("x")
        server.wait_for("adapter: info: serving generation=2")
        assert reloads(server) == 1
        for _ in range(100):
            path.unlink()
            path.write_text("x")
        server.wait_for("adapter: info: serving generation=3")
        assert reloads(server) <= 4


def test_a_touch_during_a_reload_is_followed_by_another() -> None:
    """Touched while the new image imports: the reload that follows sees what was deployed by then."""
    with serving("--control=control", "--workers=1") as server:
        server.wait_for("adapter: info: serving generation=1")
        os.mkfifo(server.directory / "gate")
        server.install("endless_import.py", "environment.py")
        os.utime(server.directory / "touch")
        server.wait_for("endless_import: begun")
        server.install("environment.py", "environment.py")
        os.utime(server.directory / "touch", (5, 5))
        server.wait_for("adapter: info: another change is under way")
        (server.directory / "gate").write_bytes(b"go\n")
        server.wait_for("adapter: info: serving generation=3")


def test_a_broken_deploy_by_touch_keeps_the_old_code() -> None:
    """The same transaction: a syntax error is told, the old generation serves, and the next touch is heard."""
    with serving() as server:
        address = server.address
        server.wait_for("adapter: info: serving generation=1")
        server.install("syntax_error.broken", "environment.py")
        os.utime(server.directory / "touch")
        server.wait_for("adapter: error: reload failed: .*SyntaxError")
        assert facts(address)["version"] is None
        server.install("environment.py", "environment.py")
        os.utime(server.directory / "touch", (9, 9))
        server.wait_for("adapter: info: serving generation=3")


def test_options_change_with_a_reload() -> None:
    """Which files are watched follows the configuration."""
    server = Adapter("environment.py", "--config=adapter.toml")
    server.write("adapter.toml", '[adapter]\ntouch_reload = ["one"]\n')
    with server:
        server.wait_for("adapter: info: serving generation=1")
        server.write("adapter.toml", '[adapter]\ntouch_reload = ["two"]\n')
        server.write("one", "")
        server.wait_for("adapter: info: serving generation=2")
        assert reloads(server) == 1  # so it has taken in its own commit
        server.write("one", "again")
        server.write("two", "")
        asked(server, "reload", "two")
        server.wait_for("adapter: info: serving generation=3")
        assert reloads(server) == 2


def switches(pid: int) -> int:
    """How often this process has gone to sleep by itself (proc(5), /proc/PID/status), once it sleeps."""
    told = ""
    while not re.search(r"^State:\tS", told, re.MULTILINE):  # on a busy machine it may not have come to it yet
        told = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^voluntary_ctxt_switches:\t(\d+)$", told, re.MULTILINE)
    assert found
    return int(found[1])


@pytest.mark.parametrize("options", [(), ("--fifo=fifo", "--control=control", "--pidfile=pid", *OPTIONS)])
def test_the_idle_master_sleeps(options: tuple[str, ...]) -> None:
    """While a request sleeps for two seconds the master is not woken once, whatever it listens to."""
    with Adapter("slow.py", *options) as server:
        address = server.address
        server.wait_for("adapter: info: serving generation=")
        mark = server.signal(SIGUSR1)
        server.wait_for("adapter: info: numbers", since=mark)
        sleeping = Asked(address, "/?seconds=2")
        server.log.wait_for("slow: begun")
        before = switches(server.process.pid)
        assert sleeping.answer()[0] == 200
        assert switches(server.process.pid) == before
        if options:
            with Line(server.directory / "control") as line:
                assert line.ask("status")["ok"]
            assert adapter("status", "control", cwd=server.directory).returncode == 0
            assert switches(server.process.pid) > before
