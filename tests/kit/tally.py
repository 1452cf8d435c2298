"""What a load saw: counted while it lasts (Tally), and told when it is over (Report)."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

from kit.exchange import Answer, Lost, Question

KINDS = ("refused", "reset", "truncated", "empty", "wrong", "timeout", "own")
"""Every way for a question to have no right answer; `own`: the client's own fault."""
_EVIDENCE = 60


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
        self.lap_begun = self.begun

    def lap(self, *, refused: bool = False) -> None:
        """From now on wait for a right answer to a new question of each visitor (or, if `refused`, for its next refusal)."""
        with self.lock:
            self.wanted = "refused" if refused else "ok"
            self.lap_begun = time.monotonic()
            self.waiting = set(self.everyone)
            self.lately.clear()

    def _came(self, outcome: str, visitor: int) -> None:
        if outcome == self.wanted and visitor in self.waiting:
            self.waiting.discard(visitor)
            if not self.waiting:
                print("ready", *sorted(self.lately), flush=True)

    def right(self, visitor: int, asked: Question, answer: Answer, begun: float) -> None:
        """A whole and right answer came to a question that began then (its connection included, if fresh)."""
        with self.lock:
            now = time.monotonic()
            seconds = now - begun
            self.counts["ok"] += 1
            self.kinds[asked.name] += 1
            version = answer.fields.get("x-version", "")
            self.versions[version] += 1
            if begun >= self.lap_begun:
                self.lately.add(version)
            self.counts["close_said"] += answer.close
            self.counts["rude_closes"] += answer.rude
            if not self.stop.is_set():  # the last ones, slow by order, would look like a gap
                self.gap, self.last = max(self.gap, now - self.last), now
            if seconds - asked.pause > self.slowest:
                self.slowest, self.slowest_name = seconds - asked.pause, asked.name
            if begun >= self.lap_begun:
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
            names = ("ok", *KINDS, "connections", "close_said", "closed", "idle_closed", "reused_failures", "rude_closes")
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

    def told(self, record: Callable[[str, object], None]) -> Self:
        """Itself, its main numbers given to `record` (pytest's record_property): the refused are no loss, and yet told."""
        for name in ("ok", "refused", "gap", "slowest", "seconds"):
            record(name, self.facts[name])
        return self

    def __str__(self) -> str:
        lines = [json.dumps(fact) for fact in self.facts["evidence"]]
        return "\n".join([json.dumps({**self.facts, "evidence": len(lines)}, indent=1), *lines])
