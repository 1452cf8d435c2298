"""The account as plain data: the part of the status record that `adapter status`, --stats and --metrics all draw from."""

from functools import reduce
from typing import Any

from adapter.scoreboard.figures import Record, Totals
from adapter.scoreboard.latency import quantile
from adapter.scoreboard.ledger import Ledger

_SECOND = 1_000_000_000
_SHARES = {"p50": 0.5, "p99": 0.99}


def worker(record: Record, now: int) -> dict[str, Any]:
    """What one worker says of itself, `now` being monotonic nanoseconds; sizes in bytes, times in seconds."""
    here, counters = record.now, record.counters
    return {
        "age": _seconds(now - here.born) if here.born else 0.0,
        "requests": counters.requests,
        "failed": counters.failed,
        "running_time": counters.running / 1e6,
        "average": here.average / 1e6,
        "connections": here.connections,
        "in_flight": here.in_flight,
        "busy": here.busy,
        "threads": here.threads,
        "resident": here.resident,
        "virtual": here.virtual,
        "processor": counters.processor / 1e6,
        "import": here.imported / 1e6,
        "running": [{"line": each.line, "seconds": _seconds(now - each.began)} for each in record.running],
    }


def counted(ledger: Ledger, slots: int) -> dict[str, Any]:
    """What was counted since the server began: in all, with the latency in buckets (`scoreboard.latency.BOUNDS`), and in each slot."""
    by_slot = ledger.slots()
    whole = reduce(Totals.plus, by_slot.values()) if by_slot else Totals()
    quantiles = {name: quantile(whole.latency, share) for name, share in _SHARES.items()}
    return {
        "totals": {**_counters(whole), **quantiles, "latency": list(whole.latency)},
        "by_slot": [
            {"slot": slot, "workers": ledger.born(slot), **_counters(by_slot.get(slot, Totals()))} for slot in range(slots)
        ],
    }


def _counters(totals: Totals) -> dict[str, Any]:
    told: dict[str, Any] = totals.counters._asdict()
    return {**told, "running": told["running"] / 1e6, "processor": told["processor"] / 1e6}


def _seconds(nanoseconds: int) -> float:
    return round(max(nanoseconds, 0) / _SECOND, 3)
