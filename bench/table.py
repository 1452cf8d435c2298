"""Results as a page of Markdown. Pure."""

from collections.abc import Iterator

from bench import goals, peers, workloads
from bench.figures import Figure, ratio
from bench.job import Column, Workload
from bench.results import Results

UNITS = {  # of the measure as it is kept (seconds, bytes, shares, counts): the factor, the decimals, what is written behind
    "number": (1, 0, ""),
    "count": (1, 2, ""),
    "us": (1e6, 1, " µs"),
    "ms": (1e3, 2, " ms"),
    "kB": (1e-3, 1, " kB"),
    "MB": (1e-6, 1, " MB"),
    "percent": (100, 0, " %"),
    "times": (1, 2, " ×"),
}

UNFAIR = """\
## What is not fair in it

- Client and server share a machine and its loopback: no network, no TLS, no proxy, and a processor with two cores in the cloud is a noisy
  place. Ratios within one run mean more than numbers, and CPU per request more than throughput.
- We wrote the bench, chose the workloads, and know adapter's options better than those of the others. Each peer runs with its own defaults and
  what its documentation recommends for speed; somebody who knows it well may get more out of it.
- bjoern does far less than adapter: one thread, no workers, no limits or timeouts against slow or hostile clients, no drain, no reload.
- The bare loop is a yardstick, not a server: it takes each read for one whole request and knows no error.
- uvicorn serves an ASGI application on uvloop, the others WSGI. What such an application could do at the same time is not measured.
- granian is made for several threads of its runtime beside Python's; kept on one core it cannot use them. That goes for every server with
  more than one process or thread: "4 workers" shows what they cost, not what they gain.
- uWSGI's `--http-socket` and gunicorn's sync worker end the connection after each response; they are meant to stand behind a proxy. uWSGI's own
  `uwsgi` protocol, its best side, is not measured.
- hello is no application: with the Flask and Django views the server's share is small, and so are the differences.
- The load generator (wrk) sends one fixed request as fast as it is answered. Latency under such a load says how full the queue is, so it
  is not shown; `mix` measures latency with clients that pause.
- Memory counts processes (PSS), not what the kernel keeps for sockets.
"""


def shown(figure: Figure | None, column: Column) -> str:
    """The median with its least and most; marked when answers were wrong."""
    if figure is None:
        return "–"
    factor, decimals, unit = UNITS[column.unit]
    middle, low, high = (f"{value * factor:,.{decimals}f}" for value in figure[:3])
    spread = f" ({low}–{high})" if low != high else ""
    return f"{middle}{unit}{spread}" + (" ⚠" if figure.errors else "")


def _rows(workload: Workload, results: Results) -> Iterator[list[str]]:
    """One for each server that was measured or should have been."""
    first = workload.servers[0]
    compared = [column for column in workload.columns if column.compared]
    for name in workload.servers:
        measured = [results.figure(workload.name, name, column.measure) for column in workload.columns]
        why = results.failed.get(workload.name, {}).get(name) or results.missing.get(name)
        if not why and not any(measured):
            continue
        cells = [shown(figure, column) for figure, column in zip(measured, workload.columns, strict=True)]
        if why and not any(measured):
            cells[0] = "could not be built" if name in results.missing else "failed"
        ratios = [
            ratio(results.figure(workload.name, first, c.measure), results.figure(workload.name, name, c.measure))
            for c in compared
        ]
        yield [peers.BY_NAME[name].title, *cells, *("" if r is None or name == first else f"{r:.2f} ×" for r in ratios)]


def _section(workload: Workload, results: Results) -> Iterator[str]:
    if not (results.samples.get(workload.name) or results.failed.get(workload.name)):  # it was not asked for
        return
    rows = list(_rows(workload, results))
    compared = [column for column in workload.columns if column.compared]
    first = peers.BY_NAME[workload.servers[0]].title
    head = ["server", *(column.title for column in workload.columns), *(f"{first} / it: {column.title}" for column in compared)]
    yield f"## {workload.title}\n"
    if workload.note:
        yield workload.note + "\n"
    if workload.often > 1:
        yield f"{workload.rounds(results.rounds)} rounds.\n"
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|--:" * (len(head) - 1) + "|"
    yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield ""
    for name, why in results.failed.get(workload.name, {}).items():
        yield f"{peers.BY_NAME[name].title}: {why.splitlines()[0]}\n"
    for name in workload.servers:
        total = sum(sample.get("errors", 0) for sample in results.samples.get(workload.name, {}).get(name, []))
        if total:
            yield f"⚠ {peers.BY_NAME[name].title}: {total:,.0f} answers in all rounds were wrong, or none.\n"


def _aims(results: Results) -> Iterator[str]:
    """What was aimed at and what came of it."""
    measured = [(goal, value) for goal in goals.GOALS if (value := goals.reached(goal, results)) is not None]
    if not measured:
        return
    yield "## What was aimed at\n"
    yield "| workload | measure | of | against | aim | measured | |"
    yield "|---|---|---|---|--:|--:|---|"
    for goal, value in measured:
        workload = workloads.BY_NAME[goal.workload]
        column = next(column for column in workload.columns if column.measure == goal.measure)
        against = peers.BY_NAME[goal.theirs].title if goal.theirs else ""
        aim = f"{'≥' if goal.least else '≤'} {goal.bound:g}"
        ours, became = peers.BY_NAME[goal.ours].title, "reached" if goals.met(goal, value) else "missed"
        yield f"| {workload.title} | {column.title} | {ours} | {against} | {aim} | {value:.2f} | {became} |"
    yield ""


def _facts(results: Results) -> Iterator[str]:
    machine = results.machine
    yield "# Benchmarks\n"
    yield "Made by `python -m bench --write` (`make bench`); nothing here is typed by hand.\n"
    yield f"{machine['processor']}, {machine['memory']}, {machine['kernel']}, {machine['python']}; {machine['date']}."
    yield f"Load average before the run: {machine['load']} (the quieter the better). {machine['placing']}"
    yield f"{results.rounds} interleaved round(s) of {results.seconds:g} s, each with a fresh server that has answered right and was warmed up."
    yield "A figure is the median of the rounds (least–most). ⚠ marks one during which answers were wrong or missing.\n"
    known = {"adapterd", *(pin.partition("==")[0].lower() for peer in peers.PEERS for pin in (*peer.pins, *peers.SHARED))}
    named = sorted(f"{name} {version}" for name, version in results.versions.items() if name in known)
    yield "Versions: " + ", ".join(named) + ".\n"
    for name, why in results.missing.items():
        yield f"{peers.BY_NAME[name].title} could not be built here: {why}\n"


def _lines(results: Results) -> Iterator[str]:
    yield from _facts(results)
    yield from _aims(results)
    for workload in workloads.WORKLOADS:
        yield from _section(workload, results)
    yield UNFAIR.rstrip("\n")


def render(results: Results) -> str:
    """The page."""
    return "\n".join(_lines(results)) + "\n"
