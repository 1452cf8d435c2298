"""The access log's file is full, or its reader stopped or dead: requests do not notice, the log tells, nothing is lost silently."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

from kit.commands import Line, answer, status
from kit.server import PROGRAM, Adapter

ENOUGH = 12_000  # more than may wait, and than a pipe holds


@contextmanager
def piped() -> Iterator[tuple[Adapter, "subprocess.Popen[bytes]"]]:
    """A server with its access log on stdout, a pipe that cat(1) reads into the file `kept`."""
    server = Adapter("hello.py", "--access-log=-", "--access-log-format=common", "--control=control")
    server.program = ("/bin/sh", "-c", f'exec {PROGRAM[0]} "$@" > {server.directory}/pipe', "sh")
    os.mkfifo(server.directory / "pipe")
    with (server.directory / "kept").open("wb") as file:
        reader = subprocess.Popen(["cat", str(server.directory / "pipe")], stdout=file)
    try:
        with server:
            yield server, reader
    finally:
        reader.kill()
        reader.wait()


def visit(address: str, requests: int) -> None:
    """So many requests on one connection, each answered before the next."""
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as wire, wire.makefile("rb") as file:
        for number in range(requests):
            wire.sendall(f"GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            while (line := file.readline()) != b"hello\n":
                assert line


def told(path: Path) -> list[int]:
    """The numbers of the requests in whole lines."""
    return [int(line.split('"GET /')[1].split(" ")[0]) for line in path.read_text().splitlines()]


def test_a_stopped_reader_stops_nobody() -> None:
    """All requests are answered; past the room lines are lost, which is told; when the reader goes on, the others are there, in order,
    and those that are there and those that are lost are all.
    """
    with piped() as (server, reader):
        address = server.address
        reader.send_signal(SIGSTOP)
        visit(address, ENOUGH)
        server.wait_for("adapter: warning: the access log cannot keep up: lines are lost")
        with Line(server.directory / "control") as line:
            assert line.ask("reload", wait=True)["ok"]
        reader.send_signal(SIGCONT)
        assert server.stop() == 0
        lost = sum(
            int(said.partition("lost=")[2].split()[0]) for said in server.log.all() if "the access log is written again" in said
        ) + sum(
            int(said.partition(" lines=")[2].split()[0]) for said in server.log.all() if "does not take its last lines" in said
        )
        assert reader.wait(60) == 0
        found = told(server.directory / "kept")
        assert found == sorted(set(found))
        assert lost > 0
        assert ENOUGH - lost <= len(found) <= ENOUGH


def test_a_dead_reader_is_told_once() -> None:
    """The pipe is broken: requests go on, one line says so, and a stop takes no longer."""
    with piped() as (server, reader):
        address = server.address
        visit(address, 10)
        reader.send_signal(SIGKILL)
        reader.wait()
        for _ in range(3):
            visit(address, 200)
        server.wait_for("adapter: error: cannot write the access log: .*Broken pipe")
        visit(address, 200)
        assert status(server)["respawns"] == 0
        assert server.stop() == 0
        assert len([line for line in server.log.all() if "cannot write the access log" in line]) == 1


def test_a_full_disk_is_told_once() -> None:
    """ENOSPC: one line of the log by each worker; requests, a reload and a stop go on."""
    server = Adapter("hello.py", "--access-log=/dev/full", "--access-log-format=common")
    with server:
        address = server.address
        visit(address, 2000)
        server.wait_for("adapter: error: cannot write the access log: .*No space left on device")
        server.reload()
        server.wait_for(r"adapter: info: drained .*generation=1")  # else that one may be who answers
        assert answer(address) == b"hello\n"
        assert server.stop() == 0
    said = [line for line in server.log.all() if "cannot write the access log" in line]
    assert len(said) == 2  # a worker's each
