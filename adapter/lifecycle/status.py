"""What the master knows, as one record for people and programs: the control socket's, the log's."""

from collections.abc import Mapping
from typing import Any

from adapter.lifecycle.state import Change, State, Worker

Fields = dict[str, str | int | float]


def status(state: State, now: float) -> dict[str, Any]:
    """One JSON-able record. Times are seconds until `now`."""
    return {
        "generation": state.target,
        "change": _change(state.change, now) if state.change else None,
        "queued": state.queued.value if state.queued else None,
        "leaving": state.leaving is not None,
        "paused": state.paused,
        "whole": state.serves(),
        "asleep": state.asleep,
        "slots": state.slots,
        "workers": [_worker(each, now) for each in state.workers],
        "reloads": state.reloads,
        "failed_reloads": state.failed_reloads,
        "respawns": state.respawns,
        "drains": state.drains,
        "recycled": state.recycled,
        "rollbacks": state.rollbacks,
        "kept": state.parked,
        "lame_duck": state.lame_duck is not None,
        "probation": state.probation is not None,
        "drain": _drain(state),
        "uptime": _seconds(now - state.since),
    }


def lines(status: Mapping[str, Any]) -> list[tuple[str, Fields]]:
    """The same for the log: a sentence and its fields, first for the server, then for each worker."""
    change = status["change"]
    server: Fields = {
        each: status[each] for each in ("generation", "slots", "reloads", "failed_reloads", "respawns", "recycled", "uptime")
    }
    if change is not None:
        server["change"] = f"{change['kind']}, {change['move']}, {change['seconds']:g} s"
    if status["queued"]:
        server["queued"] = status["queued"]
    sentence = _stand(status)
    return [(sentence, server), *(_line(each) for each in status["workers"])]


def _stand(status: Mapping[str, Any]) -> str:
    if status["leaving"]:
        return "stopping"
    if status["paused"]:
        return "paused"
    if status.get("asleep") and status["whole"]:
        return "asleep: no worker until somebody comes"
    return "serving" if status["whole"] else "not every slot is served"


def _line(worker: Mapping[str, Any]) -> tuple[str, Fields]:
    fields: Fields = {
        "worker": worker["id"],
        **{each: worker[each] for each in ("slot", "generation", "pid", "stage", "seconds")},
    }
    return "worker", fields


def _change(change: Change, now: float) -> dict[str, Any]:
    kind = change.kind.value if change.kind else "first load" if change.previous is None else "load anew"
    return {"kind": kind, "move": change.move.value, "previous": change.previous, "seconds": _seconds(now - change.since)}


def _drain(state: State) -> dict[str, Any]:
    """How long a stop or a reload lets requests finish; was that made to fit into the patience of whoever stops us (None: not known)?"""
    limits = state.limits
    fitted = limits.fits and state.patience is not None
    return {"seconds": limits.drain, "fitted": fitted, "patience": state.patience}


def _worker(worker: Worker, now: float) -> dict[str, Any]:
    return {
        "id": worker.id,
        "slot": worker.slot,
        "generation": worker.generation,
        "pid": worker.pid,
        "stage": worker.stage.value,
        "seconds": _seconds(now - worker.since),
    }


def _seconds(exact: float) -> float:
    return round(exact, 3)
