"""What a test asks of a running server and of its processes: single answers, the `adapter` command, the control socket, /proc."""

import contextlib
import json
import os
import re
import socket
import subprocess
from pathlib import Path
from signal import SIGHUP, SIGUSR1
from typing import Any, Self

from kit.asked import Asked
from kit.server import PROGRAM, Adapter, wait_until_gone


def answer(address: str, path: str = "/") -> bytes:
    """The body of the answer to a GET on a connection of its own, which must be a 200."""
    status, body = Asked(address, path).answer()
    assert status == 200, body
    return body


def facts(address: str, path: str = "/") -> dict[str, Any]:
    """The same, of an application that answers with JSON."""
    return dict(json.loads(answer(address, path)))


def free(address: str) -> bool:
    """Whether that TCP address can be bound and listened to right now."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_server((host, int(port))).close()
    except OSError:
        return False
    return True


def adapter(*words: str, cwd: Path, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
    """Run `adapter WORDS…` to its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ADAPTER_")}
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=cwd,
        env=clean,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Running:
    """`adapter WORDS…`, begun and not waited for yet."""

    def __init__(self, *words: str, cwd: Path) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def line(self, pattern: str) -> str:
        """Read until a line of its output matches, and return that; what was read before is not told again."""
        assert self._process.stdout
        for line in self._process.stdout:
            if re.search(pattern, line):
                return line
        raise AssertionError(f"it ended without a line like {pattern!r}")

    def end(self, timeout: float = 60) -> tuple[int, str]:
        """Wait for its end: exit code, and what it said."""
        said = self._process.communicate(timeout=timeout)[0]
        return self._process.returncode, said


class Line:
    """A connection to the control socket, as a program of the operator's would have it."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.settimeout(60)  # not before: a full queue would be an error at once
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.socket.close()

    def say(self, command: str, **more: object) -> None:
        """One command; its answer is not waited for."""
        self.socket.sendall(json.dumps({"command": command, **more}).encode() + b"\n")

    def hear(self) -> dict[str, Any]:
        """The next answer."""
        line = self._file.readline()
        assert line.endswith(b"\n"), f"hung up on: {line!r}"
        return dict(json.loads(line))

    def ask(self, command: str, **more: object) -> dict[str, Any]:
        """One command and its answer."""
        self.say(command, **more)
        return self.hear()

    def at_end(self) -> bool:
        """Wait for the next line: was it the end of file?"""
        try:
            return self._file.readline() == b""
        except ConnectionError:
            return True


def reload(server: Adapter, number: int = SIGHUP) -> None:
    """A reload, waited for until nobody of the former generation is left: until then one may still take a connection."""
    former = set(server.process.processes()) - {server.process.pid}
    server.reload(number)
    for pid in former:
        wait_until_gone(pid)


def status(server: Adapter) -> dict[str, Any]:
    """The record of `adapter status`, of a server with --control=control."""
    with Line(server.directory / "control") as line:
        return dict(line.ask("status")["status"])


def settled(server: Adapter) -> None:
    """Until every ready worker has said its numbers: whatever it was told before, it has taken in."""
    workers = [each for each in status(server)["workers"] if each["stage"] == "ready"]
    mark = server.signal(SIGUSR1)
    for each in workers:
        server.wait_for(rf"adapter: info: numbers .*worker={each['id']} ", since=mark)


def descriptors(pid: int) -> dict[int, str]:
    """What a process has open, by number."""
    found = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[int(entry.name)] = str(entry.readlink())
        except FileNotFoundError:
            continue  # closed meanwhile
    return found


def listens(pid: int, address: str) -> bool:
    """Whether this process has a listening socket of that TCP address open."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[1].endswith(port) and row[3] == "0A"}
    return any(re.fullmatch(r"socket:\[(\d+)\]", name) and name[8:-1] in inodes for name in descriptors(pid).values())


def parent(pid: int) -> int:
    """Its parent (proc(5), /proc/PID/stat)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def preloaders(server: Adapter) -> list[int]:
    """The children of the master that are no worker."""
    below = server.process.processes()
    workers = {each.pid for each in server.ready()}  # asked later: whoever is there then has said it
    found = []
    for pid in set(below) - workers - {server.process.pid}:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            found += [pid] if parent(pid) == server.process.pid else []
    return sorted(found)
