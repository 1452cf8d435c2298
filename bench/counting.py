"""What the scoreboard, --stats and --metrics cost: processor time, not throughput, so that a busy machine tells the same.

    .venv/bin/python -m bench.counting [TURNS]

A worker answers small requests on eight connections; told is the median of TURNS turns (default 100) of 1200 requests each. Meanwhile it measures
what its scoreboard takes at each tick (bench/apps/recording.py), not each of which writes. What is counted at each request is done a hundred thousand times
here. Where others crowd the machine caches are cold, and all of it takes longer.
"""

import json
import socket
import sys
from pathlib import Path
from statistics import median
from time import thread_time

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from adapter.roles.serving.shared import Shared
from adapter.roles.serving.tasks import Task
from adapter.scoreboard.latency import BUCKETS
from bench.proc import nanoseconds, tree
from kit.asked import talk
from kit.commands import answer
from kit.server import Adapter

_APPS = Path(__file__).parent / "apps"
_REQUEST = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"
_CONNECTIONS, _LAPS = 8, 150
_READINGS = 100
_COUNTS, _ROUNDS = 10_000, 10


def lap(wires: list[socket.socket]) -> None:
    """A request on each connection at once, and the answers."""
    for wire in wires:
        wire.sendall(_REQUEST)
    for wire in wires:
        said = wire.recv(65536)
        while not said.endswith(b"Hello, world\n"):
            said += wire.recv(65536)


def of_requests(server: Adapter, turns: int) -> list[float]:
    """Microseconds of processor time for each, of all processes together, by turn."""
    host, _, port = server.address.rpartition(":")
    wires = [socket.create_connection((host, int(port))) for _ in range(_CONNECTIONS)]
    lap(wires)
    processes = tree(server.process.pid)
    spent = []
    for _ in range(turns):
        before = sum(map(nanoseconds, processes))
        for _ in range(_LAPS):
            lap(wires)
        spent.append((sum(map(nanoseconds, processes)) - before) / 1000 / _LAPS / _CONNECTIONS)
    return spent


def of_counting() -> float:
    """Microseconds for what is counted at each request: the quickest round, since whatever disturbs one makes it longer."""
    shared, task = object.__new__(Shared), Task()  # all that it counts by, and none of what makes it serve
    shared.fine, shared.answered, shared.bytes_out, shared.running, shared.latency = 0, {}, 0, 0.0, [0] * BUCKETS
    task.began, rounds = 1.0, []
    for _ in range(_ROUNDS):
        began = thread_time()
        for _ in range(_COUNTS):
            Shared.count(shared, task, "200", 170, 1.000_03)  # as long as such a call takes
        rounds.append((thread_time() - began) * 1e6 / _COUNTS)
    return min(rounds)


def of_reading(pid: int, address: str) -> float:
    """Milliseconds of the master's for each reading of what is published there."""
    before = nanoseconds(pid)
    for _ in range(_READINGS):
        assert talk(address, b"GET /metrics HTTP/1.1\r\nHost: bench\r\n\r\n")
    return (nanoseconds(pid) - before) / 1e6 / _READINGS


def main(turns: int) -> None:
    """Print it."""
    options = (f"--pythonpath={_APPS}", "--workers=1", "--stats=127.0.0.1:0", "--metrics=127.0.0.1:0")
    with Adapter("recording:application", *options) as server:
        server.wait_for("adapter: info: serving generation=")
        spent, counting = of_requests(server, turns), of_counting()
        request, ticks = median(spent), json.loads(answer(server.address, "/costs"))
        share = sum(ticks) / (sum(spent) * _LAPS * _CONNECTIONS)
        print(f"a request takes {request:.1f} us of processor time, counting it {counting:.2f} us: {counting / request:.2%}")
        print(f"the scoreboard takes {median(ticks):.1f} us a tick: {share:.2%} of the processor time")
        for option in ("--stats", "--metrics"):
            address = server.wait_for(f"adapter: info: publishing option={option} ")["address"]
            reading = of_reading(server.process.pid, address)
            print(f"to read {option} takes {reading:.2f} ms: every second, {reading / 1000:.2%} of a processor")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
