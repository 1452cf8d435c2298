"""What is counted is told: exactly, over crashes, reloads and the master's own exec; to uwsgitop too."""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGALRM, SIGHUP, SIGKILL
from typing import Any, Self

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from kit.asked import Asked, talk
from kit.commands import Line, answer
from kit.commands import reload as reloaded
from kit.server import PROGRAM, Adapter, wait_until_gone
from kit.tmux import Tmux
from kit.until import until

UWSGITOP = str(Path(sys.executable).with_name("uwsgitop"))
METRICS = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"


class Told:
    """The status, asked again on one connection until it says what is waited for: a worker writes when its request is over."""

    def __init__(self, server: Adapter) -> None:
        self._line = Line(server.directory / "control")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.__exit__()

    def now(self) -> dict[str, Any]:
        """The record."""
        return dict(self._line.ask("status")["status"])

    def until(self, name: str, count: int) -> dict[str, Any]:
        """The record, once so many are counted; never more."""
        record = until(self.now, lambda record: record["totals"][name] >= count)
        assert record["totals"][name] == count, f"{record}"
        return record

    def until_counted(self, requests: int) -> dict[str, Any]:
        """The record, once it has so many requests."""
        return self.until("requests", requests)


@pytest.fixture
def server() -> Iterator[Adapter]:
    """Two workers, everything told."""
    options = ("--workers=2", "--control=control", "--stats=127.0.0.1:0", "--metrics=127.0.0.1:0")
    with Adapter("gated.py", *options) as running:
        running.wait_for("adapter: info: serving generation=")
        yield running


def published(server: Adapter, option: str) -> str:
    """Where it says it publishes."""
    return server.wait_for(f"adapter: info: publishing option={option} ")["address"]


def metrics(server: Adapter) -> dict[tuple[str, ...], float]:
    """All samples, by name and labels."""
    body = talk(published(server, "--metrics"), METRICS).partition(b"\r\n\r\n")[2].decode()
    families = text_string_to_metric_families(body)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_requests_are_counted(server: Adapter) -> None:
    """Requests by class, latency, bytes, connections: as many as there were."""
    address = server.address
    for _ in range(20):
        answer(address)
    refused = talk(address, b"GET / HTTP/1.1\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 400 ")
    with Told(server) as told:
        told.until_counted(20)
        told.until("refused", 1)
        totals = told.until("accepted", 21)["totals"]
        assert totals["answered_2xx"] == 20
        assert sum(totals["latency"]) == 20
        assert totals["accepted"] == 21
        assert totals["bytes_in"] > 20 * 30
        assert totals["bytes_out"] > 20 * 50
        assert totals["p50"] is not None
    samples = metrics(server)
    assert samples["adapter_requests_total", "2xx"] == 20
    assert samples["adapter_request_seconds_count",] == 20
    assert samples["adapter_refused_total",] == 1


def test_failures_are_counted() -> None:
    """An application that raises is a 500 and a failure."""
    with Adapter("raises_at_request.py", "--control=control") as server:
        status, _ = Asked(server.address, "/early").answer()
        assert status == 500
        with Told(server) as told:
            totals = told.until_counted(1)["totals"]
    assert (totals["answered_5xx"], totals["failed"]) == (1, 1)


def test_requests_past_their_deadline_are_counted() -> None:
    """What uWSGI calls harakiri: counted for the slot, also once the worker that was stuck is replaced."""
    options = ("--request-timeout=300ms", "--drain-timeout=2s", "--control=control", "--stats=127.0.0.1:0")
    with Adapter("slow.py", *options) as server:
        status, _ = Asked(server.address, "/?seconds=2").answer()
        assert status == 504
        with Told(server) as told:
            told.until("overdue", 1)
        document = json.loads(talk(published(server, "--stats"), b""))
        assert document["workers"][0]["harakiri_count"] == 1


def test_a_call_that_returns_after_its_deadline_is_counted_once() -> None:
    """As the 504 that its client got, whatever it says when it comes back at last; another call keeps its worker until then."""
    options = ("--request-timeout=300ms", "--threads=2", "--control=control", "--access-log=access.log")
    with Adapter("extends.py", *options, "--access-log-format={status} {target}") as server:
        short, long = Asked(server.address, "/?more=0&seconds=2"), Asked(server.address, "/?more=60&seconds=3")
        assert short.answer()[0] == 504
        assert long.answer() == (200, b"done\n")
        with Told(server) as told:
            totals = told.until_counted(2)["totals"]
            assert (totals["answered_2xx"], totals["answered_5xx"], totals["overdue"]) == (1, 1, 1)
            assert sum(totals["latency"]) == 2
        assert server.stop() == 0
        said = sorted((server.directory / "access.log").read_text().splitlines())
        assert said == ["200 /?more=60&seconds=3", "504 /?more=0&seconds=2"]


