"""--stats and --metrics: told to whoever asks, whole, while nobody who asks can delay the master."""

import json
import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from kit.asked import talk
from kit.commands import Line, adapter, answer, status
from kit.server import Adapter, wait_until_stopped

METRICS = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"


def published(server: Adapter, option: str, since: int = 0) -> str:
    """Where it says it publishes."""
    return server.wait_for(f"adapter: info: publishing option={option} ", since=since)["address"]


def connect(address: str) -> socket.socket:
    """A client there."""
    client = socket.socket(socket.AF_UNIX if address.startswith("unix:") else socket.AF_INET)
    host, _, port = address.rpartition(":")
    client.connect(address.removeprefix("unix:") if address.startswith("unix:") else (host, int(port)))
    client.settimeout(60)  # not before: a full queue would be an error at once
    return client


def everything(client: socket.socket) -> bytes:
    """All that comes, to the end of file."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def stats(address: str) -> dict[str, Any]:
    """uWSGI's document, as uwsgitop reads it."""
    with connect(address) as client:
        return dict(json.loads(everything(client)))


def is_cut(client: socket.socket) -> bool:
    """Talk until hung up on."""
    try:
        for _ in range(10_000):
            client.sendall(b"x" * 65536)
    except ConnectionError:
        return True
    return False


@pytest.fixture(scope="module")
def server() -> Iterator[Adapter]:
    """One server for all that does not end it."""
    options = ("--workers=2", "--control=control", "--stats=unix:stats", "--metrics=127.0.0.1:0")
    with Adapter("hello.py", *options) as running:
        running.wait_for("adapter: info: serving generation=")
        yield running


def test_stats(server: Adapter) -> None:
    """One JSON document for each connection, without a question; the socket is nobody's but the user's."""
    document = stats(published(server, "--stats"))
    assert [each["id"] for each in document["workers"]] == [1, 2]
    assert {each["pid"] for each in document["workers"]} == {each.pid for each in server.ready()}
    assert document["pid"] == server.process.pid
    assert document["sockets"][0]["name"] == server.address
    assert stat.S_IMODE((server.directory / "stats").stat().st_mode) == 0o600


def test_metrics(server: Adapter) -> None:
    """GET /metrics is OpenMetrics text by the strict parser; HEAD has its head alone."""
    address = published(server, "--metrics")
    head, _, body = talk(address, METRICS).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n")
    assert b"Connection: close" in head
    found = {family.name: family for family in text_string_to_metric_families(body.decode())}
    assert found["adapter_generation"].samples[0].value == 1
    assert found["adapter_whole"].samples[0].value == 1
    only_head = talk(address, METRICS.replace(b"GET", b"HEAD"))
    assert only_head.endswith(b"\r\n\r\n")
    assert re.search(rb"Content-Length: [1-9]\d+\r\n", only_head)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
        (b"POST /metrics HTTP/1.1\r\nHost: a\r\n\r\n", b"405"),
        (b"GET /metrics HTTP/1.1\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\r\n\r\n", b"400"),
        (b"GET /" + b"x" * 4000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
    ],
)
def test_what_is_no_question_is_refused(server: Adapter, said: bytes, status: bytes) -> None:
    """Another path, another method, no HTTP, too long: its status, and the end of the connection."""
    assert talk(published(server, "--metrics"), said).split()[1] == status


@pytest.mark.parametrize("option", ["--stats", "--metrics"])
def test_hostile_clients_delay_nobody(server: Adapter, option: str) -> None:
    """With a hundred clients that say half a word, garbage, or nothing, and never read: the next one is answered, and so is a command."""
    address = published(server, option)
    with ExitStack() as stack:
        for number in range(100):
            client = stack.enter_context(connect(address))
            try:
                client.sendall((b"GET /met", b"\xff" * 3000, b"")[number % 3])
            except (BrokenPipeError, ConnectionResetError):
                pass  # hung up on already, for others came
        with connect(address) as last:
            if option == "--metrics":
                last.sendall(METRICS)
            assert everything(last)
        assert status(server)["whole"]
        assert len(list(Path(f"/proc/{server.process.pid}/fd").iterdir())) < 60


