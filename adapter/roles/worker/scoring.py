"""A worker's end of the scoreboard: what it counts and does, written into its cell while there is work, and once when it rests.

Never on the way of a request: the data plane keeps plain counters, and the thread that stands by collects them.
"""

import os
import time
from typing import Protocol

from adapter.log import escape
from adapter.scoreboard import cells
from adapter.scoreboard.figures import STATES, Counters, Now, Record, Running
from adapter.unix.sharedcells import Writing

_EVERY = 0.1  # seconds between two records under load: each takes 15 us, 100 with caches that load left cold
_RENEWED = 1.0  # seconds: nothing new but time, processor and memory
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SERVING, _DRAINING = STATES.index("serving"), STATES.index("draining")
_PROCESSOR = Counters._fields.index("processor")


class Ticking(Protocol):
    """Its threads, as this file sees them."""

    more: bool


class Scored(Protocol):
    """The server, as this file sees it."""

    @property
    def threads(self) -> Ticking:
        """Whether another tick is certain."""

    @property
    def latency(self) -> tuple[int, ...]:
        """Counts by bucket."""

    @property
    def draining(self) -> bool:
        """It was told to."""

    def counters(self) -> Counters:
        """Since the start."""

    def report(self) -> dict[str, int]:
        """Now, among others: connections, in_flight, waiting."""

    def calls(self) -> list[tuple[str, float, int]]:
        """What runs: request, seconds so far, thread."""


class Score:
    """Writes one worker's `cell`; None: nowhere. `who` stays as it is."""

    def __init__(self, server: Scored, cell: Writing | None, who: Now, threads: int) -> None:
        self._server = server
        self._cell = cell
        self._who = who._replace(threads=threads)
        self._sequence = 0
        self._written = 0.0
        self._told: object = None  # what was last written of what matters at once
        self._before = Counters()
        self._average = 0.0
        self._memory = (0, 0)
        self._measured = 0.0

    def tick(self, now: float) -> None:
        """Write what is new, unless that was done just now and will be soon; when nothing is, now and then, for the time and memory
        that a long request takes.
        """
        if self._server.threads.more and now - self._written < _EVERY:
            return
        counters, report = self._server.counters(), self._server.report()
        news = (counters, report["connections"], report["in_flight"], report["waiting"])
        if news != self._told or now - self._written >= _RENEWED:
            self._told = news
            self._write(now, counters, report)

    def write(self) -> None:
        """Write, whatever was written before: at the beginning, and at the end."""
        self._write(time.monotonic(), self._server.counters(), self._server.report())

    def _write(self, now: float, counters: Counters, report: dict[str, int]) -> None:
        if self._cell is None:
            return
        self._written = now
        self._sequence += 1
        self._reckon(counters)
        if now - self._measured >= _RENEWED:
            self._measured = now
            self._memory = _memory() or self._memory
        self._cell.put(*cells.write(self._sequence, self._record(now, counters, report)))

    def _record(self, now: float, counters: Counters, report: dict[str, int]) -> Record:
        oldest = sorted(self._server.calls(), key=lambda call: -call[1])[: cells.MOST_RUNNING]
        who = self._who
        resident, virtual = self._memory
        here = Now(  # anew: a tenth of what `_replace` takes
            worker=who.worker,
            slot=who.slot,
            generation=who.generation,
            pid=who.pid,
            state=_DRAINING if self._server.draining else _SERVING,
            written=round(now * 1e9),
            connections=report["connections"],
            in_flight=report["in_flight"] + report["waiting"],
            busy=report["in_flight"],
            threads=who.threads,
            resident=resident,
            virtual=virtual,
            imported=who.imported,
            average=round(self._average),
            born=who.born,
        )
        running = tuple(
            [Running(round((now - seconds) * 1e9), escape(line[: cells.LONGEST_LINE])) for line, seconds, _ in oldest]
        )
        spent = time.process_time_ns() // 1000
        counted = Counters._make((*counters[:_PROCESSOR], spent, *counters[_PROCESSOR + 1 :]))
        return Record(here, counted, self._server.latency, running)

    def _reckon(self, counters: Counters) -> None:
        """The running average, as uWSGI has it: half the old, half the new."""
        requests = counters.requests - self._before.requests
        if requests:
            mean = (counters.running - self._before.running) / requests
            self._average = (self._average + mean) / 2 if self._before.requests else mean
            self._before = counters


def _memory() -> tuple[int, int] | None:
    """Bytes resident and mapped (proc(5), statm); None when there is no descriptor to ask with."""
    try:
        with open("/proc/self/statm", "rb") as file:
            mapped, resident = file.read().split()[:2]
    except OSError:
        return None
    return int(resident) * _PAGE, int(mapped) * _PAGE
