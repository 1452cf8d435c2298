"""--ready-fd, --ready-file, --process-communication: for s6, runit's ./check, supervisord's listeners; neither too early nor for too long."""

import itertools
import json
import os
import re
from pathlib import Path
from signal import SIGKILL

import pytest

from adapter.unix import pidfiles
from kit.commands import Line, adapter, answer
from kit.server import PROGRAM, Adapter, wait_until_gone


def opened(server: Adapter, redirection: str) -> Adapter:
    """The same, started by a shell that opens a descriptor for it, as s6-supervise does."""
    server.program = ("sh", "-c", f'exec "$0" "$@" {redirection}', *PROGRAM)
    return server


@pytest.mark.parametrize("number", [3, 1])
def test_a_newline_and_the_end(number: int) -> None:
    """Nothing is said while the application is imported; then a newline, and the end: nobody else holds the descriptor."""
    server = opened(Adapter("endless_import.py", f"--ready-fd={number}"), f"{number}>ready")
    os.mkfifo(server.directory / "ready")
    os.mkfifo(server.directory / "gate")
    ready = os.open(server.directory / "ready", os.O_RDONLY | os.O_NONBLOCK)
    with server, open(ready, "rb") as told:
        server.wait_for("endless_import: begun")
        assert told.read() is None
        (server.directory / "gate").write_bytes(b"")
        os.set_blocking(ready, True)
        assert told.read() == b"\n"
        assert answer(server.addresses[0]) == b"at last\n"


@pytest.mark.parametrize(
    ("redirection", "number", "why"),
    [
        ("", 3, "there is no such descriptor; have the supervisor open it"),
        ("", 900000, "there is no such descriptor"),
        ("4</dev/null", 4, "it can only be read"),
    ],
)
def test_no_such_descriptor(redirection: str, number: int, why: str) -> None:
    """What was not opened for us ends the start with 100 and one sentence; `--check` does not look."""
    with opened(Adapter("hello.py", f"--ready-fd={number}"), redirection) as server:
        assert server.process.exit_code() == 100
        assert why in server.log.all()[-1]
        assert adapter("serve", "hello.py", "--check", f"--ready-fd={number}", cwd=server.directory).returncode == 0


def test_nobody_reads() -> None:
    """The reader is gone: one line, and we serve."""
    server = opened(Adapter("endless_import.py", "--ready-fd=9"), "9>ready")
    os.mkfifo(server.directory / "ready")
    os.mkfifo(server.directory / "gate")
    reader = os.open(server.directory / "ready", os.O_RDWR)
    with server:
        server.wait_for("endless_import: begun")
        os.close(reader)
        (server.directory / "gate").write_bytes(b"")
        assert answer(server.address) == b"at last\n"
        server.wait_for("adapter: warning: nobody reads --ready-fd")


# -- the file --------------------------------------------------------------------------------------------------------------


def settled(server: Adapter, *commands: str) -> None:
    """Ask for these, and wait until the master has gone round its loop."""
    with Line(server.directory / "control") as line:
        for command in (*commands, "status"):
            assert line.ask(command)["ok"]


def test_the_file_is_there_while_a_worker_can_answer() -> None:
    """Not while the application is imported, or paused, or after the end; with our process id; through reloads, good and bad."""
    server = Adapter("endless_import.py", "--ready-file=ready", "--control=control")
    ready = server.directory / "ready"
    os.mkfifo(server.directory / "gate")
    ready.write_text("1\n")  # a former instance was killed
    with server:
        server.wait_for("endless_import: begun")
        assert not ready.exists()
        (server.directory / "gate").write_bytes(b"")
        server.wait_for("adapter: info: serving generation=1")
        settled(server)
        assert ready.read_text() == f"{server.process.pid}\n"
        settled(server, "pause")
        assert not ready.exists()
        settled(server, "resume")
        inode = ready.stat().st_ino
        server.write("endless_import.py", "import nowhere\n")
        server.refuse_reload()
        server.install("hello.py", "endless_import.py")
        server.reload()
        settled(server)
        assert ready.stat().st_ino == inode
        assert server.stop() == 0
        assert not ready.exists()


