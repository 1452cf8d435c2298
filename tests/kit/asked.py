"""Single requests, for a test that wants to hold one in its hand; and a port that stays free while a server restarts."""

import functools
import http.client
import itertools
import os
import random
import select
import socket
from collections.abc import Iterator
from pathlib import Path

_PROCESSES = 8  # of pytest, at most


class Asked:
    """One request under way, on a connection of its own. `source`: the address it comes from."""

    def __init__(self, address: str, path: str, *, source: str = "") -> None:
        host, _, port = address.rpartition(":")
        self._path = path
        self._wire = http.client.HTTPConnection(host, int(port), timeout=60, source_address=(source, 0) if source else None)
        self._wire.request("GET", path)

    def __repr__(self) -> str:
        return f"who asked for {self._path}"

    def waits(self) -> bool:
        """Whether nothing has come back yet, nor the end."""
        return not select.select([self._wire.sock], [], [], 0)[0]

    def leave(self) -> None:
        """Wait no more."""
        self._wire.close()

    def answer(self) -> tuple[int, bytes]:
        """Status and body, whole; raises ConnectionError or HTTPException when it was cut."""
        with self._wire.getresponse() as response:
            answer = response.status, response.read()
        self._wire.close()
        return answer

    def is_cut(self) -> bool:
        """Wait for the end: did it come without an answer?"""
        try:
            self.answer()
        except (ConnectionError, http.client.HTTPException):
            return True
        finally:
            self._wire.close()
        return False


def talk(address: str, data: bytes) -> bytes:
    """All that comes back for these bytes, up to the end of the connection; the last request among them should ask for it."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall(data)
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts)


@functools.cache
def _candidates() -> Iterator[int]:
    """Ports of this process of pytest, in an order of chance: none a second time before all have been given. One that was free a moment
    ago may be somebody's to come: of five chosen at random two were the same once in 285 times.
    """
    ours = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = list(range(10000 // _PROCESSES * _PROCESSES + ours % _PROCESSES, lowest, _PROCESSES))
    random.shuffle(ports)
    return itertools.cycle(ports)


def free_port() -> int:
    """A port nobody has, below those that the kernel gives to clients: a restart leaves it free for a while, and no client of
    ours may get it as its own then (it would even connect to itself). Processes of pytest each have ports of their own, for
    another's may be free just now for the same reason.
    """
    for port in _candidates():
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError  # the candidates never end