def test_talkative_client_of_stats(server: Adapter) -> None:
    """One that sends before it reads (urllib, curl) gets the whole document all the same: nothing is reset."""
    with connect(published(server, "--stats")) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert json.loads(everything(client))["workers"]


def test_endless_talker_is_hung_up_on(server: Adapter) -> None:
    """A client that never stops talking is cut, after its answer or without one."""
    for option in ("--stats", "--metrics"):
        with connect(published(server, option)) as client:
            assert is_cut(client)


def test_the_listeners_stay_over_a_reload() -> None:
    """Through a reload of the master's own image the same sockets listen, and nobody who asks meanwhile is refused."""
    with Adapter("hello.py", "--stats=127.0.0.1:0", "--metrics=127.0.0.1:0", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        where, metrics = published(server, "--stats"), published(server, "--metrics")
        with connect(metrics) as patient:
            patient.sendall(METRICS[:9])  # half a question before, the rest after
            for generation in (2, 3):
                server.reload()
                assert stats(where)["workers"][0]["accepting"] == 1
                assert status(server)["generation"] == generation
            patient.sendall(METRICS[9:])
            assert b"\nadapter_generation 3\n" in everything(patient)


def test_a_reload_can_move_them() -> None:
    """Another address in the configuration: the old one is gone, its file too, once the new generation serves."""
    server = Adapter("hello.py", "--config=adapter.toml")
    server.write("adapter.toml", '[adapter]\nstats = "unix:old"\n')
    with server:
        server.wait_for("adapter: info: serving generation=")
        assert stats(f"unix:{server.directory}/old")["workers"]
        server.write("adapter.toml", '[adapter]\nstats = "unix:new"\nstats_http = true\n')
        mark = server.log.mark()
        server.reload()
        published(server, "--stats", mark)
        assert not (server.directory / "old").exists()
        with connect(f"unix:{server.directory}/new") as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            head, _, body = everything(client).partition(b"\r\n\r\n")
        assert b"Content-Type: application/json" in head
        assert json.loads(body)["workers"]
    assert not (server.directory / "new").exists()


def test_an_address_that_is_taken(server: Adapter) -> None:
    """One that somebody has ends the start with 111, one that cannot be meant with 100; each with one sentence."""
    taken = published(server, "--metrics")
    ran = adapter("serve", "hello.py", "--bind=127.0.0.1:0", f"--stats={taken}", cwd=server.directory)
    assert ran.returncode == 111
    assert f"cannot bind {taken}: address in use" in ran.stderr.splitlines()[-1]
    ran = adapter("serve", "hello.py", "--bind=127.0.0.1:0", "--stats=fd:7", cwd=server.directory)
    assert ran.returncode == 100
    assert "--stats cannot use fd:7" in ran.stderr


def test_the_backlog_is_told() -> None:
    """Who waits at a listener that nobody accepts from is counted: by `status`, by --stats and by --metrics."""
    with Adapter("hello.py", "--stats=unix:stats", "--control=control") as server:
        host, _, port = server.address.rpartition(":")
        assert answer(server.address) == b"hello\n"
        worker = server.ready()[0].pid

        os.kill(worker, SIGSTOP)
        try:
            wait_until_stopped(worker)
            with ExitStack() as stack:
                for _ in range(5):
                    stack.enter_context(socket.create_connection((host, int(port)), timeout=60))
                assert stats(f"unix:{server.directory}/stats")["listen_queue"] == 5
                with Line(server.directory / "control") as line:
                    assert line.ask("status")["status"]["queues"] == [
                        {"listener": server.address, "protocol": "http", "waiting": 5, "most": 1024}
                    ]
        finally:
            os.kill(worker, SIGCONT)
