"""What the strict client loses, and how long it waits, while the server is changed under it: nothing is tried twice, every byte is checked."""

import threading
import time
from collections.abc import Iterator
from itertools import cycle
from signal import SIGALRM, SIGHUP

from bench.kept import Kept
from bench.proc import pss
from kit.commands import listens
from kit.load import Load
from kit.server import Adapter

# Each worker is relieved after so many requests, never two at a time: some every second, beside the reloads.
_RECYCLED = ("--workers=3", "--max-requests=300", "--max-requests-jitter=150", "--min-lifetime=0")
_STALL = {"keepalive": 0, "fresh": 0, "idle": 0, "slow": 0, "halting": 0, "paced": 4, "rate": 200.0}
_STALL_SECONDS = 5.0


def many(requests: int) -> Iterator[Kept]:
    """So many requests over reloads (a new image each), chain reloads and recycled workers."""
    began, reloads = time.monotonic(), 0
    with Adapter("exact.py", *_RECYCLED) as server, Load(server.address) as load:
        for number in cycle((SIGHUP, SIGALRM)):
            if load.count() >= requests:
                break
            server.reload(number)
            load.lap()
            reloads += 1
        report = load.stop()
        recycled = sum("a worker will be relieved" in line for line in server.log.all())
    if report.failed:
        print(report, *server.log.all(), sep="\n")  # whoever looks for the cause has nothing else
    over = f"over {reloads} reloads and chain reloads, {recycled} recycled workers, in {time.monotonic() - began:.0f} s"
    yield Kept(f"right answers {over}", requests, report.ok, "number", least=True)
    yield Kept("  requests without one", 0, report.failed, "number")
    yield Kept("  connections that the server closed", 0, report.closed + report.idle_closed, "number")


def stops(rounds: int) -> Iterator[Kept]:
    """Stopped under many connections, new ones above all: what waits in the listener's queue is what a stop most easily loses."""
    lost = answered = 0
    for _ in range(rounds):
        with Adapter("exact.py", "--workers=2") as server, Load(server.address, keepalive=4, fresh=24) as load:
            load.lap()
            code = server.stop()
            load.lap_refused()
            report = load.stop()
        lost, answered = lost + report.lost + (code != 0), answered + report.ok
    yield Kept(f"accepted requests that {rounds} stops lost, of {answered:,}", 0, lost, "number")


def stalls(rounds: int) -> Iterator[Kept]:
    """The slowest answer of an open loop, with reloads and without, round by round: what reloads add to it."""
    quiet, changed, reloads = [], [], 0
    with Adapter("exact.py", "--workers=2") as server:
        for _ in range(rounds):
            for samples in (quiet, changed):
                with Load(server.address, **_STALL) as load:
                    end = time.monotonic() + _STALL_SECONDS
                    while samples is changed and time.monotonic() < end:
                        server.reload()
                        reloads += 1
                    threading.Event().wait(max(0.0, end - time.monotonic()))
                    samples.append(load.stop().slowest)
    added = [max(0.0, more - normal) for normal, more in zip(quiet, changed, strict=True)]
    yield Kept.median(f"longest wait that {reloads} reloads in a row add to a request's normal time", 0.05, added)


def memory() -> Iterator[Kept]:
    """The most that a reload takes beside what is there, measured in what a generation with one worker takes: a preloader and the surge.

    Old workers that have let go of the listener do not count, as they stay for as long as their clients want them; but it is told.
    """
    with Adapter("exact.py", "--workers=1") as server:
        server.wait_for("adapter: info: serving generation=")
        one = sum(size for pid, size in pss(server.process.pid).items() if pid != server.process.pid)
    with Adapter("exact.py", "--workers=4") as server:
        address, root = server.address, server.process.pid
        server.wait_for("adapter: info: serving generation=")
        old = {worker.pid for worker in server.ready()}
        before = most = in_all = sum(pss(root).values())
        mark = server.signal(SIGHUP)
        while not any("adapter: info: serving " in line for line in server.log.all(mark)):
            sizes = pss(root)
            leaving = {pid for pid in old & set(sizes) if not _listens(pid, address)}
            in_all = max(in_all, sum(sizes.values()))
            most = max(most, sum(size for pid, size in sizes.items() if pid not in leaving))
    what = (
        f"memory of a reload of 4 workers, beside a preloader and a worker ({(in_all - before) / one:.2f} with those that drain)"
    )
    yield Kept(what, 1.0, (most - before) / one, "times")


def _listens(pid: int, address: str) -> bool:
    try:
        return listens(pid, address)
    except FileNotFoundError:
        return False  # it has ended
