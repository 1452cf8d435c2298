"""Descriptors, disk and log run out: the server goes on with what it has, and says what it lacks where it can."""

import contextlib
import http.client
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGALRM, SIGCONT, SIGHUP, SIGKILL, SIGSTOP, SIGTERM, SIGUSR1

import pytest

from kit.asked import Asked
from kit.commands import Line, answer, descriptors, status
from kit.lines import shown
from kit.server import PROGRAM, Adapter, listening
from kit.tail import Tail


def limited(limit: str) -> tuple[str, ...]:
    """The program, started by a shell that has set this limit."""
    return ("/bin/sh", "-c", f'ulimit {limit}; exec {PROGRAM[0]} "$@"', "sh")


def test_more_clients_than_descriptors() -> None:
    """With room for few connections, those who got one are served, the others wait in the queue until there is room."""
    server = Adapter("hello.py", "--control=control")
    server.program = limited("-n 32")
    with server:
        address = server.address
        host, port = address.split(":")
        clients = [socket.create_connection((host, int(port)), timeout=60) for _ in range(40)]
        with contextlib.ExitStack() as stack:
            for client in clients:
                stack.enter_context(client)
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            for client in clients:
                assert client.makefile("rb").read().endswith(b"hello\n")
        assert status(server)["respawns"] == 0


def processor_seconds(pid: int) -> float:
    """How long that process has worked (proc(5), utime and stime)."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def test_the_master_short_of_descriptors_does_not_spin() -> None:
    """With none left for the control socket's clients the master neither ends nor burns the processor, and recovers."""
    with Adapter("hello.py", "--control=control", "--workers=1") as server:
        address = server.address
        master = server.process.pid
        with full(master):
            before = processor_seconds(master)
            with Line(server.directory / "control") as line:
                assert line.at_end()
            for _ in range(300):  # the clock of this test
                answer(address)
            mark = server.signal(SIGUSR1)
            server.wait_for("adapter: info: numbers ", since=mark)
            assert processor_seconds(master) - before < 0.15
        assert status(server)["whole"]


def test_a_reload_short_of_descriptors_fails_as_a_reload() -> None:
    """With none left for a preloader the reload is refused, and the old generation serves."""
    with Adapter("hello.py", "--control=control", "--workers=1") as server:
        address = server.address
        master = server.process.pid
        for number in (SIGHUP, SIGALRM):
            with full(master):
                said = server.refuse_reload(number)
                assert "Too many open files" in said and "None" not in said
                assert answer(address) == b"hello\n"
        mark = server.log.mark()
        with full(master):
            os.kill(server.ready()[0].pid, SIGKILL)
            server.wait_for("adapter: error: a worker could not be forked: .*Too many open files", since=mark)
        server.wait_for("adapter: info: ready worker=.* slot=0", since=mark)
        server.reload()
        assert answer(address) == b"hello\n"


def test_a_roll_short_of_descriptors_is_taken_back() -> None:
    """With enough for a preloader, and for one worker more, a reload fails half-way: the old generation is in every slot again."""
    with Adapter("hello.py", "--control=control", "--workers=2") as server:
        address = server.address
        with full(server.process.pid, but=6):
            said = server.refuse_reload(SIGALRM)
            assert "a worker could not be forked: no channel for it: Too many open files" in said
            assert answer(address) == b"hello\n"
        server.reload(SIGALRM)
        assert answer(address) == b"hello\n"


@contextlib.contextmanager
def full(pid: int, *, but: int = 0) -> Iterator[None]:
    """Meanwhile that process gets no new descriptor, but for so many (prlimit(2), RLIMIT_NOFILE)."""
    free = sorted(set(range(1024)) - set(descriptors(pid)))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (free[but], 4096))
    yield
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (1024, 4096))


def test_a_full_disk_loses_lines_and_nothing_else() -> None:
    """The log is on a full disk: the server starts, serves, reloads and stops as ever."""
    server = Adapter("hello.py", "--control=control", "--log-file=/dev/full")
    with server:
        said = wait_for_control(server)
        address = str(said["listeners"][0])
        assert answer(address) == b"hello\n"
        with Line(server.directory / "control") as line:
            assert line.ask("reload", wait=True)["ok"]
        assert answer(address) == b"hello\n"
        assert server.stop() == 0
        assert not listening(address)


