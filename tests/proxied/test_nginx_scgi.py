"""A real nginx in front, with examples/nginx/scgi.conf: scgi_pass. What the variables mean is shared with uwsgi_pass, and tested there."""

import hashlib
import json
from collections.abc import Iterator

import pytest

from kit.load import Load
from kit.netstrings import BAD, asked
from kit.proxies import Front, nginx, raw
from kit.server import Adapter

MANY = 10 << 20
BLOB = hashlib.sha256(b"blob").digest() * (MANY // 32)
PASS = "scgi_pass shop;"
HOW = {"buffered": PASS, "response unbuffered": f"scgi_buffering off; {PASS}"}


@pytest.fixture(scope="module")
def server() -> Iterator[Adapter]:
    """adapter, behind all of them."""
    with Adapter("behind.py", "--max-body=16M", "--scgi=unix:{directory}/scgi.sock", bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        yield server


@pytest.fixture(scope="module", params=HOW)
def front(request: pytest.FixtureRequest, server: Adapter) -> Iterator[Front]:
    """nginx before adapter, in each of the manners."""
    with nginx("scgi.conf", server.directory, {PASS: HOW[request.param]}) as front:
        yield front


def test_what_the_application_sees(front: Front) -> None:
    """Method, path, query, client, server and fields, as CGI has them; a client forges none of it."""
    told = json.loads(front.get("/%65nviron?a=%41", source="127.0.0.9", X_Y="z", Remote_Addr="6.6.6.6", Proxy="evil:80").body)
    expected = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/environ", "QUERY_STRING": "a=%41", "REQUEST_URI": "/%65nviron?a=%41",
        "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "shop.example", "REMOTE_ADDR": "127.0.0.9", "wsgi.url_scheme": "http",
        "HTTP_X_Y": "z", "HTTP_REMOTE_ADDR": "6.6.6.6", "HTTP_HOST": "127.0.0.1",
    }  # fmt: skip
    assert expected.items() <= told.items()
    assert "HTTP_PROXY" not in told


def test_bodies(front: Front) -> None:
    """10 MB go up and come down whole; HEAD and 304 have none."""
    assert front.ask("POST", "/up", BLOB).body == f"{hashlib.sha256(BLOB).hexdigest()} {MANY}\n".encode()
    for path in ("/down", "/stream"):
        got = front.get(f"{path}?{MANY}")
        assert (got.status, len(got.body)) == (200, MANY)
    assert front.ask("HEAD", "/down?5000").body == b""
    assert (front.get("/304").status, front.get("/304").fields["etag"]) == (304, '"x"')


def test_too_much_content(front: Front) -> None:
    """A body beyond --max-body is 413 at the client, not a bad gateway."""
    assert front.ask("POST", "/up", b"x" * (17 << 20)).status == 413


def test_a_request_that_nginx_does_not_buffer(server: Adapter) -> None:
    """nginx then calls CONTENT_LENGTH what it happens to have read: refused, lest the application gets half of an upload."""
    with nginx("scgi.conf", server.directory, {PASS: f"scgi_request_buffering off; {PASS}"}) as front:
        assert front.ask("POST", "/up", BLOB).status == 400
        server.log.wait_for("scgi: CONTENT_LENGTH and HTTP_CONTENT_LENGTH differ")


def test_who_is_no_front_end(server: Adapter) -> None:
    """Bad packets are answered and the connection ended; the next client is served, in the words of a CGI program."""
    for case in BAD:
        assert raw(server.address, case.raw).startswith(b"Status: %d " % case.status), case.name
    assert raw(server.address, asked()).startswith(b"Status: 200 OK\r\n")


def test_nothing_is_lost_behind_nginx() -> None:
    """A strict client before nginx notices nothing of reloads: 0 failed of all."""
    with Adapter("exact.py", "--workers=2", "--scgi=unix:{directory}/scgi.sock", bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        with nginx("scgi.conf", server.directory) as front, Load(front.address) as load:
            for _ in range(2):
                load.lap()
                server.reload()
            load.lap()
            report = load.stop()
            assert report.failed == 0, str(report)
            assert report.ok > 50
