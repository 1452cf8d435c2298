"""Many bad requests, each on a connection of its own: every one must be refused, and the worker be as it was.

    PYTHONPATH=tests .venv/bin/python -m kit.flood 1000000

is the long form: it starts a server, floods it, and tells its memory and descriptors before and after.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kit.corpus import CASES
from kit.server import Adapter

WARM = 1500
"""Connections until a worker has its size."""
BAD = tuple(
    case.raw for case in CASES if case.status and not case.requests and len(case.raw) < 4000 and case.limits.body == 1 << 30
)
BAD_PATH = "unix:{directory}/socket"


class Weight(NamedTuple):
    """What a process holds."""

    kilobytes: int
    """Of memory that is its own (Private_Clean + Private_Dirty of smaps_rollup, proc(5))."""
    descriptors: int


def weigh(pid: int, path: str) -> Weight:
    """What this worker holds with two refused connections whose clients have not left. A turn of its loop sees to new clients first, so
    when the second is answered, those that left before the first came have been closed.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as first, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as second:
        for client in (first, second):
            assert talk(client, path, b"BAD\r\n\r\n") is None
        return _weight(pid)


def _weight(pid: int) -> Weight:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = [int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:"))]
    return Weight(sum(sizes), len(os.listdir(f"/proc/{pid}/fd")))


def flood(path: str, count: int, streams: Sequence[bytes] = BAD, threads: int = 2) -> list[str]:
    """Send so many streams in turn; what was not answered with a refusal and the end of the connection."""
    wrong: list[str] = []

    def go(first: int) -> None:
        for number in range(first, count, threads):
            stream = streams[number % len(streams)]
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                said = talk(client, path, stream)
            if said is not None:
                wrong.append(f"{stream[:80]!r}: {said!r}")

    talkers = [threading.Thread(target=go, args=(first,)) for first in range(threads)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join()
    return wrong


def talk(client: socket.socket, path: str, stream: bytes) -> bytes | None:
    """None, or what came instead of one whole refusal and the end."""
    client.settimeout(60)
    client.connect(path)
    client.sendall(stream)
    said = b""
    while piece := client.recv(4096):
        said += piece
    good = said[9:10] in {b"4", b"5"} and said.count(b"HTTP/1.1 ") == 1 and b"\r\nConnection: close\r\n" in said
    return None if good else said


def main() -> None:
    """Flood a server of one worker, and tell."""
    count = int(sys.argv[1])
    with Adapter("hello.py", bind=(BAD_PATH,)) as server:
        path = server.address.removeprefix("unix:")
        pid = server.ready()[0].pid
        wrong = flood(path, WARM)
        before, start = weigh(pid, path), time.monotonic()
        while count > 0 and not wrong:
            wrong = flood(path, min(count, 50_000))
            count -= 50_000
            print(f"{time.monotonic() - start:.0f} s: {weigh(pid, path)}, at first {before}", flush=True)
        print(*wrong[:10], sep="\n")


if __name__ == "__main__":
    main()
