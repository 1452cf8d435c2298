"""Log files under a running server: renamed by somebody or by us, and opened anew by every process, without losing a line."""

import os
import threading
import time
from pathlib import Path
from signal import SIGALRM, SIGHUP, SIGKILL
from types import TracebackType
from typing import Self

import pytest

from kit.asked import Asked
from kit.commands import Line, answer, descriptors, preloaders, status
from kit.lines import Lines
from kit.pythons import NOBODY
from kit.server import Adapter
from kit.tail import Tail


class Logged(Adapter):
    """A server with --log-file; its `log` is that file, through every renaming."""

    def __init__(self, app: str, *options: str) -> None:
        super().__init__(app, "--log-file=web.log", "--control=control", *options)
        self.file = self.directory / "web.log"
        self._tail: Tail

    def __enter__(self) -> Self:
        self._tail = Tail(self.file)
        return super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._tail.close()

    @property
    def log(self) -> Lines:
        """The file's lines."""
        return self._tail

    def ask(self, command: str) -> int:
        """By the control socket; returns the mark of the log before."""
        mark = self.log.mark()
        with Line(self.directory / "control") as line:
            assert line.ask(command)["ok"]
        return mark

    def wait_until_all_write_to(self, path: Path) -> None:
        """Until 1 and 2 of every process are that file. Asked again and again, the master being busy with us in between."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if all(outputs(pid) <= {str(path)} for pid in self._ours()):
                return
            status(self)
        raise AssertionError({pid: outputs(pid) for pid in self._ours()})

    def _ours(self) -> list[int]:
        alive = self.process.processes()
        return [self.process.pid, *preloaders(self), *(each.pid for each in self.ready() if each.pid in alive)]


def outputs(pid: int) -> set[str]:
    """What its descriptors 1 and 2 are; nothing when it has ended."""
    try:
        found = descriptors(pid)
    except FileNotFoundError:
        return set()
    return {found[fd] for fd in (1, 2) if fd in found}


def aside(server: Logged) -> list[Path]:
    """The files that the server has set aside, in their order."""
    return sorted(server.directory.glob("web.log.*Z*"))


@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)], ids=["preloaded", "lazy"])
def test_renamed_and_opened_anew(lazy: tuple[str, ...]) -> None:
    """After mv and reopen-logs the master, the preloader, the workers, those born later, and what the application prints write to
    the new file; nothing more comes to the old one.
    """
    with Logged("printing.py", "--workers=2", *lazy) as server:
        address = server.address
        server.file.rename(server.directory / "web.log.1")
        mark = server.ask("reopen-logs")
        server.wait_for("adapter: info: log files opened anew files=1", since=mark)
        server.wait_until_all_write_to(server.file)
        old = (server.directory / "web.log.1").read_bytes()
        os.kill(server.ready()[0].pid, SIGKILL)
        server.wait_for("adapter: info: ready worker=", since=mark)
        server.wait_until_all_write_to(server.file)
        answer(address)
        server.log.wait_for("^written to fd 1 at request$", since=mark)
        server.reload()
        server.wait_until_all_write_to(server.file)
        assert (server.directory / "web.log.1").read_bytes() == old


def test_rotated() -> None:
    """rotate-logs, or L, renames the file with the time in UTC, twice in a second too, and everybody goes on in a new one."""
    with Logged("hello.py", "--workers=2", "--fifo=fifo") as server:
        assert server.address
        for number in range(1, 4):
            mark = server.log.mark()
            if number == 2:
                (server.directory / "fifo").write_text("L\n")
            else:
                server.ask("rotate-logs")
            server.wait_for("adapter: info: log files opened anew files=1", since=mark)
            server.wait_until_all_write_to(server.file)
            assert len(aside(server)) == number
        assert "adapter: info: starting" in aside(server)[0].read_text()
        assert "adapter: info: starting" not in server.file.read_text()
        for old in aside(server):
            assert old.read_text().splitlines()[-1].endswith(f"log file set aside path={server.file} now={old}")


def test_where_the_file_cannot_be_opened_the_old_one_goes_on() -> None:
    """The name is a directory, or a link: reopen-logs and rotate-logs say so, in the file that everybody keeps."""
    with Logged("hello.py") as server:
        address = server.address
        kept = server.directory / "kept"
        server.file.rename(kept)
        for make, why in ((os.mkdir, "Is a directory"), (lambda path: os.symlink("kept", path), "Too many levels")):
            make(server.file)
            for command, says in (("reopen-logs", why), ("rotate-logs", "not a regular file")):
                server.ask(command)
                with_it = Tail(kept)
                try:
                    with_it.wait_for(f"adapter: error: cannot .*{says}")
                finally:
                    with_it.close()
            assert answer(address) == b"hello\n"
            assert descriptors(server.process.pid)[2] == str(kept)
            (os.rmdir if server.file.is_dir() and not server.file.is_symlink() else os.unlink)(server.file)
        server.ask("reopen-logs")
        server.wait_for("adapter: info: log files opened anew files=1")
        server.wait_until_all_write_to(server.file)


def test_workers_without_privileges() -> None:
    """Only root may write to the directory, and workers are nobody: they are given the new file by the master."""
    server = Logged("hello.py", "--workers=2", f"--uid={NOBODY}", f"--gid={NOBODY}")
    server.directory.chmod(0o755)
    with server:
        assert server.address
        server.ask("rotate-logs")
        server.wait_until_all_write_to(server.file)
        assert server.file.stat().st_uid == os.getuid()


def test_no_file_no_reopening() -> None:
    """Without --log-file the streams are the supervisor's: the command says so and changes nothing."""
    with Adapter("hello.py", "--control=control") as server:
        assert server.address
        before = descriptors(server.process.pid)[2]
        with Line(server.directory / "control") as line:
            assert line.ask("rotate-logs")["ok"]
        server.wait_for("adapter: info: no log file to open anew")
        assert descriptors(server.process.pid)[2] == before


