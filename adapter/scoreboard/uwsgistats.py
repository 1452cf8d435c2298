"""The status record as uWSGI's stats server tells it, so that uwsgitop and whoever else reads that JSON runs unchanged.

Source: the uWSGI documentation, "The uWSGI Stats Server", and what uwsgitop reads. Times are microseconds, `id` counts from 1.
What adapter does not have (locks, spoolers, uwsgi signals) is there with its empty value.
"""

from collections.abc import Mapping
from typing import Any

Status = Mapping[str, Any]
_MICRO = 1_000_000


def stats(status: Status, wall: float) -> dict[str, Any]:
    """uWSGI's document; `wall` is the time of day, since uWSGI tells when a worker was born by it."""
    queues = status["queues"]
    backlog = max((each["waiting"] for each in queues), default=0)
    return {
        "version": f"adapter-{status['version']}",
        "listen_queue": backlog,
        "listen_queue_errors": 0,
        "signal_queue": 0,
        "load": backlog,
        "pid": status["pid"],
        "uid": status["uid"],
        "gid": status["gid"],
        "cwd": status["directory"],
        "locks": [],
        "sockets": [_socket(each) for each in queues],
        "workers": [_worker(slot, status, wall) for slot in status["by_slot"]],
    }


def _socket(queue: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": queue["listener"],
        "proto": queue.get("protocol", "http"),
        "queue": queue["waiting"],
        "max_queue": queue["most"],
        "shared": 0,
        "can_offload": 0,
    }


def _worker(slot: Mapping[str, Any], status: Status, wall: float) -> dict[str, Any]:
    """A slot is what uWSGI calls a worker: its counters go on when the process in it is another."""
    sitting = _sitting(status, slot["slot"])
    now: Mapping[str, Any] = sitting or {}
    return {
        "id": slot["slot"] + 1,
        "pid": now.get("pid", 0),
        "accepting": int(now.get("stage") == "ready" and not status.get("paused")),
        "requests": slot["requests"],
        "delta_requests": now.get("requests", 0),
        "exceptions": slot["failed"],
        "harakiri_count": slot["overdue"],
        "signals": 0,
        "signal_queue": 0,
        "status": _status(sitting, paused=bool(status.get("paused"))),
        "rss": now.get("resident", 0),
        "vsz": now.get("virtual", 0),
        "running_time": round(slot["running"] * _MICRO),
        "last_spawn": int(wall - now.get("age", 0)),
        "respawn_count": slot["workers"],
        "tx": slot["bytes_out"],
        "avg_rt": round(now.get("average", 0) * _MICRO),
        "apps": [_app(slot, now, status)],
        "cores": _cores(now, wall),
    }


def _sitting(status: Status, slot: int) -> Mapping[str, Any] | None:
    """Who serves this slot; of several the one that is there to stay."""
    there: list[Mapping[str, Any] | None] = [each for each in status["workers"] if each["slot"] == slot]
    ready = [each for each in there if each and each["stage"] == "ready"]
    return (ready or there or [None])[-1]


def _status(worker: Mapping[str, Any] | None, *, paused: bool) -> str:
    if worker is None:
        return "cheap"
    if worker["busy"]:
        return "busy"
    return "pause" if paused else "idle"


def _app(slot: Mapping[str, Any], now: Mapping[str, Any], status: Status) -> dict[str, Any]:
    return {
        "id": 0,
        "modifier1": 0,
        "mountpoint": "",
        "startup_time": round(now.get("import", 0)),
        "requests": slot["requests"],
        "exceptions": slot["failed"],
        "chdir": status["directory"],
    }


def _cores(now: Mapping[str, Any], wall: float) -> list[dict[str, Any]]:
    """A thread is what uWSGI calls a core. Requests are not counted by thread: they all stand at the first."""
    running = now.get("running", [])
    cores: list[dict[str, Any]] = []
    for number in range(now.get("threads", 0)):
        busy = number < now.get("busy", 0)
        request = running[number] if number < len(running) else None
        cores.append(
            {
                "id": number,
                "requests": now.get("requests", 0) if number == 0 else 0,
                "static_requests": 0,
                "routed_requests": 0,
                "offloaded_requests": 0,
                "write_errors": 0,
                "read_errors": 0,
                "in_request": int(busy),
                "vars": [f"REQUEST_LINE={request['line']}", ""] if request else [],
                "req_info": {"request_start": int(wall - request["seconds"])} if request else {},
            }
        )
    return cores
