"""How soon: the old code after a rollback, a free port and nobody left after kill -9 of the master."""

import socket
import time
from collections.abc import Iterator
from signal import SIGKILL

from bench.kept import Kept
from kit.asked import Asked
from kit.commands import Line, free
from kit.server import Adapter

_SOON = 0.1
_KEPT = ("--workers=4", "--rollback-window=600", "--control=control")


def rollbacks(rounds: int) -> Iterator[Kept]:
    """From the command to the first answer of the other code, and to its outcome: no worker that accepts has this one any more."""
    first, all_of_them = [], []
    with Adapter("exact.py", *_KEPT) as server:
        address = server.address
        server.write("version", "2\n")
        server.reload()
        with Line(server.directory / "control") as line:
            for turn in range(rounds):
                wanted = "12"[turn % 2].encode()
                began = time.monotonic()
                line.say("rollback", wait=True)
                while _version(address) != wanted:
                    pass
                first.append(time.monotonic() - began)
                assert line.hear()["ok"]
                all_of_them.append(time.monotonic() - began)
                assert {_version(address) for _ in range(20)} == {wanted}
    yield Kept.median("rollback of 4 workers: first answer of the old code", _SOON, first)
    yield Kept.median(
        "rollback of 4 workers: every worker that accepts has the old code, and the command is answered", _SOON, all_of_them
    )


def _version(address: str) -> bytes:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), 10) as wire:
        wire.sendall(b"GET /small?nonce=1 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
        data = b""
        while part := wire.recv(65536):
            data += part
    return data.partition(b"X-Version: ")[2].partition(b"\r\n")[0]


def deaths(rounds: int) -> Iterator[Kept]:
    """kill -9 of the master of idle workers, of those that compute in every thread, and of one that is stuck in C with the lock held."""
    idle, gone, busy, stuck = [], [], [], []
    for _ in range(rounds):
        with Adapter("stuck.py", "--workers=2") as server:
            began, port = _killed(server)
            idle.append(port)
            server.process.wait_alone()
            gone.append(time.monotonic() - began)
        with Adapter("spins.py", "--workers=2") as server:
            asked = [Asked(server.address, "/?seconds=0.2") for _ in range(8)]
            for each in range(8):
                server.log.wait_for("spins: begun", skip=each)
            busy.append(_killed(server)[1])
            assert [each.answer() for each in asked] == [(200, b"spun\n")] * 8
            server.process.wait_alone()
        with Adapter("stuck.py", "--workers=2") as server:
            cut = Asked(server.address, "/stuck")
            server.log.wait_for("stuck: begun")
            stuck.append(_killed(server)[1])
            server.process.wait_alone()
            assert cut.is_cut()
    yield Kept.median("kill -9 of the master, idle workers: the port is free", _SOON, idle)
    yield Kept.median("kill -9 of the master, idle workers: nobody is left", _SOON, gone)
    yield Kept.median("kill -9 of the master, all threads compute: the port is free, all is answered", _SOON, busy)
    yield Kept.median("kill -9 of the master, a worker stuck in C: the port is free", _SOON, stuck)


def _killed(server: Adapter) -> tuple[float, float]:
    """When, and how long the port was held after it."""
    address = server.address
    server.wait_for("adapter: info: serving generation=")
    began = time.monotonic()
    server.process.signal(SIGKILL)
    while not free(address):
        time.sleep(0.0005)  # only to ask tells
    return began, time.monotonic() - began