def test_counters_outlive_everything(server: Adapter) -> None:
    """Over SIGKILL of each worker, a chain reload and two execs of the master every request is counted once, and none is lost."""
    address, asked = server.address, 0
    with Told(server) as told:

        def ask() -> dict[str, Any]:
            nonlocal asked
            for _ in range(10):
                answer(address)
            asked += 10
            return told.until_counted(asked)

        ask()
        for number in (SIGHUP, SIGALRM, SIGHUP):
            reloaded(server, number)
            ask()
        for worker in told.now()["workers"]:
            mark = server.log.mark()
            os.kill(worker["pid"], SIGKILL)
            wait_until_gone(worker["pid"])
            server.wait_for("adapter: info: ready worker=", since=mark)
            ask()
        record = told.now()
    assert sum(each["requests"] for each in record["by_slot"]) == asked
    assert sum(each["workers"] for each in record["by_slot"]) == 10
    assert record["respawns"] == 2
    samples = metrics(server)
    assert samples["adapter_requests_total", "2xx"] == asked
    assert samples["adapter_reloads_total", "committed"] == 3
    assert samples["adapter_restarts_total", "crash"] == 2
    assert samples["adapter_drains_total",] == 6


def test_what_runs_is_told(server: Adapter) -> None:
    """A request that lasts is seen: by whom, which, since when; in status, --stats, --metrics, and in `adapter top`."""
    os.mkfifo(server.directory / "gate")
    with Tmux([*PROGRAM, "top", "control", "--interval=100ms"], cwd=server.directory, width=100) as terminal:
        held = Asked(server.address, "/gated?a=b")
        pid = int(server.wait_for("gated: begun pid=")["pid"])
        screen = terminal.wait_for(lambda shown: "GET /gated?a=b" in shown)
        row = next(line for line in screen.splitlines() if "GET /gated?a=b" in line)
        assert row.split()[2] == str(pid)
        assert re.search(r" 1/\d+ +\S+ GET /gated\?a=b$", row.rstrip())
        with Told(server) as told:
            worker = next(each for each in told.now()["workers"] if each["pid"] == pid)
            assert (worker["busy"], worker["in_flight"]) == (1, 1)
            assert worker["running"][0]["line"] == "GET /gated?a=b"
        assert metrics(server)["adapter_workers_busy",] == 1
        host, _, port = published(server, "--stats").rpartition(":")
        document = json.loads(talk(f"{host}:{port}", b""))
        busy = next(each for each in document["workers"] if each["pid"] == pid)
        assert busy["status"] == "busy"
        assert busy["cores"][0]["vars"] == ["REQUEST_LINE=GET /gated?a=b", ""]
        (server.directory / "gate").write_bytes(b"go\n")
        assert held.answer()[0] == 200
        terminal.wait_for(lambda shown: "GET /gated" not in shown)


def counts(screen: str) -> tuple[set[str], int]:
    """What uwsgitop shows of the workers: who they are, and how many requests they have had together."""
    workers = [line.split() for line in screen.splitlines() if re.match(r" *[12] +\d+.* \d+ +\d+ ", line)]
    return {words[2] for words in workers}, sum(int(words[3]) for words in workers)


def test_uwsgitop(server: Adapter) -> None:
    """The real uwsgitop, as it comes, shows our workers and their counters, and survives a reload of ours."""
    address = server.address
    for _ in range(7):
        answer(address)
    with Told(server) as told:
        told.until_counted(7)
        with Tmux([UWSGITOP, "--frequency=1", published(server, "--stats")], cwd=server.directory, width=140) as terminal:
            pids = {str(each["pid"]) for each in told.now()["workers"]}
            terminal.wait_for(lambda shown: "adapter-" in shown and counts(shown) == (pids, 7))
            reloaded(server)
            for _ in range(5):
                answer(address)
            fresh = {str(each["pid"]) for each in told.until_counted(12)["workers"]}
            terminal.wait_for(lambda shown: counts(shown) == (fresh, 12))
            terminal.keys("q")
