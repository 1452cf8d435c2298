"""A real nginx in front, with examples/nginx/uwsgi.conf: uwsgi_pass."""

import hashlib
import json
import os
import socket
import threading
from collections.abc import Iterator

import pytest

from kit.load import Load
from kit.proxies import Front, nginx, response
from kit.server import Adapter

MANY = 10 << 20
BLOB = hashlib.sha256(b"blob").digest() * (MANY // 32)
DIGEST = f"{hashlib.sha256(BLOB).hexdigest()} {MANY}\n".encode()
PASS = "uwsgi_pass shop;"
HOW = {
    "buffered": {},
    "response unbuffered": {PASS: f"uwsgi_buffering off; {PASS}"},
    "request unbuffered": {PASS: f"uwsgi_request_buffering off; {PASS}"},
    "neither buffered": {PASS: f"uwsgi_buffering off; uwsgi_request_buffering off; {PASS}"},
    "over TCP": {},
}


@pytest.fixture(scope="module", params=HOW)
def front(request: pytest.FixtureRequest) -> Iterator[Front]:
    """nginx before adapter, in each of the manners."""
    tcp = request.param == "over TCP"
    options = ("--uwsgi=127.0.0.1:0",) if tcp else ("--uwsgi=unix:{directory}/uwsgi.sock",)
    with Adapter("behind.py", "--max-body=16M", *options, bind=()) as server:
        changed = {"server unix:/run/shop/uwsgi.sock": f"server {server.address}"} if tcp else {}
        server.wait_for("adapter: info: serving generation=")
        with nginx("uwsgi.conf", server.directory, {**changed, **HOW[request.param]}) as front:
            yield front


def test_what_the_application_sees(front: Front) -> None:
    """Method, path, query, client, server and fields, as CGI has them."""
    told = json.loads(front.get("/environ?a=b&c", source="127.0.0.9", X_Y="z", Cookie="a=b").body)
    port = front.address.rpartition(":")[2]
    expected = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/environ", "QUERY_STRING": "a=b&c", "REQUEST_URI": "/environ?a=b&c",
        "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "shop.example", "SERVER_PORT": port, "REMOTE_ADDR": "127.0.0.9",
        "wsgi.url_scheme": "http", "HTTP_X_Y": "z", "HTTP_COOKIE": "a=b", "HTTP_HOST": "127.0.0.1",
    }  # fmt: skip
    assert expected.items() <= told.items()
    assert told["REMOTE_PORT"].isdigit()
    assert not {"CONTENT_LENGTH", "CONTENT_TYPE", "HTTPS"} & set(told)


def test_the_path_is_unescaped_once(front: Front) -> None:
    """PATH_INFO is nginx' own; REQUEST_URI is what the client wrote."""
    told = json.loads(front.get("/%65nviron?%41").body)
    assert (told["PATH_INFO"], told["REQUEST_URI"], told["QUERY_STRING"]) == ("/environ", "/%65nviron?%41", "%41")


def test_fields_in_two_lines_are_one(front: Front) -> None:
    """What a client says in two fields of one name is one variable, as RFC 9110 §5.3 joins them."""
    connection = front.connection()
    connection.putrequest("GET", "/environ")
    for value in ("1", "2"):
        connection.putheader("X-Y", value)
    connection.endheaders()
    assert json.loads(response(connection).body)["HTTP_X_Y"].replace(" ", "") == "1,2"
    connection.close()


def test_a_client_forges_nothing(front: Front) -> None:
    """Whatever fields a client sends, who it is and what is loaded is not its to say."""
    fields = {
        "Uwsgi_File": "/etc/passwd", "Uwsgi_Module": "os", "Https": "on", "Remote_Addr": "6.6.6.6", "Request_Scheme": "https",
        "X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "https", "Proxy": "evil:80", "Content_Type": "x/y",
    }  # fmt: skip
    told = json.loads(front.get("/environ", source="127.0.0.9", **fields).body)
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"], told["CONTENT_TYPE"]) == ("127.0.0.9", "http", "x/y")
    assert not [name for name in told if name.startswith("UWSGI_")]
    assert not {"HTTP_PROXY", "HTTP_CONTENT_TYPE", "HTTPS"} & set(told)
    assert (told["HTTP_REMOTE_ADDR"], told["HTTP_UWSGI_FILE"]) == ("6.6.6.6", "/etc/passwd")


