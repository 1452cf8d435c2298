"""Which of supervisord's events are worth waking somebody for: crash loops, reloads that failed, drains that hang. Touches nothing.

Events: supervisord.org/events.html. Those of what was asked by supervisorctl come from our RPC interface; those of the instances
themselves, with --process-communication, are made by `lifecycle.heralding`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from adapter.lifecycle import intensity


class Kind(Enum):
    """What is wrong."""

    CRASH_LOOP = "crash loop"
    GIVEN_UP = "given up"
    RELOAD_FAILED = "reload failed"
    STUCK_DRAIN = "stuck drain"
    DRAIN_FAILED = "drain failed"


@dataclass(frozen=True)
class Alert:
    """`process` as supervisorctl shows it; `detail` explains (a traceback, say)."""

    kind: Kind
    process: str
    sentence: str
    detail: str = ""

    def to_plain(self) -> dict[str, str]:
        """For JSON."""
        return {"kind": self.kind.value, "process": self.process, "sentence": self.sentence, "detail": self.detail}


@dataclass(frozen=True)
class Event:
    """One of supervisord's. `says` are the words of its first line, `body` is the rest."""

    name: str
    says: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True)
class Limits:
    """`deaths` within `window` seconds are a crash loop; a stop that lasts `stuck` seconds hangs."""

    deaths: int = 3
    window: float = 300.0
    stuck: float = 60.0


@dataclass
class Seen:
    """Of one process, what the next event is judged by. `quiet`: until when the same alert is not given again."""

    deaths: tuple[float, ...] = ()
    stopping: float | None = None
    failures: int | None = None  # reloads of this process that have failed, as it counts them
    quiet: dict[Kind, float] = field(default_factory=dict)


_AGAIN = 10.0  # seconds in which two tellers may tell of the same thing


def parsed(name: str, payload: str) -> Event:
    """A payload as it comes: `word:value word:value`, and a body after a line end, if there is one."""
    line, _, body = payload.partition("\n")
    return Event(name, dict(word.split(":", 1) for word in line.split() if ":" in word), body)


class Judge:
    """Remembers what was seen. `names`: the programs or groups to watch; none: all."""

    def __init__(self, limits: Limits, names: frozenset[str] = frozenset()) -> None:
        self._limits = limits
        self._names = names
        self._seen: dict[tuple[str, str], Seen] = {}

    def alerts(self, event: Event, now: float) -> list[Alert]:
        """What this event is reason to tell. `now`: seconds, monotonic."""
        if event.name.startswith("TICK"):
            return [alert for who, seen in self._seen.items() for alert in self._hung(who, seen, now)]
        told = _told(event.body) if event.name.startswith(("PROCESS_COMM", "REMOTE_COMM")) else {}
        who = self._whom(event, told)
        if who is None or (self._names and not self._names & {*who, _shown(who)}):
            return []
        seen = self._seen.setdefault(who, Seen())
        found = [*self._judged(event, told, who, seen, now), *self._hung(who, seen, now)]
        return [alert for alert in found if self._fresh(alert, seen, now)]

    def _whom(self, event: Event, told: Mapping[str, Any]) -> tuple[str, str] | None:
        says = told if event.name == "REMOTE_COMMUNICATION" else event.says
        group, name = says.get("groupname", says.get("group")), says.get("processname", says.get("name"))
        return (group, name) if isinstance(group, str) and isinstance(name, str) else None

    def _judged(self, event: Event, told: Mapping[str, Any], who: tuple[str, str], seen: Seen, now: float) -> Iterator[Alert]:
        name = _shown(who)
        match event.name.removeprefix("PROCESS_STATE_"):
            case "STOPPING":
                seen.stopping = now
            case "FATAL":
                seen.stopping = None
                yield Alert(
                    Kind.GIVEN_UP, name, f"supervisord has given {name} up: it does not start; nobody serves until you start it"
                )
            case "BACKOFF":
                yield from self._death(name, seen, now)
            case "EXITED":
                seen.stopping = None
                if event.says.get("expected") == "0":
                    yield from self._death(name, seen, now)
            case "STOPPED" | "STARTING":
                seen.stopping = seen.failures = None
            case "REMOTE_COMMUNICATION" if event.says.get("type") == "adapter":
                yield from _asked(name, told)
            case "PROCESS_COMMUNICATION_STDOUT" | "PROCESS_COMMUNICATION_STDERR":
                yield from self._said(name, told, seen, now)

    def _death(self, name: str, seen: Seen, now: float) -> Iterator[Alert]:
        seen.deaths = intensity.remember(seen.deaths, now, self._limits.window)
        if len(seen.deaths) >= self._limits.deaths:
            number, seen.deaths = len(seen.deaths), ()
            yield Alert(Kind.CRASH_LOOP, name, f"{name} has died {number} times within {self._limits.window:g} s; see its log")

    def _said(self, name: str, told: Mapping[str, Any], seen: Seen, now: float) -> Iterator[Alert]:
        """By the instance itself."""
        stand, failures = told.get("adapter"), told.get("failures")
        if isinstance(failures, int):
            if seen.failures is not None and failures > seen.failures:
                why = told.get("failure") or "see its log"
                yield Alert(Kind.RELOAD_FAILED, name, f"{name} could not be reloaded: {why}; the code before goes on")
            seen.failures = failures
        if stand == "unready":  # every worker has died
            yield from self._death(name, seen, now)
        if stand == "draining" and seen.stopping is None:  # somebody else than supervisord has asked it to
            seen.stopping = now

    def _hung(self, who: tuple[str, str], seen: Seen, now: float) -> Iterator[Alert]:
        if seen.stopping is not None and now - seen.stopping >= self._limits.stuck:
            seconds, seen.stopping = now - seen.stopping, None  # it is told once
            yield Alert(
                Kind.STUCK_DRAIN,
                _shown(who),
                f"{_shown(who)} has been stopping for {seconds:.0f} s; see its log for what holds it",
            )

    def _fresh(self, alert: Alert, seen: Seen, now: float) -> bool:
        fresh = now >= seen.quiet.get(alert.kind, 0.0)
        seen.quiet[alert.kind] = now + _AGAIN
        return fresh


def _asked(name: str, told: Mapping[str, Any]) -> Iterator[Alert]:
    """What became of what somebody asked by supervisorctl."""
    if told.get("ok") is not False:
        return
    outcome, detail = str(told.get("outcome")), str(told.get("detail") or "")
    match told.get("asked"):
        case "reload" | "rollback":
            yield Alert(Kind.RELOAD_FAILED, name, f"{name}: {outcome}", detail)
        case "drain":
            yield Alert(Kind.DRAIN_FAILED, name, f"{name}: {outcome}", detail)


def _told(body: str) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}  # an application may say what it likes
    return told if isinstance(told, dict) else {}


def _shown(who: tuple[str, str]) -> str:
    return who[1] if who[0] == who[1] else ":".join(who)
