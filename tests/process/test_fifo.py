"""The Master FIFO of a real server: letters do what signals do, nobody waits, and nothing that is written harms."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from signal import SIGHUP, SIGKILL, SIGUSR1

import pytest

from kit.commands import answer, reload
from kit.server import Adapter


def serving(*options: str) -> Adapter:
    """A server with a FIFO, not started yet."""
    return Adapter("hello.py", *(options or ("--fifo=fifo",)))


def write(server: Adapter, data: bytes, name: str = "fifo") -> int:
    """Write to the FIFO in one piece; an error where that would wait. Returns the mark of the log before it."""
    mark = server.log.mark()
    fd = os.open(server.directory / name, os.O_WRONLY | os.O_NONBLOCK)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)
    return mark


def heard(server: Adapter, command: str, since: int) -> None:
    """Until the master has taken this command in, from the FIFO."""
    server.wait_for(rf'adapter: info: {command} source="FIFO {re.escape(str(server.directory))}/', since=since)


def answered(server: Adapter) -> None:
    """Until the master has answered a signal: whatever came before it has been taken in."""
    mark = server.signal(SIGUSR1)
    server.wait_for("adapter: info: statistics", since=mark)


def test_each_letter_is_done() -> None:
    """Several letters in one write, in order; `r` reloads under the same PID; `q` stops; the file is gone then."""
    with serving("--fifo=fifo", "--workers=1") as server:
        server.wait_for("adapter: info: serving generation=1")
        path = server.directory / "fifo"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        mark = write(server, b"+s\n")
        heard(server, "more", mark)
        heard(server, "statistics", mark)
        server.wait_for("adapter: info: ready worker=2 slot=1", since=mark)
        mark = write(server, b"-")
        server.wait_for("adapter: info: drained worker=2 slot=1", since=mark)
        mark = write(server, b"r\n")
        server.wait_for("adapter: info: serving generation=2", since=mark)
        mark = write(server, b"c\n")
        server.wait_for("adapter: info: serving generation=3", since=mark)
        write(server, b"q\n")
        assert server.process.exit_code() == 0
        assert not path.exists()


def test_a_writer_keeps_it_open_across_reloads() -> None:
    """A writer that holds the FIFO open works on across two reloads, the letters in between included: one inode all the time."""
    with serving() as server:
        server.wait_for("adapter: info: serving generation=1")
        path = server.directory / "fifo"
        inode = path.stat().st_ino
        writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            for generation in (2, 3):
                mark = server.log.mark()
                os.write(writer, b"rs")
                os.write(writer, b"s")  # read by whichever image is there by then
                server.wait_for(f"adapter: info: serving generation={generation} ", since=mark)
                os.write(writer, b"s")
                server.log.wait_for('statistics source="FIFO', since=mark, skip=2)
        finally:
            os.close(writer)
        assert path.stat().st_ino == inode


def test_a_shell_never_waits_while_it_boots_or_reloads() -> None:
    """`echo r >fifo` returns at once while the first import hangs, and the reload follows."""
    server = Adapter("endless_import.py", "--fifo=fifo")
    os.mkfifo(server.directory / "gate")
    with server:
        server.wait_for("endless_import: begun")
        subprocess.run(["sh", "-c", "echo r >fifo"], cwd=server.directory, check=True, timeout=30)
        heard(server, "reload", 0)
        for generation in (1, 2):
            server.log.wait_for("endless_import: begun", skip=generation - 1)
            (server.directory / "gate").write_bytes(b"go\n")
            server.wait_for(f"adapter: info: serving generation={generation}")


def test_what_is_refused_and_ignored_is_said() -> None:
    """uWSGI's letters that do nothing here leave a line with the reason."""
    with serving() as server:
        server.wait_for("adapter: info: serving generation=")
        mark = write(server, b"f")
        server.wait_for(r"adapter: warning: FIFO letter ignored: a copy would have another process id.* letter=f", since=mark)
        mark = write(server, b"EBS\n")
        server.log.wait_for("adapter: warning: FIFO letter ignored: there is no", since=mark, skip=2)