def test_another_file_after_a_reload() -> None:
    """A reload with another --log-file: reopen-logs follows the file of the generation that serves."""
    server = Logged("hello.py", "--config=adapter.toml")
    server._words.remove("--log-file=web.log")
    server.write("adapter.toml", '[adapter]\nlog_file = "web.log"\n')
    with server:
        assert server.address
        server.write("adapter.toml", '[adapter]\nlog_file = "other.log"\n')
        server.signal(SIGHUP)
        other = Tail(server.directory / "other.log")
        try:
            other.wait_for("adapter: info: serving generation=2")
            (server.directory / "other.log").rename(server.directory / "other.log.1")
            server.ask("reopen-logs")
            other.wait_for("adapter: info: log files opened anew")
            assert descriptors(server.process.pid)[2] == str(server.directory / "other.log")
        finally:
            other.close()


PRINTS = """
import itertools, os
numbers = itertools.count()

def application(environ, start_response):
    os.write(1, f"said {os.getpid()} {next(numbers)} {environ['QUERY_STRING']}\\n".encode())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\\n"]
"""


def test_rotated_under_load_nothing_is_lost() -> None:
    """While files are rotated and workers replaced, each request's line is in exactly one of the files, whole."""
    server = Logged("prints:application", "--workers=2")
    server.write("prints.py", PRINTS)
    with server:
        address = server.address
        asked: list[str] = []
        enough = threading.Event()

        def visit(name: str) -> None:
            for number in range(100_000):
                if enough.is_set():
                    return
                assert Asked(address, f"/?{name}-{number}").answer()[0] == 200
                asked.append(f"{name}-{number}")

        visitors = [threading.Thread(target=visit, args=(name,)) for name in ("a", "b", "c")]
        for each in visitors:
            each.start()
        for number in range(10):
            mark = server.ask("rotate-logs")
            server.wait_for("adapter: info: log files opened anew files=1", since=mark)
            if number == 5:
                server.reload(SIGALRM)
            seen = len(asked)
            while len(asked) < seen + 20 and all(each.is_alive() for each in visitors):
                answer(address)
        enough.set()
        for each in visitors:
            each.join()
        assert len(asked) >= 200
        assert server.stop() == 0
        lines = [line for path in (*aside(server), server.file) for line in path.read_text().splitlines()]
        printed = [line.split(" ")[3] for line in lines if line.startswith("said ")]
        assert sorted(each for each in printed if each) == sorted(asked)
