"""A stop: what is in flight finishes; what does not finish is named, shown and ended in time."""

import os
import time
from pathlib import Path
from signal import SIGHUP, SIGTERM

import pytest

from kit.asked import Asked
from kit.commands import answer, free
from kit.server import Adapter, wait_until_gone

PATIENCE = 30.0  # on top of the two seconds: this machine may be busy


def ended_in_time(server: Adapter, began: float, drain: float) -> None:
    """It exits with 0, not much later than the drain's deadline."""
    assert server.process.exit_code() == 0
    took = time.monotonic() - began
    assert drain * 0.9 < took < drain + 2 + PATIENCE, f"{took:.1f} s"


def test_a_stuck_request_is_named_and_shown() -> None:
    """At the deadline the log has the request, how long it ran, and the traceback of its thread; the server is gone in time."""
    server = Adapter("gated.py", "--drain-timeout=1")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated?x=1")
        server.log.wait_for("gated: begun")
        began = time.monotonic()
        server.signal(SIGTERM)
        ended_in_time(server, began, 1)
        assert asked.is_cut()
        server.wait_for(r'adapter: error: request cut at the drain deadline request="GET /gated\?x=1" seconds=')
        assert any("adapter: |" in line and 'gated.py", line ' in line for line in server.log.all())


def test_a_call_that_holds_the_interpreter_is_ended_too() -> None:
    """Stuck in C with the GIL held, no code of ours runs: the worker is ended all the same, in time, and shows where it was."""
    with Adapter("stuck.py", "--drain-timeout=1") as server:
        asked = Asked(server.address, "/stuck?seconds=60")
        server.log.wait_for("stuck: begun")
        began = time.monotonic()
        server.signal(SIGTERM)
        ended_in_time(server, began, 1)
        assert asked.is_cut()
        server.wait_for("adapter: error: killed at the drain deadline")
        server.wait_for("Fatal Python error: Aborted")
        server.wait_for(r'File ".*stuck\.py", line \d+ in application')


def test_a_stuck_request_does_not_hold_up_a_reload() -> None:
    """The new generation serves at once; the old worker is cut at its deadline, the request named."""
    server = Adapter("gated.py", "--drain-timeout=1")
    os.mkfifo(server.directory / "gate")
    with server:
        address = server.address
        asked = Asked(address, "/gated")
        server.log.wait_for("gated: begun")
        server.reload(SIGHUP)
        assert answer(address) == b"gated\n"
        assert asked.is_cut()
        server.wait_for('adapter: error: request cut at the drain deadline request="GET /gated"')
        wait_until_gone(server.ready()[0].pid)
        assert server.process.running


def test_the_port_is_free_when_it_has_ended() -> None:
    """Whoever starts next finds the address free, whatever connections there were."""
    with Adapter("hello.py", "--workers=2") as server:
        address = server.address
        for _ in range(5):
            answer(address)
        assert server.stop() == 0
        assert free(address)


@pytest.mark.parametrize("options", [(), ("--lazy-apps",)])
def test_no_drain_is_a_prompt_stop(options: tuple[str, ...]) -> None:
    """With --drain-timeout 0 nothing is waited for."""
    server = Adapter("gated.py", "--drain-timeout=0", *options)
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated")
        server.log.wait_for("gated: begun")
        assert server.stop() == 0
        assert asked.is_cut()


def test_it_leaves_when_idle() -> None:
    """--idle-exit: so long without a connection, it ends by itself with 0; a connection before that keeps it."""
    with Adapter("hello.py", "--workers=2", "--idle-exit=2") as server:
        assert answer(server.address) == b"hello\n"
        assert server.process.exit_code() == 0
        server.wait_for("adapter: info: idle: leaving the listener to whoever gave it to us")


# -- UNIX sockets ----------------------------------------------------------------------------------------------------------


def test_a_unix_socket_has_its_mode_and_goes_with_us() -> None:
    """--socket-mode as asked, 600 otherwise; the file is gone after the stop, and kept by a reload."""
    server = Adapter("hello.py", "--socket-mode=660", bind=("unix:app.sock",))
    path = server.directory / "app.sock"
    with server:
        server.wait_for("adapter: info: serving generation=")
        assert path.stat().st_mode & 0o777 == 0o660
        inode = path.stat().st_ino
        server.reload()
        assert path.stat().st_ino == inode
        assert server.stop() == 0
        assert not path.exists()


def test_a_unix_socket_left_by_a_killed_server_is_replaced() -> None:
    """kill -9 leaves the file; the next server takes the path over."""
    first = Adapter("hello.py", bind=("unix:app.sock",))
    with first:
        first.wait_for("adapter: info: serving generation=")
        first.process.signal(9)
        first.process.wait_alone()
        path = first.directory / "app.sock"
        assert path.exists()
        with Adapter("hello.py", bind=(f"unix:{path}",)) as second:
            second.wait_for("adapter: info: serving generation=")
            assert second.stop() == 0
        assert not path.exists()


def test_a_unix_socket_in_use_is_respected() -> None:
    """A live server's socket is not taken: 111, its holder named, the file still its."""
    with Adapter("hello.py", bind=("unix:app.sock",)) as first:
        first.wait_for("adapter: info: serving generation=")
        path = first.directory / "app.sock"
        inode = path.stat().st_ino
        with Adapter("hello.py", bind=(f"unix:{path}",), keeps_listener=True) as second:
            assert second.process.exit_code() == 111
            assert "address in use" in second.log.wait_for("adapter: fatal: .*").string
        assert path.stat().st_ino == inode


def test_a_unix_socket_that_another_has_taken_is_kept() -> None:
    """The path belongs to somebody else meanwhile: our stop leaves it alone."""
    with Adapter("hello.py", bind=("unix:app.sock",)) as first:
        first.wait_for("adapter: info: serving generation=")
        path = first.directory / "app.sock"
        path.unlink()
        Path(path).write_text("somebody else's\n")
        assert first.stop() == 0
        assert path.read_text() == "somebody else's\n"