GARBAGE = {
    "a word": b"reload\n",
    "every byte": bytes(set(range(256)) - {10}),
    "a forged line": b"\x1b[2K\radapter: fatal: all is lost\n",
    "endless": b"Q" * 65536,
    "NUL": b"\0" * 100,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_does_nothing(name: str) -> None:
    """Wrong letters, words, bytes, a pipe full of Q: warnings, no command, and the next good letter is done."""
    with serving() as server:
        address = server.address
        server.wait_for("adapter: info: serving generation=")
        mark = write(server, GARBAGE[name])
        server.wait_for("adapter: warning: not understood, so nothing of it was done", since=mark)
        answered(server)
        assert answer(address) == b"hello\n"
        heard(server, "statistics", write(server, b"s\n"))
        said = server.log.all(mark)
        assert not any("source=" in line and "statistics" not in line for line in said)
        assert not any("\x1b" in line or line.startswith("adapter: fatal") for line in said)
        assert sum("not understood" in line for line in said) <= len(GARBAGE[name]) / 4096 + 1


def test_slots() -> None:
    """A digit makes another FIFO the active one: the former's file is gone, the choice outlives a reload; a slot that is none is said."""
    with serving("--fifo=new", "--fifo=running", "--fifo=sleeping") as server:
        server.wait_for("adapter: info: serving generation=1")
        mark = write(server, b"1s", "new")
        server.wait_for("adapter: info: listening at the FIFO slot=1", since=mark)
        heard(server, "statistics", mark)
        assert [path.name for path in server.directory.glob("*n*") if path.is_fifo()] == ["running"]
        reload(server)
        mark = write(server, b"9\n", "running")
        server.wait_for("adapter: warning: there is no such FIFO slot slot=9 slots=3", since=mark)
        heard(server, "statistics", write(server, b"s", "running"))
        write(server, b"2", "running")
        server.wait_for("adapter: info: listening at the FIFO slot=2")
        mark = server.log.mark()
        os.mkdir(server.directory / "new")
        write(server, b"0", "sleeping")
        server.wait_for("adapter: error: cannot make the FIFO .*/new: something else is in its place", since=mark)
        heard(server, "statistics", write(server, b"s", "sleeping"))


@pytest.mark.parametrize("instead", ["nothing", "a file", "another FIFO"])
def test_a_fifo_that_was_taken_away(instead: str) -> None:
    """Removed: the next reload makes it anew. Replaced: an error line, what is there is kept, the service goes on; also at exit."""
    with serving() as server:
        address = server.address
        server.wait_for("adapter: info: serving generation=")
        path = server.directory / "fifo"
        path.unlink()
        reader = -1
        if instead == "a file":
            path.write_text("mine\n")
        elif instead == "another FIFO":
            os.mkfifo(path)
            reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        mark = server.log.mark()
        server.reload(SIGHUP)
        if instead == "nothing":
            server.wait_for("adapter: info: drained", since=mark)
            heard(server, "statistics", write(server, b"s"))
        else:
            server.wait_for("adapter: error: (cannot make )?the FIFO ", since=mark)
        assert answer(address) == b"hello\n"
        assert server.stop() == 0
        assert path.exists() == (instead != "nothing")
        if reader >= 0:
            os.close(reader)


def test_a_vanished_directory() -> None:
    """Its directory is gone: an error line at the next reload, and the service goes on."""
    server = serving("--fifo={directory}/run/fifo")
    run = server.directory / "run"
    run.mkdir()
    with server:
        address = server.address
        server.wait_for("adapter: info: serving generation=")
        shutil.rmtree(run)
        mark = server.log.mark()
        server.reload(SIGHUP)
        server.wait_for("adapter: error: cannot make the FIFO .*: there is no such directory", since=mark)
        assert answer(address) == b"hello\n"


@pytest.mark.parametrize("there", ["a file", "a link"])
def test_a_path_that_is_not_its_own_ends_the_start(there: str) -> None:
    """At the first start it is an error with a sentence: exit code 100, nothing touched."""
    server = serving()
    path = server.directory / "fifo"
    if there == "a link":
        path.symlink_to("/dev/null")
    else:
        path.write_text("mine\n")
    with server:
        assert server.process.exit_code() == 100
        server.log.wait_for(f"adapter: fatal: .*FIFO {path}")
        assert path.is_symlink() or path.read_text() == "mine\n"


def test_a_dead_servers_fifo_is_taken_over(tmp_path: Path) -> None:
    """kill -9 leaves the file; the next server has it, a second living one is refused by name."""
    path = tmp_path / "fifo"
    with serving(f"--fifo={path}") as first:
        first.wait_for("adapter: info: serving generation=")
        first.process.signal(SIGKILL)
        first.process.wait_alone()
        inode = path.stat().st_ino
        with serving(f"--fifo={path}") as second:
            second.wait_for("adapter: info: serving generation=")
            assert path.stat().st_ino == inode
            with serving(f"--fifo={path}") as third:
                assert third.process.exit_code() == 100
                third.log.wait_for(rf"adapter: fatal: the FIFO .* is in use: pid {second.process.pid}, adapter reads from it")


def test_the_pidfile_is_written_again() -> None:
    """`P` and every reload write it where somebody removed it; one that somebody replaced by his own is left alone, and said."""
    with serving("--fifo=fifo", "--pidfile=pid") as server:
        server.wait_for("adapter: info: serving generation=")
        pid = server.directory / "pid"
        pid.unlink()
        write(server, b"P")
        heard(server, "write-pidfile", 0)
        answered(server)
        assert pid.read_text() == f"{server.process.pid}\n"
        pid.unlink()
        server.reload(SIGHUP)
        answered(server)
        assert pid.read_text() == f"{server.process.pid}\n"
        pid.unlink()
        pid.write_text("not a number\n")
        mark = write(server, b"P")
        server.wait_for("adapter: error: .*/pid is not a pidfile", since=mark)
        assert server.stop() == 0
        assert pid.read_text() == "not a number\n"
