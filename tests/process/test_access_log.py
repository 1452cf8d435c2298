"""The access log of a running server: the expected lines, all of them, whole, and nothing that a client can forge."""

import json
import os
import re
import socket
import struct
import threading
from collections import Counter
from pathlib import Path
from signal import SIGALRM, SIGKILL, SIGTERM
from typing import Any

import pytest

from kit.asked import Asked, talk
from kit.commands import Line, answer, descriptors, status
from kit.pythons import NOBODY
from kit.server import Adapter
from kit.tail import Tail

APP = '''
"""Answers as the path says."""

import os
from pathlib import Path

GATE = Path(__file__).with_name("gate")


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/raise":
        raise RuntimeError("on purpose")
    if path == "/gated":
        os.write(1, b"gated: begun\\n")
        GATE.read_bytes()
    status = {"/304": "304 Not Modified", "/404": "404 Not Found", "/204": "204 No Content"}.get(path, "200 OK")
    start_response(status, [("Content-Type", "text/plain")])
    if path == "/stream":
        return iter([b"one", b"two", b"three"])
    if path == "/big":
        return [b"x" * 50_000_000]
    if path == "/endless":
        return (b"x" * 65536 for _ in iter(int, 1))
    return [] if path in ("/304", "/204") else [b"hello\\n"]
'''


def logged(*options: str, form: str = "json") -> Adapter:
    """A server with an access log, not started yet."""
    server = Adapter("answers.py", "--access-log=access.log", f"--access-log-format={form}", "--control=control", *options)
    server.write("answers.py", APP)
    os.mkfifo(server.directory / "gate")
    return server


def lines(path: Path) -> list[dict[str, Any]]:
    """What JSON lines tell; each must be one."""
    text = path.read_text()
    assert not text or text.endswith("\n")
    return [dict(json.loads(line)) for line in text.splitlines()]


def told(server: Adapter) -> list[tuple[str, str, int, int]]:
    """Method, target, status and bytes of each, once the server has ended."""
    return [(each["method"], each["target"], each["status"], each["bytes"]) for each in lines(server.directory / "access.log")]


def test_only_what_failed_is_a_line() -> None:
    """--access-log-only: answers and refusals of those classes, and no others."""
    with logged("--access-log-only=4xx,5xx") as server:
        address = server.address
        for path in ("/", "/404", "/304", "/raise"):
            Asked(address, path).answer()
        talk(address, b"NONSENSE\r\n\r\n")
        assert server.stop() == 0
        assert sorted(each["status"] for each in lines(server.directory / "access.log")) == [400, 404, 500]


