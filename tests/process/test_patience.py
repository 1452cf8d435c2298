"""How patient the supervisor is, asked by the real server of supervisords that are none: whatever they do, one line at the most."""

import os
import socket
import threading
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.master import program as programs
from adapter.roles.master.inquiry import Inquiry
from adapter.roles.master.watch import Watch
from kit.commands import answer, status
from kit.server import Adapter

OURS = {"group": "web", "name": "web_00", "stopwaitsecs": 30, "stopsignal": 15, "killasgroup": True, "startsecs": 3}
ENV: dict[str, str | None] = {"SUPERVISOR_ENABLED": "1", "SUPERVISOR_GROUP_NAME": "web", "SUPERVISOR_PROCESS_NAME": "web_00"}


def http(body: bytes, status: str = "200 OK") -> bytes:
    """An answer."""
    return f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def configured(**changed: object) -> bytes:
    """What supervisord says of all its programs."""
    return http(xmlrpc.client.dumps(([{**OURS, "name": "web_01"}, {**OURS, **changed}],), methodresponse=True).encode())


@contextmanager
def supervisord(says: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Somebody who answers everything with this (None: never); its URL, and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as held:

        def serve() -> None:
            while True:
                wire = held.enter_context(listener.accept()[0])
                if not (request := wire.recv(65536)):
                    return
                asked.append(request)
                if says is not None:
                    wire.sendall(says)
                    wire.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        socket.create_connection(listener.getsockname()).close()
        thread.join()


def remarks(server: Adapter) -> list[str]:
    """Every line that is no news of the server itself."""
    return [line for line in server.log.all() if "supervisor" in line or "warning" in line]


def test_the_drain_fits() -> None:
    """Of all processes its own is looked at; what was learned counts after a reload, too, which does not ask again, and `adapter status` tells it."""
    with (
        supervisord(configured()) as (url, asked),
        Adapter("hello.py", "--control=control", env={**ENV, "SUPERVISOR_SERVER_URL": url}) as server,
    ):
        server.wait_for("the drain is made to fit into the supervisor's patience patience=30.000 drain_timeout=28.000")
        answer(server.address)
        questions = len(asked)
        server.reload()
        assert len(asked) == questions
        assert len(remarks(server)) == 1
        assert status(server)["drain"] == {"seconds": 28.0, "fitted": True, "patience": 30.0}


def test_a_drain_that_was_said_does_not_fit() -> None:
    """One warning says everything that is to be written, and where; the drain stays as it was asked for."""
    says = configured(stopwaitsecs=5, killasgroup=False, startsecs=1)
    env = {**ENV, "SUPERVISOR_SERVER_URL": "", "SUPERVISOR_USERNAME": "op", "SUPERVISOR_PASSWORD": "secret"}
    with (
        supervisord(says) as (url, asked),
        Adapter("hello.py", "--drain-timeout=20", env={**env, "SUPERVISOR_SERVER_URL": url}) as server,
    ):
        line = server.log.wait_for("adapter: warning: ").string
        for words in ("stopwaitsecs=30", "killasgroup=true", "startsecs=3"):
            assert words in line
        answer(server.address)
        assert remarks(server) == [line]
        assert b"Authorization: Basic b3A6c2VjcmV0" in asked[0]
        assert "secret" not in line


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (None, "no answer in 3 s"),
        (http(b"", "401 Unauthorized"), "wants a name and a password"),
        (http(b"<html>hello</html>"), "is not supervisord"),
        (b"", "cannot ask supervisord"),
        (http(xmlrpc.client.dumps(({"what": [1]},), methodresponse=True).encode()), "other things"),
    ],
    ids=["hangs", "refuses", "html", "hangs up", "strange"],
)
def test_a_supervisord_that_is_none(says: bytes | None, why: str) -> None:
    """It hangs, refuses, answers nonsense: the server serves meanwhile and afterwards, with 8 s, and one line tells."""
    with supervisord(says) as (url, _), Adapter("hello.py", env={**ENV, "SUPERVISOR_SERVER_URL": url}) as server:
        answer(server.address)
        line = server.log.wait_for("supervisord runs us, and could not be asked how: ").string
        assert why in line
        assert remarks(server) == [line]


@pytest.mark.parametrize(
    ("url", "why"),
    [("", "no http server section"), ("unix:///nowhere/s.sock", "No such file")],
)
def test_no_supervisord_to_ask(url: str, why: str) -> None:
    """Nobody is there, or where nobody can be: one line."""
    with Adapter("hello.py", env={**ENV, "SUPERVISOR_SERVER_URL": url}) as server:
        answer(server.address)
        assert why in server.log.wait_for("supervisord runs us, and could not be asked how: ").string
        assert len(remarks(server)) == 1


@pytest.mark.parametrize(
    ("program", "later", "why"),
    [
        (["/bin/sleep", "60"], 60.0, "no answer in 10 s"),
        (["/bin/echo", "nonsense"], 0.0, "who asked it has failed"),
        (["/bin/echo", '{"waits": 1}'], 0.0, "who asked it has failed"),
        (["/bin/true"], 0.0, "who asked it has failed"),
        (["/nowhere/python"], 0.0, "no such file or directory"),
    ],
)
def test_the_one_who_asks_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: list[str], later: float, why: str
) -> None:
    """Stuck, mad, dead, missing: nobody waits for it, it is ended, and one line tells."""
    monkeypatch.setattr(programs, "calling", lambda *_: program)
    monkeypatch.setenv("SUPERVISOR_ENABLED", "1")
    with (tmp_path / "log").open("wb") as file:
        watch = Watch()
        inquiry = Inquiry(Log(file.fileno()), watch)
        inquiry.follow(Settings(), extends=False)
        inquiry.look(time.monotonic())
        while inquiry.deadline is not None and not later:
            for hear in watch.wait(10):
                assert hear() == []
        inquiry.look(time.monotonic() + later)
        assert inquiry.deadline is None
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert why in line
    if "nowhere" not in program[0]:
        os.wait()
