"""What became of something that was asked of one instance, in words and for programs. Nothing here touches anything."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapter.log import escape
from adapter.scoreboard.screen import condition, is_ready


@dataclass(frozen=True)
class Outcome:
    """`sentence` for people; `detail`, lines that explain it (a traceback); `facts`, for programs: text, numbers, truth values."""

    ok: bool
    sentence: str
    detail: str = ""
    facts: Mapping[str, Any] | None = None

    def to_plain(self, group: str, process: str, verb: str) -> dict[str, Any]:
        """A struct of XML-RPC, which knows no None and only text that XML can hold."""
        return {
            "group": group,
            "name": process,
            "asked": verb,
            "ok": self.ok,
            "outcome": escape(self.sentence),
            "detail": _clean(self.detail),
            **(self.facts or {}),
        }


def _clean(text: str) -> str:
    return "\n".join(escape(line) for line in text.splitlines())


def of_change(verb: str, answer: Mapping[str, Any]) -> Outcome:
    """Of a reload or a rollback, from the instance's answer."""
    if not answer.get("ok"):
        return refused(f"{verb} failed", answer)
    generation = answer.get("generation")
    return Outcome(ok=True, sentence=f"generation {generation} serves", facts={"generation": _number(generation)})


def refused(what: str, answer: Mapping[str, Any]) -> Outcome:
    """The instance said no."""
    return Outcome(ok=False, sentence=f"{what}: {answer.get('error')}", detail=str(answer.get("detail") or ""))


def of_status(record: Mapping[str, Any]) -> Outcome:
    """How it stands; `status` of the facts is the whole record, as JSON."""
    words = standing(record)
    workers = len(record.get("workers", ()))
    generation = _number(record.get("generation"))
    facts = {"ready": ready(record), "generation": generation, "workers": workers, "status": escape(json.dumps(record))}
    return Outcome(ok=True, sentence=f"{words}; generation {generation}, {workers} worker{'s' * (workers != 1)}", facts=facts)


def standing(record: Mapping[str, Any]) -> str:
    """In words; of a server of another version, that it is one."""
    try:
        return condition(record)
    except (LookupError, TypeError):
        return "of another version, which tells other things"


def ready(record: Mapping[str, Any]) -> bool:
    """Would one send it requests?"""
    try:
        return is_ready(record)
    except (LookupError, TypeError):
        return False


def of_drain(
    answer: Mapping[str, Any] | None, heard: Iterable[Mapping[str, Any]], *, by_signal: bool, patience: float, seconds: float
) -> Outcome:
    """Of a stop that supervisord has seen the end of. `answer` came right before the exit, or never; `patience`: stopwaitsecs."""
    warned = [str(each.get("progress")) for each in heard if each.get("level") == "warning"]
    ok, sentence = False, f"it ended without an answer after {seconds:.1f} s; see its log"
    if by_signal and seconds >= patience:
        sentence = f"killed by supervisord after stopwaitsecs={patience:g}: make it two seconds longer than --drain-timeout"
    elif by_signal:
        sentence = f"killed by a signal after {seconds:.1f} s"
    elif answer is not None and not answer.get("ok"):
        sentence = f"{answer.get('error')}, after {seconds:.1f} s"
    elif answer is not None:
        ok, sentence = True, f"drained in {seconds:.1f} s"
    return Outcome(ok=ok, sentence=sentence, detail="\n".join(warned), facts={"seconds": seconds})


def _number(value: object) -> int:
    return value if type(value) is int else 0
