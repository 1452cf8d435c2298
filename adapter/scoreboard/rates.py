"""What happened between two status records: throughput, latency, processor time."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from adapter.scoreboard.latency import NONE, quantile, since

Status = Mapping[str, Any]


class OfWorker(NamedTuple):
    """One worker's share of a second."""

    requests: float = 0.0
    processor: float = 0.0


class Rates(NamedTuple):
    """Per second; latency in seconds, None when nothing was answered. `seconds` is how long it was between the records."""

    seconds: float = 0.0
    requests: float = 0.0
    bytes_in: float = 0.0
    bytes_out: float = 0.0
    p50: float | None = None
    p99: float | None = None
    workers: Mapping[int, OfWorker] = {}
    lately: bool = False  # between two readings; else since the server's start

    @classmethod
    def between(cls, now: Status, then: Status | None) -> Self:
        """From one record to the next; since the server's start when there is no other, or when it is another server's."""
        fresh = then is None or then["pid"] != now["pid"] or then["uptime"] > now["uptime"]
        before: Status = {"uptime": 0.0, "totals": {}, "workers": []} if fresh or then is None else then
        seconds = max(now["uptime"] - before["uptime"], 0.001)
        totals, former = now["totals"], before["totals"]
        buckets = since(totals["latency"], former.get("latency", NONE))
        known = {each["id"]: each for each in before["workers"]}

        def rate(name: str) -> float:
            more = float(totals[name]) - float(former.get(name, 0))
            return float(max(more, 0.0) / seconds)

        return cls(
            seconds,
            rate("requests"),
            rate("bytes_in"),
            rate("bytes_out"),
            quantile(buckets, 0.5),
            quantile(buckets, 0.99),
            {each["id"]: _of_worker(each, known.get(each["id"]), seconds) for each in now["workers"]},
            not fresh,
        )


def _of_worker(now: Mapping[str, Any], then: Mapping[str, Any] | None, seconds: float) -> OfWorker:
    """A worker that was not there before has had less time than `seconds`."""
    before = then or {"requests": 0, "processor": 0.0}
    span = seconds if then else min(max(now["age"], 0.001), seconds)
    return OfWorker((now["requests"] - before["requests"]) / span, (now["processor"] - before["processor"]) / span)
