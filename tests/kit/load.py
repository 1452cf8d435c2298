"""A strict client under whose eyes the server is reloaded and stopped: nothing is tried twice, every byte is checked.

`python -m kit.load ADDRESS` visits the server with several connections at once, says `ready` (and the versions that answered)
when each of them has had a right answer, says it again for each line `lap` it reads (each has had one more, to a question begun since; `lap refused`: has been refused), tells the number of right answers at a line `count`, and stops at any other line or EOF:
what is under way is finished, then a summary in JSON is printed. `Load` is that process, for a test.

A connection that the server closed while it was idle (seen before we ask) is counted as `idle_closed`, as every browser
and proxy bears it; one that breaks once we have asked is a failure, marked `reused` when it had served us before.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Self

from kit.exchange import Lost, Question, Wire, question
from kit.lines import Lines
from kit.tally import Report, Tally

__all__ = ["Load", "Report"]

_ASKS = {
    "keepalive": ("small", "big", "small", "post", "stream", "small"),
    "fresh": ("small", "post", "small", "big"),
    "idle": ("small",),
    "slow": ("slow",),
    "halting": ("small", "post"),
    "paced": ("small", "small", "post", "small", "big"),
}


class Arrivals:
    """An open loop: `rate` questions a second are due, whether earlier ones have been answered or not."""

    def __init__(self, rate: float) -> None:
        self._pause = 1 / rate
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def next(self, stop: threading.Event) -> float:
        """Wait until the next question is due; when that was. A late one counts from then: so a stall is seen by all it delays."""
        with self._lock:
            due, self._next = self._next, self._next + self._pause
        stop.wait(max(0.0, due - time.monotonic()))
        return due


class Visitor(threading.Thread):
    """Asks one question after another on one connection at a time; the next one only when the last has ended."""

    def __init__(self, number: int, manner: str, tally: Tally, options: argparse.Namespace, arrivals: Arrivals) -> None:
        super().__init__(name=f"{manner}-{number}")
        self.number, self.manner, self.tally, self.stop, self.options = number, manner, tally, tally.stop, options
        self.arrivals = arrivals
        self.wire: Wire | None = None

    def run(self) -> None:
        """Go on until told to stop; one question at least."""
        asks = cycle(_ASKS[self.manner])
        for _ in range(self.number):
            next(asks)
        for asked in self._questions(asks):
            try:
                self._ask(asked)
            except Exception as error:  # noqa: BLE001 -- the client's own failure (EMFILE, no port left, a bug) is never the server's
                self._drop()
                self.tally.lost(Lost("own", repr(error)), self.number, visitor=self.name)
                self.stop.wait(0.1)
            if self.manner == "idle":
                self.stop.wait(self.options.idle_pause * (0.5 + self.number % 10 / 10))  # not all in step
        self._drop()

    def _questions(self, asks: Iterator[str]) -> Iterator[Question]:
        number = self.number
        pause = self.options.slow_pause if self.manner == "slow" else 0.0
        while number == self.number or not self.stop.is_set():
            number += 1000
            # Of the fresh ones half ask for the close and half just leave: both ends of a connection's end are tried.
            close = self.manner == "fresh" and number // 1000 % 2 == 0
            yield question(next(asks), number, close=close, pause=pause)

    def _ask(self, asked: Question) -> None:
        begun = self.arrivals.next(self.stop) if self.manner == "paced" else time.monotonic()
        wire = self.wire
        try:
            if wire and wire.gone():
                self.tally.note("idle_closed")
                self._drop()
                wire = None
            if not wire:
                wire = self.wire = Wire(self.options.address, self.options.timeout)
                self.tally.note("connections")
            answer = wire.exchange(asked, halt=self.options.halt if self.manner == "halting" else 0.0)
        except Lost as error:
            self._failed(error, wire, asked, time.monotonic() - begun)
            return
        self.tally.right(self.number, asked, answer, begun)
        if answer.close and self.manner != "fresh":
            self.tally.note("closed")
        if answer.close or self.manner == "fresh":
            self._drop()

    def _failed(self, error: Lost, wire: Wire | None, asked: Question, seconds: float) -> None:
        self._drop()
        said = {"visitor": self.name, "asked": asked.name, "seconds": round(seconds, 4)}
        if wire is None:
            self.tally.lost(error, self.number, **said, connected=False)
            self.stop.wait(0.01)  # nobody there: do not burn the processor that the server needs to come back
            return
        facts = {"question": wire.asked, "reused": wire.asked > 1, "sent": wire.sent, "seen": wire.seen, "worker": wire.worker}
        self.tally.lost(error, self.number, **said, connected=True, **facts)

    def _drop(self) -> None:
        if self.wire:
            self.wire.close()
        self.wire = None


class Load:
    """The client as a process of its own. `with Load(address) as load: …; report = load.stop()`.

    `keepalive` connections that are re-used at once, `fresh` ones that serve one question each, `idle` ones re-used after
    about `idle_pause` seconds, `slow` ones whose questions take the application `slow_pause` seconds, `halting` ones that send each
    question in four parts, `halt` seconds apart; `paced` ones that share `rate` questions a second, due whatever happens. `timeout`: seconds of silence.
    `wait`: on entry, for a right answer on each of them.
    """

    def __init__(self, address: str, *, wait: bool = True, **options: float) -> None:
        self._mark, self._wait = 0, wait
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self._argv = [sys.executable, "-m", "kit.load", address, *words]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._argv, cwd=Path(__file__).parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self._lines = Lines(self._process.stdout)
        try:
            if self._wait:
                self._hear()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._lines.close()
        assert self._process.stdin
        self._process.stdin.close()

    def lap(self) -> set[str]:
        """Wait until each connection has had a right answer to a question begun since; the versions that answered meanwhile."""
        self._say("lap")
        return self._hear()

    def until(self, version: str, timeout: float = 60) -> None:
        """Wait, lap by lap, until nobody answers with another version; AssertionError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while (seen := self.lap()) != {version}:
            assert time.monotonic() < deadline, f"after {timeout} s versions {seen} still answer"

    def count(self) -> int:
        """How many right answers there have been so far."""
        self._say("count")
        return int(self._lines.wait_for(r"^count (\d+)", timeout=60, since=self._mark)[1])

    def lap_refused(self) -> None:
        """Wait until each connection has found nobody listening."""
        self._say("lap refused")
        self._hear()

    def stop(self) -> Report:
        """Ask no more, let what is under way end, and return the summary."""
        self._say("stop")
        return Report(json.loads(self._lines.wait_for(r"^\{.*\}$", timeout=90).string))

    def _say(self, word: str) -> None:
        assert self._process.stdin
        self._mark = self._lines.mark()
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def _hear(self) -> set[str]:
        try:
            line = self._lines.wait_for("^ready", timeout=60, since=self._mark).string
        except AssertionError as error:
            raise AssertionError(f"not every connection has had a right answer\n{self.stop()}") from error
        return set(line.split()[1:])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m kit.load", description=__doc__)
    parser.add_argument("address", help="HOST:PORT, [V6]:PORT or unix:PATH")
    for manner, number in {"keepalive": 6, "fresh": 4, "idle": 1, "slow": 1, "halting": 1, "paced": 0}.items():
        parser.add_argument(f"--{manner}", type=int, default=number, help="connections (default: %(default)s)")
    for name, seconds in {"timeout": 30.0, "idle-pause": 0.2, "slow-pause": 0.3, "halt": 0.03, "rate": 100.0}.items():
        parser.add_argument(f"--{name}", type=float, default=seconds, help="seconds, or a second (default: %(default)s)")
    options = parser.parse_args()
    manners = [manner for manner in _ASKS for _ in range(getattr(options, manner))]
    stop = threading.Event()
    tally = Tally(len(manners), stop)
    arrivals = Arrivals(options.rate)
    visitors = [Visitor(number, manner, tally, options, arrivals) for number, manner in enumerate(manners)]
    for visitor in visitors:
        visitor.start()
    while (word := sys.stdin.readline().strip()) in {"lap", "lap refused", "count"}:
        if word == "count":
            print("count", tally.counts["ok"], flush=True)
        else:
            tally.lap(refused=word == "lap refused")
    stop.set()
    for visitor in visitors:
        visitor.join()
    print(json.dumps(tally.summary()), flush=True)


if __name__ == "__main__":
    main()
