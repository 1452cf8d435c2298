"""The status record as lines of text, for `adapter status` and `adapter top`: a pure function of the record and the size.

Plain ASCII, never wider or longer than asked for. A line has a style, by which a terminal with colours may paint it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from adapter.scoreboard.rates import OfWorker, Rates
from adapter.scoreboard.words import amount, duration, fit, plain, size

Status = Mapping[str, Any]
Worker = Mapping[str, Any]
_LEAST_EVENTS = 3
_LEAST_HEIGHT = 9

SORTS: Final = {
    "s": "slot",
    "r": "requests per second",
    "t": "longest request",
    "m": "memory",
    "c": "processor",
}
"""Keys of `adapter top`, and what each sorts by."""


_COLUMNS: Final = (
    # heading, its width (negative: to the left), and from which width of the screen on there is room for it
    ("SLOT", 4, 0),
    ("GEN", 3, 0),
    ("PID", 7, 0),
    ("STAGE", -8, 0),
    ("AGE", 6, 100),
    ("REQS", 5, 100),
    ("REQ/S", 5, 0),
    ("AVG", 6, 90),
    ("CONN", 4, 90),
    ("MEM", 5, 0),
    ("CPU", 4, 0),
    ("BUSY", 5, 0),
)


class Line(NamedTuple):
    """One line. `style` is one of: plain, title, head, good, bad, busy, faint."""

    text: str
    style: str = "plain"


def page(status: Status, rates: Rates, width: int, *, height: int | None = None, sort: str = "s", foot: str = "") -> list[Line]:
    """The whole screen. With a `height`, exactly so many lines: workers and events share what the summary leaves."""
    heading = Line(_row({name: name for name, _, _ in _COLUMNS}, width, "DOING"), "head")
    top = _fitted((*summary(status, rates), heading), width)
    workers = _fitted(workers_of(status, rates, sort, width), width)
    events = _fitted(events_of(status), width)
    if height is None:
        return [*top, *workers, *_titled(events)]
    room = max(height, _LEAST_HEIGHT) - len(top) - (1 if foot else 0)
    workers = _cut(workers, max(room - min(len(events), _LEAST_EVENTS) - 1, 1))
    left = max(room - len(workers) - 1, 0)
    lines = [*top, *workers, *(_titled(events[-left:]) if left else [])]
    lines = lines[: height - bool(foot)]
    lines += [Line("")] * (height - bool(foot) - len(lines))
    return [*lines, Line(fit(foot, width), "title")] if foot else lines


def summary(status: Status, rates: Rates) -> Iterable[Line]:
    """How it stands with the server."""
    totals = status["totals"]
    workers = status["workers"]
    ready = sum(each["stage"] == "ready" for each in workers)
    yield Line(
        f"adapter {status['version']}  pid {status['pid']}  generation {status['generation']}  "
        f"up {duration(status['uptime'])}  {condition(status)}  {plain(status['directory'])}",
        "good" if is_ready(status) else "bad",
    )
    yield Line(
        f"workers {ready}/{status['slots']}, {sum(each['busy'] > 0 for each in workers)} busy, "
        f"{sum(each['in_flight'] for each in workers)} in flight, {sum(each['connections'] for each in workers)} conns  "
        f"reloads {status['reloads']} ({status['failed_reloads']} failed)  crashes {status['respawns']}"
    )
    answered = " ".join(f"{each} {amount(totals[f'answered_{each}'])}" for each in ("2xx", "3xx", "4xx", "5xx"))
    yield Line(
        f"requests {amount(totals['requests'])} ({answered})  refused {amount(totals['refused'])}  failed {amount(totals['failed'])}"
    )
    yield Line(
        f"{'now' if rates.lately else 'on average'} {amount(rates.requests)} req/s  p50 {duration(rates.p50)}  p99 {duration(rates.p99)}  "
        f"in {size(rates.bytes_in)}/s  out {size(rates.bytes_out)}/s"
    )
    queues = "  ".join(f"{_spoken(each)}{plain(each['listener'])} {each['waiting']}/{each['most']}" for each in status["queues"])
    full = any(each["waiting"] > each["most"] // 2 for each in status["queues"])
    yield Line(f"backlog {queues or '-'}", "bad" if full else "plain")
    if (drain := status.get("drain")) is not None:  # a server of an earlier version does not tell
        yield Line(_drain(drain))


def _drain(drain: Mapping[str, Any]) -> str:
    text = f"drain {drain['seconds']:g}s at most"
    if drain["patience"] is None:
        return text
    patience = f"the supervisor's {drain['patience']:g}s"
    return f"{text}, made to fit into {patience}" if drain["fitted"] else f"{text}, of {patience}"


def condition(status: Status) -> str:
    """In a few words, what it is doing."""
    change = status["change"]
    words = [_stand(status)]
    words += [name.replace("_", " ") for name in ("paused", "lame_duck", "probation") if status.get(name)]
    if change is not None:
        words.append(f"{change['kind']} ({change['move']}, {duration(change['seconds'])})")
    if status["queued"]:
        words.append(f"then {status['queued']}")
    return ", ".join(words)


def _stand(status: Status) -> str:
    if status["leaving"]:
        return "stopping"
    if not status["whole"]:
        return "not every slot is served"
    return "asleep" if status.get("asleep") else "serving"


def is_ready(status: Status) -> bool:
    """Would one send it requests? Every slot is served, and nobody has said that it should take none."""
    return bool(status["whole"]) and not any(status.get(name) for name in ("leaving", "paused", "lame_duck"))


def workers_of(status: Status, rates: Rates, sort: str, width: int) -> Iterable[Line]:
    """A line for each worker; a slot with nobody in it has one too."""
    workers: Sequence[Worker] = status["workers"]
    for each in sorted(workers, key=lambda worker: _rank(worker, rates, sort)):
        yield _worker(each, rates.workers.get(each["id"], OfWorker()), width)
    served = {each["slot"] for each in workers}
    for slot in range(status["slots"]):
        if slot not in served:
            yield Line(_row({"SLOT": str(slot), "STAGE": "nobody"}, width), "bad")


def _rank(worker: Worker, rates: Rates, sort: str) -> tuple[float, int, int]:
    rate = rates.workers.get(worker["id"], OfWorker())
    first = {
        "r": -rate.requests,
        "t": -max((each["seconds"] for each in worker["running"]), default=0.0),
        "m": -worker["resident"],
        "c": -rate.processor,
    }
    return first.get(sort, 0.0), worker["slot"], worker["id"]


def _worker(worker: Worker, rate: OfWorker, width: int) -> Line:
    running = worker["running"]
    doing = f"{duration(running[0]['seconds'])} {plain(running[0]['line'])}" if running else ""
    if len(running) > 1:
        doing = f"{doing} (+{worker['in_flight'] - 1})"
    cells = {
        "SLOT": str(worker["slot"]),
        "GEN": str(worker["generation"]),
        "PID": str(worker["pid"]),
        "STAGE": worker["stage"],
        "AGE": duration(worker["age"]),
        "REQS": amount(worker["requests"]),
        "REQ/S": amount(rate.requests),
        "AVG": duration(worker["average"]),
        "CONN": amount(worker["connections"]),
        "MEM": size(worker["resident"]),
        "CPU": f"{rate.processor * 100:.0f}%",
        "BUSY": f"{worker['busy']}/{worker['threads']}",
    }
    style = "faint" if worker["stage"] != "ready" else "busy" if worker["busy"] else "plain"
    return Line(_row(cells, width, doing), style)


def _row(cells: Mapping[str, str], width: int, doing: str = "") -> str:
    shown = [(name, columns) for name, columns, least in _COLUMNS if width >= least]
    parts = [
        cells.get(name, "-").ljust(-columns) if columns < 0 else cells.get(name, "-").rjust(columns) for name, columns in shown
    ]
    return f"{' '.join(parts)}  {doing}".rstrip()


def events_of(status: Status) -> Iterable[Line]:
    """What the master said lately, the oldest first."""
    styles = {"error": "bad", "fatal": "bad", "warning": "busy"}
    for each in status["events"]:
        yield Line(f"{duration(each['seconds']):>6} ago  {plain(each['sentence'])}", styles.get(each["level"], "plain"))


def _fitted(lines: Iterable[Line], width: int) -> list[Line]:
    return [Line(fit(each.text, width), each.style) for each in lines]


def _titled(events: Sequence[Line]) -> list[Line]:
    return [Line("LAST EVENTS", "head"), *events] if events else []


def _cut(lines: list[Line], most: int) -> list[Line]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], Line(f"     and {len(lines) - most + 1} more", "faint")]


def _spoken(queue: Mapping[str, Any]) -> str:
    """In front of its address, where it is not what everybody expects."""
    spoken = plain(queue.get("protocol", "http"))
    return "" if spoken == "http" else f"{spoken} "