def test_every_request_is_a_line() -> None:
    """200, HEAD, 204, 304, 404, 500, a stream, requests that are refused: each is told as it was answered."""
    with logged("--max-body=1000") as server:
        address = server.address
        for path in ("/", "/stream", "/204", "/304?a=b", "/404", "/raise"):
            Asked(address, path).answer()
        talk(address, b"HEAD /head HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        talk(address, b"BAD\r\n\r\n")
        talk(address, b"POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
        talk(
            address,
            b"POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n",
        )
        talk(address, b"GET /proxy HTTP/1.0\r\nReferer: http://x/\r\nUser-Agent: me\r\n\r\n")
        assert server.stop() == 0
        assert sorted(told(server)) == sorted([  # their ends may cross: these are several connections
            ("GET", "/", 200, 6),
            ("GET", "/stream", 200, 11),
            ("GET", "/204", 204, 0),
            ("GET", "/304?a=b", 304, 0),
            ("GET", "/404", 404, 6),
            ("GET", "/raise", 500, 26),
            ("HEAD", "/head", 200, 0),
            ("", "", 400, 16),
            ("", "", 413, 22),
            ("POST", "/chunked", 413, 22),
            ("GET", "/proxy", 200, 6),
        ])  # fmt: skip
        last = next(each for each in lines(server.directory / "access.log") if each["target"] == "/proxy")
        assert (last["client"], last["version"], last["referer"], last["agent"], last["host"]) == (
            "127.0.0.1", "HTTP/1.0", "http://x/", "me", "",
        )  # fmt: skip
        assert (last["slot"], last["generation"]) == (0, 1)
        assert all(0 <= each["seconds"] < 60 for each in lines(server.directory / "access.log"))


SAYING = """
import threading

import uwsgi
from adapter import api


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/silent":
        pass
    elif path == "/refused":
        try:
            api.log(**{"a b": 1})
        except ValueError as error:
            api.log(refused=error)
    elif path == "/many":
        try:
            for number in range(20):
                api.log(**{f"n{number}": number})
        except ValueError:
            pass
    else:
        api.log(user="none yet")
        api.log(user='42" 200 \\n', route=path)
        uwsgi.set_logvar(b"old", b"\\xff")
        aside = threading.Thread(target=lambda: api.log(user="nobody"))
        aside.start()
        aside.join()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return iter([repr([api.logged(), uwsgi.get_logvar("old")]).encode()])
"""


@pytest.mark.parametrize("threads", [1, 4])
def test_what_the_application_says_of_a_request(threads: int) -> None:
    """api.log and uwsgi.set_logvar: in the line of that request, of no other; by no other thread; no more than 16, under plain names."""
    server = Adapter("saying.py", "--access-log=access.log", "--access-log-format=json", f"--threads={threads}")
    server.write("saying.py", SAYING)
    with server:
        for path in ("/a", "/silent", "/refused", "/many"):
            said = Asked(server.address, path).answer()[1]
            if path == "/a":
                assert said == repr([{"user": '42" 200 \n', "route": "/a", "old": "\ufffd"}, "\ufffd".encode()]).encode()
        assert server.stop() == 0
        found = {each["target"]: each.get("vars") for each in lines(server.directory / "access.log")}
        assert found.pop("/refused")["refused"].startswith("log() takes names of at most 32 letters")
        assert found == {
            "/a": {"user": '42" 200 \n', "route": "/a", "old": "\ufffd"},
            "/silent": None,
            "/many": {f"n{number}": str(number) for number in range(16)},
        }


def test_too_slow_is_a_line() -> None:
    """408 with and without what was asked; a connection that never asks anything is none."""
    with logged("--header-timeout=500ms", "--body-timeout=500ms") as server:
        address = server.address
        talk(address, b"GET /half HTTP/1.1\r\nHost")
        talk(address, b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
        assert talk(address, b"") == b""
        assert server.stop() == 0
        assert sorted(told(server)) == [("", "", 408, 20), ("POST", "/body", 408, 20)]


def test_keep_alive_and_pipelining() -> None:
    """Ten requests on one connection, then ten at once: twenty lines, in order."""
    with logged() as server:
        request = "GET /{} HTTP/1.1\r\nHost: a\r\n\r\n"
        data = "".join(request.format(number) for number in range(9)) + "GET /9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        address = server.address
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=60) as wire, wire.makefile("rb") as file:
            for number in range(10):
                wire.sendall(request.format(number).encode())
                while file.readline() != b"hello\n":
                    pass
        assert talk(address, data.encode()).count(b"hello\n") == 10
        assert server.stop() == 0
        assert [target for _, target, *_ in told(server)] == [f"/{number}" for number in range(10)] * 2


def test_clients_that_leave() -> None:
    """Gone before the answer began: 499 or what the application said, no bytes; in its midst: the bytes that left, not those that
    were meant to.
    """
    with logged("--threads=4", "--write-timeout=500ms") as server:
        address = server.address
        host, port = address.split(":")
        mark = server.log.mark()
        with socket.create_connection((host, int(port)), timeout=60) as wire:
            wire.sendall(b"GET /gated HTTP/1.1\r\nHost: a\r\n\r\n")
            server.log.wait_for("gated: begun", since=mark)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        (server.directory / "gate").write_bytes(b"go\n")
        tail = Tail(server.directory / "access.log")
        try:
            gone = json.loads(tail.wait_for('"target":"/gated"').string)
            assert (gone["status"], gone["bytes"]) in ((200, 0), (499, 0))
            for path in ("/big", "/endless"):
                with socket.create_connection((host, int(port)), timeout=60) as wire:
                    wire.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                    assert wire.recv(1000)
                    cut = json.loads(tail.wait_for(f'"target":"{path}"').string)  # not read: given up after the write timeout
                assert cut["status"] == 200
                assert 0 < cut["bytes"] < 49_000_000
                assert cut["seconds"] > 0.4
        finally:
            tail.close()


def test_nothing_can_be_forged() -> None:
    """Quotes, control characters, terminal escapes and raw bytes in every field: each request is one line of ASCII."""
    evil = b'"\\\x1b[2J\x7f\xff\xc3\xa9 " 200 0'
    for form in ("common", "combined", "json", '{client} "{request}" "{referer}" "{agent}" "{host}"'):
        with logged(form=form) as server:
            fields = b"Referer: " + evil.replace(b"\x1b", b"").replace(b"\x7f", b"") + b'\r\nUser-Agent: \xff\xfe"\\\r\n'
            said = talk(server.address, b'GET /"\\%0a?\xff"x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' + fields + b"\r\n")
            assert said.startswith(b"HTTP/1.1 ")
            talk(server.address, b"GET /" + evil + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            assert server.stop() == 0
            text = (server.directory / "access.log").read_bytes()
            assert text.count(b"\n") == 2
            assert re.fullmatch(rb"[\x20-\x7e\n]+", text), text


def test_four_workers_one_file() -> None:
    """10,000 requests by several clients through four workers, while worker after worker is replaced: 10,000 whole lines."""
    with logged("--workers=4") as server:
        address = server.address
        host, port = address.split(":")

        def visit(name: str) -> None:
            asked = 0
            while asked < 1250:
                with socket.create_connection((host, int(port)), timeout=60) as wire, wire.makefile("rb") as file:
                    going = True
                    while going and asked < 1250:
                        wire.sendall(f"GET /{name}/{asked} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                        while (line := file.readline()) != b"hello\n":
                            assert line
                            going = going and line != b"Connection: close\r\n"
                        asked += 1

        visitors = [threading.Thread(target=visit, args=(name,)) for name in "abcdefgh"]
        for each in visitors:
            each.start()
        server.reload(SIGALRM)
        for each in visitors:
            each.join()
        assert server.stop() == 0
        found = Counter(each["target"] for each in lines(server.directory / "access.log"))
        assert found == Counter(f"/{name}/{number}" for name in "abcdefgh" for number in range(1250))


def test_rotated_under_load() -> None:
    """Files are rotated and workers replaced while requests come: each line is in exactly one file."""
    with logged("--workers=2", "--threads=2") as server:
        address = server.address
        asked: list[str] = []
        enough = threading.Event()

        def visit(name: str) -> None:
            number = 0
            while not enough.is_set():
                assert Asked(address, f"/{name}/{number}").answer()[0] == 200
                asked.append(f"/{name}/{number}")
                number += 1

        visitors = [threading.Thread(target=visit, args=(name,)) for name in "abc"]
        for each in visitors:
            each.start()
        for number in range(10):
            mark = server.log.mark()
            with Line(server.directory / "control") as line:
                assert line.ask("rotate-logs")["ok"]
            server.wait_for("adapter: info: log files opened anew files=1", since=mark)
            if number == 5:
                server.reload(SIGALRM)
            seen = len(asked)
            while len(asked) < seen + 20 and all(each.is_alive() for each in visitors):
                status(server)
        enough.set()
        for each in visitors:
            each.join()
        assert server.stop() == 0
        files = sorted(server.directory.glob("access.log*"))
        assert len(files) >= 10
        assert sorted(each["target"] for path in files for each in lines(path)) == sorted(asked)


def test_to_stdout() -> None:
    """`-` is stdout, where the application's own words go too; with --log-file it is that file, also after a rotation."""
    server = logged()
    server._words.remove("--access-log=access.log")
    server._words += ["--access-log=-", "--log-file=web.log"]
    with server:
        tail = Tail(server.directory / "web.log")
        try:
            tail.wait_for("adapter: info: serving generation=")
            address = str(status(server)["listeners"][0])
            answer(address, "/first")
            tail.wait_for('^{"time".*"target":"/first"')
            with Line(server.directory / "control") as line:
                assert line.ask("rotate-logs")["ok"]
            tail.wait_for("adapter: info: log files opened anew")
            worker = status(server)["workers"][0]["pid"]
            while descriptors(worker)[1] != str(server.directory / "web.log"):
                status(server)  # the master is busy with us, the worker with its order
            answer(address, "/second")
            tail.wait_for('^{"time".*"target":"/second"')
            assert '"/second"' in (server.directory / "web.log").read_text()
        finally:
            tail.close()


def test_the_client_a_believed_proxy_names() -> None:
    """The client is whom a proxy names, if it is believed; what it cannot name right does not get into the line."""
    with logged("--forwarded-allow-ips=127.0.0.1") as server:
        for path, said in (("/1", "192.0.2.7"), ("/2", '6"6'), ("/3", "")):
            field = f"X-Forwarded-For: {said}\r\n" if said else ""
            talk(server.address, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{field}\r\n".encode())
        assert server.stop() == 0
        clients = {each["target"]: each["client"] for each in lines(server.directory / "access.log")}
        assert clients == {"/1": "192.0.2.7", "/2": "127.0.0.1", "/3": "127.0.0.1"}


def test_the_client_a_front_end_names() -> None:
    """By the uwsgi protocol the front end says who asks, and what."""
    names = {
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": "/x",
        "PATH_INFO": "/x",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.9",
    }
    block = b"".join(
        struct.pack("<H", len(part)) + part for pair in names.items() for part in (pair[0].encode(), pair[1].encode())
    )
    server = logged("--uwsgi=127.0.0.1:0")
    server._words.remove("--bind=127.0.0.1:0")
    with server:
        assert talk(server.address, struct.pack("<BHB", 0, len(block), 0) + block).endswith(b"hello\n")
        assert server.stop() == 0
        (told,) = lines(server.directory / "access.log")
        assert (told["client"], told["method"], told["target"], told["status"]) == ("192.0.2.9", "GET", "/x", 200)


def test_workers_without_privileges() -> None:
    """The file is root's, workers are nobody: they write to it, also those that are born later, and after a rotation."""
    server = logged(f"--uid={NOBODY}", f"--gid={NOBODY}")
    server.directory.chmod(0o755)
    with server:
        address = server.address
        answer(address, "/1")
        os.kill(server.ready()[0].pid, SIGKILL)
        server.wait_for("adapter: info: ready worker=2")
        answer(address, "/2")
        with Line(server.directory / "control") as line:
            assert line.ask("rotate-logs")["ok"]
        server.wait_for("adapter: info: log files opened anew")
        answer(address, "/3")
        assert server.stop() == 0
        files = sorted(server.directory.glob("access.log*"))
        assert all(path.stat().st_uid == os.getuid() for path in files)
        # A line may be lost with a worker that is killed: at most those of its last moments.
        assert {each["target"] for path in files for each in lines(path)} | {"/1"} == {"/1", "/2", "/3"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--access-log=nowhere/access.log",), "nowhere/access.log"),
        (("--access-log=.",), "access log"),
        (("--access-log-only=404",), "a list of classes of status"),
        (("--access-log=access.log", "--access-log-format={stat}"), "{stat}, which is none of client"),
        (("--access-log=access.log", "--access-log-format=combind"), "common, combined, json"),
    ],
)
def test_bad_options(options: tuple[str, ...], says: str) -> None:
    """What cannot be written, or is no format, ends the start with exit code 100 and a sentence."""
    with Adapter("hello.py", *options) as server:
        assert server.process.exit_code() == 100
        assert says in server.log.wait_for("adapter: fatal: ").string


def test_off_by_default() -> None:
    """Without the option, and with `none` over the environment's, nothing is written anywhere."""
    with Adapter("hello.py", "--access-log=none", env={"ADAPTER_ACCESS_LOG": "access.log"}) as server:
        answer(server.address, "/")
        assert server.stop(SIGTERM) == 0
        assert not (server.directory / "access.log").exists()
        assert "GET" not in "\n".join(server.log.all())