def test_large_bodies_up(front: Front) -> None:
    """10 MB arrive whole, with a length and chunked."""
    assert front.ask("POST", "/up", BLOB).body == DIGEST
    assert front.ask("POST", "/up", iter([BLOB[:1000], BLOB[1000:]])).body == DIGEST
    assert front.ask("POST", "/up", b"").body.endswith(b" 0\n")


def test_large_bodies_down(front: Front) -> None:
    """10 MB come back whole, with a length and without."""
    for path in ("/down", "/stream"):
        got = front.get(f"{path}?{MANY}")
        assert (got.status, len(got.body)) == (200, MANY)
        assert got.body[:70000] == (bytes(range(256)) * 512)[:70000]


def test_responses_without_content(front: Front) -> None:
    """HEAD has the length and no content, 304 neither, and both leave the front's connection usable."""
    connection = front.connection()
    for _ in range(3):
        connection.request("HEAD", "/down?5000")
        got = response(connection)
        assert (got.status, got.fields["content-length"], got.body) == (200, "5000", b"")
        connection.request("HEAD", "/stream?5000")
        assert response(connection).body == b""
        connection.request("GET", "/304")
        got = response(connection)
        assert (got.status, got.fields["etag"], got.body) == (304, '"x"', b"")
        connection.request("GET", "/up")
        got = response(connection)
        assert got.body.endswith(b" 0\n")
        assert got.fields["x-twice"] in {"1, 2", "2"}
    connection.close()


def test_too_much_content(front: Front) -> None:
    """A body beyond --max-body is 413 at the client, not a bad gateway."""
    got = front.ask("POST", "/up", b"x" * (17 << 20))
    assert got.status == 413


def test_expect_continue(front: Front) -> None:
    """nginx tells the client to go on; adapter has no part in it."""
    connection = front.connection()
    connection.connect()
    connection.sock.sendall(b"POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    assert connection.sock.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sock.sendall(b"hello")
    assert b" 200 OK\r\n" in connection.sock.recv(65536)
    connection.close()


def test_many_on_one_connection(front: Front) -> None:
    """The front's connection is kept while each request has its own behind it."""
    connection = front.connection()
    for number in range(50):
        connection.request("POST", "/up", b"x" * number)
        assert response(connection).body.endswith(b" %d\n" % number)
    connection.close()


def test_a_client_that_goes_away() -> None:
    """It leaves during its call; the call ends, nothing is left of it, and the next client is served."""
    with Adapter("gated.py", "--uwsgi=unix:{directory}/uwsgi.sock", "--threads=1", bind=()) as server:
        os.mkfifo(server.directory / "gate")
        server.wait_for("adapter: info: serving generation=")
        with nginx("uwsgi.conf", server.directory) as front:
            connection = front.connection()
            connection.request("GET", "/gated")
            server.log.wait_for("gated: begun")
            connection.close()
            front.process.log.wait_for("prematurely closed connection")
            (server.directory / "gate").write_text("go\n")
            assert front.get("/").body == b"gated\n"


def test_nothing_is_lost_behind_nginx() -> None:
    """A strict client before nginx notices nothing of reloads, nor of a worker that is killed while it is idle: 0 failed of all."""
    with Adapter("exact.py", "--workers=2", "--uwsgi=unix:{directory}/uwsgi.sock", bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        with nginx("uwsgi.conf", server.directory) as front, Load(front.address) as load:
            for _ in range(3):
                load.lap()
                server.reload()
            load.lap()
            report = load.stop()
            assert report.failed == 0, str(report)
            assert report.ok > 100


def test_clients_at_the_same_time(front: Front) -> None:
    """Twenty clients with bodies of their own get their own answers."""
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        answers[number] = front.ask("POST", "/up", b"x" * (number * 100_000)).body

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: answer.split()[1] for number, answer in answers.items()} == {n: b"%d" % (n * 100_000) for n in range(20)}
