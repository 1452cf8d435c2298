"""The status record as OpenMetrics text (OpenMetrics 1.0, the form Prometheus scrapes).

Counters come from the ledger, so they never go down while the server lives; gauges speak of workers that are there now, so
none stays behind of a worker that died.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from adapter.scoreboard.latency import BOUNDS

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
Status = Mapping[str, Any]
_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_STAGES = ("forking", "booting", "ready", "draining", "aborting", "killed")


class _Sample(NamedTuple):
    value: float
    labels: Mapping[str, str] = {}
    suffix: str = ""


def text(status: Status) -> str:
    """The whole exposition."""
    return "".join((*_counters(status), *_of_the_server(status), *_of_workers(status), "# EOF\n"))


def _counters(status: Status) -> Iterable[str]:
    totals = status["totals"]

    def one(name: str, meaning: str, key: str, unit: str = "") -> str:
        return _family(name, "counter", meaning, [_Sample(totals[key], suffix="_total")], unit)

    by_class = [_Sample(totals[f"answered_{each}"], {"class": each}, "_total") for each in _CLASSES]
    handed = [_Sample(totals[key], {"direction": key}, "_total") for key in ("given", "taken")]
    yield _family("adapter_requests", "counter", "Requests answered, by class of the status.", by_class)
    yield one("adapter_refused", "Requests refused before they reached the application.", "refused")
    yield one("adapter_failures", "Requests in which the application raised.", "failed")
    yield one("adapter_overdue", "Requests that were still running at --request-timeout.", "overdue")
    yield _family("adapter_request_seconds", "histogram", "Time in the application.", _histogram(totals), "seconds")
    yield one("adapter_received_bytes", "Bytes received from clients.", "bytes_in", "bytes")
    yield one("adapter_sent_bytes", "Bytes sent to clients.", "bytes_out", "bytes")
    yield one("adapter_accepted_connections", "Connections accepted.", "accepted")
    yield _family("adapter_handovers", "counter", "Connections handed over between workers.", handed)
    yield one("adapter_worker_cpu_seconds", "Processor time of the workers.", "processor", "seconds")


def _histogram(totals: Mapping[str, Any]) -> list[_Sample]:
    samples, cumulated = [], 0
    for count, bound in zip(totals["latency"], (*map(_number, BOUNDS), "+Inf"), strict=True):
        cumulated += count
        samples.append(_Sample(cumulated, {"le": bound}, "_bucket"))
    return [*samples, _Sample(cumulated, suffix="_count"), _Sample(totals["running"], suffix="_sum")]


def _of_the_server(status: Status) -> Iterable[str]:
    def gauge(name: str, meaning: str, value: float, unit: str = "") -> str:
        return _family(name, "gauge", meaning, [_Sample(value)], unit)

    def counter(name: str, meaning: str, label: str, values: Mapping[str, float]) -> str:
        return _family(name, "counter", meaning, [_Sample(value, {label: key}, "_total") for key, value in values.items()])

    queues = [(each, {"listener": each["listener"]}) for each in status["queues"]]
    yield _family("adapter", "info", "The server.", [_Sample(1, {"version": status["version"]}, "_info")])
    yield gauge("adapter_generation", "The generation that should serve.", status["generation"])
    yield gauge(
        "adapter_whole", "1 when every slot has a ready worker of that generation, or sleeps (--idle-cheap).", status["whole"]
    )
    yield gauge("adapter_paused", "1 while no connection is accepted because an operator said so.", bool(status.get("paused")))
    yield gauge("adapter_slots", "Workers wanted.", status["slots"])
    yield gauge("adapter_uptime_seconds", "Since the master began.", status["uptime"], "seconds")
    yield counter("adapter_reloads", "Reloads, by outcome.", "outcome", outcomes(status))
    yield counter("adapter_restarts", "Workers replaced one by one, by cause.", "cause", causes(status))
    yield _family("adapter_drains", "counter", "Workers told to drain.", [_Sample(status["drains"], suffix="_total")])
    yield _family(
        "adapter_backlog", "gauge", "Connections that wait to be accepted.", [_Sample(q["waiting"], at) for q, at in queues]
    )
    yield _family("adapter_backlog_limit", "gauge", "How many may wait.", [_Sample(q["most"], at) for q, at in queues])


def outcomes(status: Status) -> dict[str, float]:
    """Reloads by what became of them."""
    return {"committed": status["reloads"], "failed": status["failed_reloads"], "rolled_back": status["rollbacks"]}


def causes(status: Status) -> dict[str, float]:
    """Workers replaced, by why."""
    return {"crash": status["respawns"], "limit": status["recycled"]}


def _of_workers(status: Status) -> Iterable[str]:
    workers = status["workers"]
    stages = {stage: sum(each["stage"] == stage for each in workers) for stage in _STAGES}
    named = [(each, {"slot": str(each["slot"]), "worker": str(each["id"])}) for each in workers]

    def both(name: str, meaning: str, key: str, unit: str = "") -> str:
        return _family(name, "gauge", meaning, [_Sample(sum(each[key] for each in workers))], unit)

    yield _family("adapter_workers", "gauge", "Workers, by stage.", [_Sample(stages[each], {"stage": each}) for each in _STAGES])
    yield _family(
        "adapter_workers_busy", "gauge", "Workers with a request.", [_Sample(sum(each["busy"] > 0 for each in workers))]
    )
    yield both("adapter_threads", "Threads for the application.", "threads")
    yield both("adapter_threads_busy", "Threads in the application.", "busy")
    yield both("adapter_requests_in_flight", "Requests with the application, or waiting for a thread.", "in_flight")
    yield both("adapter_connections", "Connections open.", "connections")
    yield _family(
        "adapter_worker_resident_bytes", "gauge", "Memory of a worker.", [_Sample(w["resident"], at) for w, at in named], "bytes"
    )


def _family(name: str, kind: str, meaning: str, samples: Iterable[_Sample], unit: str = "") -> str:
    lines = [f"# TYPE {name} {kind}", *([f"# UNIT {name} {unit}"] if unit else []), f"# HELP {name} {meaning}"]
    lines += [f"{name}{each.suffix}{_labels(each.labels)} {_number(each.value)}" for each in samples]
    return "".join(line + "\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