def test_the_file_after_a_kill() -> None:
    """Left behind by kill -9, it is taken away by the next start, before anything slow."""
    with Adapter("hello.py", "--ready-file=ready", "--control=control") as server:
        ready = server.directory / "ready"
        server.wait_for("adapter: info: serving generation=1")
        settled(server)
        workers = [each.pid for each in server.ready()]
        server.process.signal(SIGKILL)
        for pid in (server.process.pid, *workers):
            wait_until_gone(pid)
        assert ready.exists()
        server.install("dies_at_import.py", "hello.py")
        assert adapter("serve", "hello.py", "--bind=127.0.0.1:0", "--ready-file=ready", cwd=server.directory).returncode
        assert not ready.exists()


def test_a_reload_can_move_the_file() -> None:
    """Another path in the configuration: the file is there, and no longer here, once the new generation serves."""
    server = Adapter("hello.py", "--config=adapter.toml", "--control=control")
    server.write("adapter.toml", '[adapter]\nready_file = "old"\n')
    with server:
        server.wait_for("adapter: info: serving generation=1")
        server.write("adapter.toml", '[adapter]\nready_file = "new"\n')
        server.reload()
        settled(server)
        assert (server.directory / "new").exists()
        assert not (server.directory / "old").exists()


@pytest.mark.parametrize("kind", ["link", "directory", "other", "held", "nowhere"])
def test_what_cannot_be_the_file(tmp_path: Path, kind: str) -> None:
    """A symbolic link (also a dangling one), a directory, somebody's text, another instance's, a place that is not: one sentence, and
    what is there stays as it is.
    """
    path, text = tmp_path / "ready", "do not touch\n"
    (tmp_path / "other").write_text(text)
    made = {
        "link": lambda: path.symlink_to("other"),
        "directory": path.mkdir,
        "other": lambda: path.write_text(text),
        "held": lambda: None,
        "nowhere": lambda: None,
    }
    made[kind]()
    asked = str(tmp_path / "no" / "ready") if kind == "nowhere" else str(path)
    held = pidfiles.claim(asked, os.getpid()) if kind == "held" else None
    done = adapter("serve", "hello.py", "--bind=127.0.0.1:0", f"--ready-file={asked}", cwd=tmp_path)
    assert done.returncode == (111 if kind == "nowhere" else 100), f"{done}"
    assert asked in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    if held is not None:
        held.release()
    assert (tmp_path / "other").read_text() == text
    assert path.is_symlink() == (kind == "link")


# -- supervisord's listeners -----------------------------------------------------------------------------------------------


def test_process_communication() -> None:
    """Each change is one event on stdout, in one write, from the image after a reload, too; a reload that failed has its reason."""
    with Adapter("hello.py", "--process-communication", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=1")
        settled(server)
        with Line(server.directory / "control") as line:
            assert line.ask("reload", wait=True)["ok"]
        settled(server)
        server.write("hello.py", "import nowhere\n")
        with Line(server.directory / "control") as line:
            assert not line.ask("workers-reload", wait=True)["ok"]
        settled(server)
        assert server.stop() == 0
        server.log.wait_for_end()
        said = re.findall(r"<!--XSUPERVISOR:BEGIN-->(.*?)<!--XSUPERVISOR:END-->", "\n".join(server.log.all()))
        told = [json.loads(each) for each in said]
        stands = [stand for stand, _ in itertools.groupby(each["adapter"] for each in told)]
        assert stands == ["starting", "ready", "reloading", "ready", "reloading", "ready", "draining", "stopping"]
        assert "nowhere" in next(each["failure"] for each in told if each["failures"])


def test_process_communication_needs_stdout() -> None:
    """With --log-file there is none."""
    with Adapter("hello.py", "--process-communication", "--log-file=log") as server:
        assert server.process.exit_code() == 100
        assert "--process-communication speaks to supervisord on stdout, which --log-file takes" in server.log.all()[-1]
