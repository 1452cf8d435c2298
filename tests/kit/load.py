"""A strict client under whose eyes the server is reloaded and stopped: nothing is tried twice, every byte is checked.

`python -m kit.load ADDRESS` visits the server with several connections at once, says `ready` (and the versions that answered)
when each of them has had a right answer, says it again for each line `lap` it reads (each has had one more; `lap refused`: has been refused), and stops at any other line or EOF:
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
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any, Self

from kit.exchange import Answer, Lost, Question, Wire, question
from kit.lines import Lines

KINDS = ("refused", "reset", "truncated", "empty", "wrong", "timeout", "own")
_EVIDENCE = 60
_ASKS = {
    "keepalive": ("small", "big", "small", "post", "stream", "small"),
    "fresh": ("small", "post", "small", "big"),
    "idle": ("small",),
    "slow": ("slow",),
}


class Tally:
    """What all visitors saw, counted under one lock."""

    def __init__(self, visitors: int, stop: threading.Event) -> None:
        self.stop = stop
        self.lock = threading.Lock()
        self.begun = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.lately: set[str] = set()
        self.evidence: list[dict[str, Any]] = []
        self.slowest = self.gap = 0.0
        self.slowest_name = ""
        self.last = self.begun
        self.everyone = frozenset(range(visitors))
        self.waiting = set(self.everyone)
        self.wanted = "ok"

    def lap(self, *, refused: bool = False) -> None:
        """From now on wait for a right answer to each visitor (or, if `refused`, for its next refusal)."""
        with self.lock:
            self.wanted = "refused" if refused else "ok"
            self.waiting = set(self.everyone)
            self.lately.clear()

    def _came(self, outcome: str, visitor: int) -> None:
        if outcome == self.wanted and visitor in self.waiting:
            self.waiting.discard(visitor)
            if not self.waiting:
                print("ready", *sorted(self.lately), flush=True)

    def right(self, visitor: int, asked: Question, answer: Answer, seconds: float) -> None:
        """A whole and right answer came `seconds` after its question began (its connection included, if fresh)."""
        with self.lock:
            now = time.monotonic()
            self.counts["ok"] += 1
            self.kinds[asked.name] += 1
            version = answer.fields.get("x-version", "")
            self.versions[version] += 1
            self.lately.add(version)
            self.counts["close_said"] += answer.close
            self.counts["rude_closes"] += answer.rude
            if not self.stop.is_set():  # the last ones, slow by order, would look like a gap
                self.gap, self.last = max(self.gap, now - self.last), now
            if seconds - asked.pause > self.slowest:
                self.slowest, self.slowest_name = seconds - asked.pause, asked.name
            self._came("ok", visitor)

    def lost(self, error: Lost, number: int, **evidence: Any) -> None:
        """A question of visitor `number` without a right answer."""
        with self.lock:
            self._came(error.kind, number)
            self.counts[error.kind] += 1
            self.counts["reused_failures"] += bool(evidence.get("reused"))
            if self.counts[error.kind] <= (_EVIDENCE if error.kind != "refused" else 3):
                at = {"at": datetime.now(UTC).isoformat(), "second": round(time.monotonic() - self.begun, 4)}
                self.evidence.append({**at, "kind": error.kind, "detail": error.detail, **evidence})

    def note(self, name: str) -> None:
        """Something that is no failure happened once more."""
        with self.lock:
            self.counts[name] += 1

    def summary(self) -> dict[str, Any]:
        """The whole, as a JSON object; `seconds`, `slowest` and `gap` (longest time without any right answer) in seconds."""
        with self.lock:
            names = ("ok", *KINDS, "connections", "close_said", "idle_closed", "reused_failures", "rude_closes")
            return {
                **{name: self.counts[name] for name in names},
                "kinds": dict(self.kinds),
                "versions": dict(self.versions),
                "seconds": round(time.monotonic() - self.begun, 3),
                "slowest": round(self.slowest, 4),
                "slowest_name": self.slowest_name,
                "gap": round(self.gap, 4),
                "evidence": self.evidence,
            }


class Visitor(threading.Thread):
    """Asks one question after another on one connection at a time; the next one only when the last has ended."""

    def __init__(self, number: int, manner: str, tally: Tally, options: argparse.Namespace) -> None:
        super().__init__(name=f"{manner}-{number}")
        self.number, self.manner, self.tally, self.stop, self.options = number, manner, tally, tally.stop, options
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
                self.stop.wait(self.options.idle_pause)
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
        begun = time.monotonic()
        wire = self.wire
        try:
            if wire and wire.gone():
                self.tally.note("idle_closed")
                self._drop()
                wire = None
            if not wire:
                wire = self.wire = Wire(self.options.address, self.options.timeout)
                self.tally.note("connections")
            answer = wire.exchange(asked)
        except Lost as error:
            self._failed(error, wire, asked, time.monotonic() - begun)
            return
        self.tally.right(self.number, asked, answer, time.monotonic() - begun)
        if answer.close or self.manner == "fresh":
            self._drop()

    def _failed(self, error: Lost, wire: Wire | None, asked: Question, seconds: float) -> None:
        self._drop()
        said = {"visitor": self.name, "asked": asked.name, "seconds": round(seconds, 4)}
        if wire is None:
            self.tally.lost(error, self.number, **said, connected=False)
            self.stop.wait(0.01)  # nobody there: do not burn the processor that the server needs to come back
            return
        facts = {"question": wire.asked, "reused": wire.asked > 1, "sent": wire.sent, "seen": wire.seen}
        self.tally.lost(error, self.number, **said, connected=True, **facts)

    def _drop(self) -> None:
        if self.wire:
            self.wire.close()
        self.wire = None


class Report:
    """The summary of a load, to be asserted about; as text it is the evidence."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts

    def __getattr__(self, name: str) -> Any:
        try:
            return self.facts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def lost(self) -> int:
        """Requests of ours, on a connection we had, without a whole and right answer (and any failure of the client's own)."""
        return sum(int(self.facts[kind]) for kind in KINDS) - int(self.facts["refused"])

    @property
    def failed(self) -> int:
        """The lost ones and those that found nobody listening."""
        return self.lost + int(self.facts["refused"])

    def __str__(self) -> str:
        lines = [json.dumps(fact) for fact in self.facts["evidence"]]
        return "\n".join([json.dumps({**self.facts, "evidence": len(lines)}, indent=1), *lines])