def wait_for_control(server: Adapter) -> dict[str, object]:
    """Its status, when there is no log to wait for: connections are tried until the first reload can be waited for."""
    ran = subprocess.run(
        [sys.executable, "-c", WAIT, str(server.directory), "control"], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "there\n"
    with Line(server.directory / "control") as line:
        assert line.ask("reload", wait=True)["ok"]
        return dict(line.ask("status")["status"])


# inotify(7) by hand: the name appears in the directory; it is renamed there when it can be connected to.
WAIT = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
watch = libc.inotify_init1(0)
assert libc.inotify_add_watch(watch, os.fsencode(sys.argv[1]), 0x180) >= 0
while not os.path.exists(os.path.join(sys.argv[1], sys.argv[2])):
    os.read(watch, 4096)
print("there")
"""


@pytest.mark.parametrize("end", [SIGTERM, SIGKILL])
def test_a_dead_logger_ends_nobody(end: int) -> None:
    """The pipe's reader is gone: requests, a reload and a stop go on without a word."""
    server = Adapter("hello.py", "--control=control")
    # The cage gives it a log that lives; a shell in front puts it on a pipe whose reader will be closed.
    server.program = ("/bin/sh", "-c", f'exec {PROGRAM[0]} "$@" > {server.directory}/log 2>&1', "sh")
    os.mkfifo(server.directory / "log")
    with server:
        with (server.directory / "log").open() as log:
            said = next(line for line in log if "adapter: info: listening address=" in line)
            assert any("adapter: info: serving generation=" in line for line in log)
        address = said.partition("address=")[2].split()[0]  # from here on nobody reads
        assert answer(address) == b"hello\n"
        with Line(server.directory / "control") as line:
            assert line.ask("reload", wait=True)["ok"]
        assert answer(address) == b"hello\n"
        server.signal(end)
        assert server.process.exit_code() == (0 if end == SIGTERM else -SIGKILL)
        server.process.wait_alone()


def test_a_stopped_logger_stops_nobody() -> None:
    """The pipe's reader is stopped and the pipe full: requests, their tracebacks, a reload and commands go on; when the reader goes
    on, it is told that lines were lost.
    """
    server = Adapter("raises_at_request.py", "--control=control", "--workers=2")
    server.program = ("/bin/sh", "-c", f'exec {PROGRAM[0]} "$@" > {server.directory}/pipe 2>&1', "sh")
    os.mkfifo(server.directory / "pipe")
    kept = Tail(server.directory / "kept")
    with (server.directory / "kept").open("wb") as file:
        reader = subprocess.Popen(["cat", str(server.directory / "pipe")], stdout=file)
    try:
        with server:
            address = kept.wait_for(r"adapter: info: listening address=(\S+)")[1]
            kept.wait_for("adapter: info: serving generation=")
            reader.send_signal(SIGSTOP)
            for _ in range(200):  # several times what fits into a pipe
                assert Asked(address, "/early").answer()[0] == 500
            with Line(server.directory / "control") as line:
                assert line.ask("reload", wait=True)["ok"]
                assert line.ask("statistics")["ok"]
            for _ in range(20):  # more than there are threads: one has given a line up, not only begun to wait for room
                assert Asked(address, "/early").answer()[0] == 500
            reader.send_signal(SIGCONT)
            deadline = time.monotonic() + 60
            while not any(
                "adapter: warning: the log could not be written: lines are lost writes=" in each for each in kept.all()
            ):
                assert time.monotonic() < deadline, shown(kept.all())
                assert Asked(address, "/early").answer()[0] == 500  # until there is room, what is said is lost too
            assert server.stop() == 0
        assert reader.wait(60) == 0
    finally:
        reader.kill()
        reader.wait()
        kept.close()


# What the interpreter runs first (site): memory without a name is refused, as a sandbox may, while there is a file that says so.
REFUSING = """
import errno, os
given = os.memfd_create
def memfd_create(*words):
    if os.path.exists({path!r}):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    return given(*words)
os.memfd_create = memfd_create
"""


def refusing() -> tuple[Adapter, Path]:
    """A server, and the path of the file that has its memfd_create(2) refused."""
    server = Adapter("hello.py", "--workers=1", env={"PYTHONPATH": "site"})
    path = server.directory / "refused"
    (server.directory / "site").mkdir()
    (server.directory / "site" / "sitecustomize.py").write_text(REFUSING.format(path=str(path)))
    return server, path


def test_no_memory_without_a_name_at_the_start() -> None:
    """memfd_create(2) is refused: one sentence, and 111."""
    server, path = refusing()
    path.touch()
    with server:
        assert server.process.exit_code() == 111
        fatal = [line for line in server.log.all() if "adapter: fatal: " in line]
        assert len(fatal) == 1 and "cannot make what the workers share: Operation not permitted" in fatal[0], "\n".join(
            server.log.all()
        )


def test_no_memory_without_a_name_for_a_reload() -> None:
    """The reload is refused with one sentence, the old generation serves, and who dies is replaced as soon as there is some again."""
    server, path = refusing()
    with server:
        address = server.address
        path.touch()
        for number in (SIGHUP, SIGALRM):
            mark = server.log.mark()
            assert "Operation not permitted" in server.refuse_reload(number)
            assert sum("error: " in line for line in server.log.all(mark)) == 1
            assert answer(address) == b"hello\n"
        mark = server.log.mark()
        os.kill(server.ready()[0].pid, SIGKILL)
        server.wait_for("adapter: error: a worker could not be forked: .*Operation not permitted", since=mark)
        path.unlink()
        server.wait_for("adapter: info: ready worker=", since=mark)
        server.reload()
        assert answer(address) == b"hello\n"


def post(address: str, size: int) -> int:
    """The status for a body of so many bytes."""
    host, _, port = address.rpartition(":")
    wire = http.client.HTTPConnection(host, int(port), timeout=60)
    wire.request("POST", "/", body=bytes(size))
    status = wire.getresponse().status
    wire.close()
    return status


def fill(path: Path) -> None:
    """Until the disk is full."""
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_no_place_for_temporary_files() -> None:
    """The directory of temporary files is full, then read-only, and /dev/shm is full all the time: what does not fit into memory is
    refused with 503 and a line that says why; all else is served; a reload goes well, and new workers find another place.
    """
    server = Adapter("echo.py", "--workers=1", "--body-memory=1000", env={"TMPDIR": "tmp"})
    (server.directory / "tmp").mkdir()
    small = "mount -t tmpfs -o size=512k x tmp && mount -t tmpfs -o size=4k x /dev/shm && echo x >/dev/shm/full"
    server.program = ("unshare", "-m", "/bin/sh", "-c", f'{small} && exec {PROGRAM[0]} "$@"', "sh")  # seen by nobody else
    with server:
        address = server.address
        assert post(address, 100_000) == 200
        filled = Path(f"/proc/{server.process.pid}/root{server.directory}/tmp/filled")
        fill(filled)
        while post(address, 3000) != 503:
            fill(filled)  # the first request had not let go of its file yet
        server.wait_for('adapter: error: cannot take a request reason="cannot store its body: No space left on device"')
        assert (post(address, 100_000), post(address, 100)) == (503, 200)
        filled.unlink()
        assert post(address, 100_000) == 200
        mount = ["mount", "-o", "remount,ro", str(server.directory / "tmp")]
        deadline = time.monotonic() + 60
        while subprocess.run(["nsenter", f"--mount=/proc/{server.process.pid}/ns/mnt", *mount], check=False).returncode:
            assert time.monotonic() < deadline  # busy: the last request has not let go of its file yet, which nothing tells
        assert (post(address, 100_000), post(address, 100)) == (503, 200)
        server.wait_for('adapter: error: cannot take a request reason="cannot store its body: Read-only file system"')
        server.reload()
        server.wait_for("adapter: info: drained .*generation=1")
        assert post(address, 100_000) == 200
