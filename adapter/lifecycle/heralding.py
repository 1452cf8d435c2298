"""How we stand, for those who are told whenever that changes: the service manager, s6, supervisord's listeners. And in which words."""

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from adapter.lifecycle.limits import MARGIN
from adapter.lifecycle.state import Phase, Stage, State

_MICRO = 1_000_000
_LONGEST = 300  # characters of a reason: a datagram and a write to a pipe must hold it whole


class Stand(Enum):
    """In the order of a life; the values are what others are told."""

    STARTING = "starting"  # no generation has served yet
    READY = "ready"
    RELOADING = "reloading"
    PAUSED = "paused"
    UNREADY = "unready"  # no worker can answer
    LAME_DUCK = "lame-duck"  # asked to stop; all is served still
    DRAINING = "draining"
    STOPPING = "stopping"


_LAST = (Stand.LAME_DUCK, Stand.DRAINING, Stand.STOPPING)


class Tidings(NamedTuple):
    """All that is told. Two that are equal need be told once."""

    stand: Stand = Stand.STARTING
    able: bool = False  # a worker is there to answer, and requests should be sent to it
    since: float = 0.0  # of the reload: another one is news, too
    generation: int = 0
    workers: int = 0
    patience: float = 0.0  # seconds that the present stand may last at the most, if it ends by itself
    failures: int = 0  # reloads that have failed
    failure: str = ""  # why the last one did, if it did


def tidings(state: State, failure: str = "") -> Tidings:
    """How we stand. `failure`: why the last reload came to nothing, if it did."""
    change, limits, stand = state.change, state.limits, _stand(state)
    patience = {
        Stand.STARTING: limits.boot + MARGIN,
        Stand.LAME_DUCK: limits.lame_duck + limits.drain + MARGIN,
        Stand.DRAINING: (state.leaving.seconds if state.leaving else 0.0) + MARGIN,
        Stand.STOPPING: MARGIN,
    }.get(stand, 0.0)
    return Tidings(
        stand,
        able=stand in (Stand.READY, Stand.RELOADING) and _answers(state),
        since=change.since if change is not None and stand is Stand.RELOADING else 0.0,
        generation=(change.previous if stand is Stand.RELOADING and change is not None else None) or state.target,
        workers=state.slots,
        patience=patience,
        failures=state.failed_reloads,
        failure="" if stand in _LAST else failure[:_LONGEST],
    )


def is_news(told: Tidings, before: Tidings | None, *, settled: bool) -> bool:
    """Is there reason to tell this after that? Not `settled`: a new client may still meet the generation before, so no reload has ended."""
    ended = before is not None and before.stand is Stand.RELOADING and told.stand is Stand.READY
    return told != before and (settled or not ended)


def _stand(state: State) -> Stand:
    change = state.change
    if state.leaving is not None:
        drains = state.leaving.seconds > 0 and any(worker.stage is not Stage.KILLED for worker in state.workers)
        return Stand.DRAINING if drains else Stand.STOPPING
    if state.lame_duck is not None:
        return Stand.LAME_DUCK
    if not state.target or (change is not None and change.previous is None):
        return Stand.STARTING
    if change is not None and change.kind is not None:
        return Stand.RELOADING
    if state.paused:
        return Stand.PAUSED
    return Stand.READY if _answers(state) else Stand.UNREADY


def _answers(state: State) -> bool:
    """Would whoever comes now be answered: by a worker, or by those who are forked when somebody comes?"""
    if state.paused:
        return False
    asleep = state.asleep and any(each.phase is Phase.LOADED for each in state.generations)
    return asleep or any(worker.stage is Stage.READY for worker in state.workers)


# -- in whose words --------------------------------------------------------------------------------------------------------


def notification(told: Tidings, before: Tidings | None) -> str:
    """For systemd: sd_notify(3). `before`: what was told last."""
    lines: list[str] = []
    match told.stand:
        case Stand.RELOADING:
            lines += ["RELOADING=1", f"MONOTONIC_USEC={int(told.since * _MICRO)}"]
        case Stand.READY:
            lines.append("READY=1")
        case Stand.PAUSED | Stand.UNREADY if before is not None and before.stand is Stand.RELOADING:
            lines.append("READY=1")  # who asked for a reload waits for its end, however that is
        case stand if stand in _LAST:
            lines.append("STOPPING=1")
    if told.patience:  # it gives us no less than it would have, and no more than this
        lines.append(f"EXTEND_TIMEOUT_USEC={int(told.patience * _MICRO)}")
    return "\n".join([*lines, f"STATUS={_status(told)}"])


def _status(told: Tidings) -> str:
    """One line for people."""
    serving = f"generation {told.generation} serves"
    text = {
        Stand.STARTING: "starting: the application is being loaded",
        Stand.READY: f"{serving} with {told.workers} {'worker' if told.workers == 1 else 'workers'}",
        Stand.RELOADING: f"reloading, while {serving}",
        Stand.PAUSED: "paused: requests wait",
        Stand.UNREADY: "no worker can answer",
        Stand.LAME_DUCK: "serving on, but about to stop",
        Stand.DRAINING: "stopping: finishing what is in flight",
        Stand.STOPPING: "stopping",
    }[told.stand]
    failure = " ".join(told.failure.split())
    return f"{text}; the last reload failed: {failure}" if failure else text


def communication(told: Tidings) -> str:
    """For supervisord's listeners (ours is `adapter-alerts`): a JSON object, of less than a pipe takes at once."""
    said = {"generation": told.generation, "workers": told.workers, "failures": told.failures, "failure": told.failure}
    return json.dumps({"adapter": told.stand.value, **said})


# -- across an exec --------------------------------------------------------------------------------------------------------


def to_plain(told: Tidings) -> dict[str, Any]:
    """For the carryover."""
    return {**told._asdict(), "stand": told.stand.value}


def from_plain(plain: Mapping[str, Any]) -> Tidings:
    """From the carryover of this or another version: enough to tell what is news."""
    stand = next((each for each in Stand if each.value == plain.get("stand")), Stand.STARTING)
    usual = Tidings(stand)
    known: dict[str, Any] = {name: plain.get(name) for name in Tidings._fields if name != "stand"}
    return Tidings(stand, **{name: value for name, value in known.items() if type(value) is type(getattr(usual, name))})