class Load:
    """The client as a process of its own. `with Load(address) as load: …; report = load.stop()`.

    `keepalive` connections that are re-used at once, `fresh` ones that serve one question each, `idle` ones re-used after
    `idle_pause` seconds, `slow` ones whose questions take the application `slow_pause` seconds. `timeout`: seconds of silence.
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
        """Wait until each connection has had one more right answer; the versions that answered meanwhile."""
        self._say("lap")
        return self._hear()

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
    for manner, number in {"keepalive": 6, "fresh": 4, "idle": 1, "slow": 1}.items():
        parser.add_argument(f"--{manner}", type=int, default=number, help="connections (default: %(default)s)")
    for name, seconds in {"timeout": 30.0, "idle-pause": 0.2, "slow-pause": 0.3}.items():
        parser.add_argument(f"--{name}", type=float, default=seconds, help="seconds (default: %(default)s)")
    options = parser.parse_args()
    manners = [manner for manner in _ASKS for _ in range(getattr(options, manner))]
    stop = threading.Event()
    tally = Tally(len(manners), stop)
    visitors = [Visitor(number, manner, tally, options) for number, manner in enumerate(manners)]
    for visitor in visitors:
        visitor.start()
    while (word := sys.stdin.readline().strip()) in {"lap", "lap refused"}:
        tally.lap(refused=word == "lap refused")
    stop.set()
    for visitor in visitors:
        visitor.join()
    print(json.dumps(tally.summary()), flush=True)


if __name__ == "__main__":
    main()
