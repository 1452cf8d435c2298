"""Files over real sockets: whole, to slow clients without a thread, and when something goes wrong on the way."""

import os

import pytest

from kit.serving import GET, Serving

DATA = os.urandom(1 << 20) * 8


@pytest.fixture
def path(tmp_path):
    """A file larger than any socket's buffer."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    return path


def sending(path, told=None):
    """An application that sends this file."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", str(told or path.stat().st_size))])
        return environ["wsgi.file_wrapper"](path.open("rb"))

    return app


def test_a_large_file_arrives_whole(path):
    """Every byte, twice on one connection."""
    with Serving(sending(path)) as serving, serving.client() as client:
        for _ in range(2):
            client.send(GET)
            assert client.response().body == DATA


def test_a_slow_client_holds_no_thread(path):
    """The call is over while the kernel has most of the file still to send; the connection goes on afterwards."""
    with Serving(sending(path), threads=1, sndbuf=4096) as serving, serving.client(rcvbuf=4096) as slow:
        slow.send(GET)
        serving.wait_until(lambda: serving.server.report()["requests"] == 1)
        assert serving.do(serving.server.report)["in_flight"] == 0
        with serving.client() as other:
            other.send(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b"200 OK" in other.socket.recv(1000)
        assert slow.response().body == DATA
        slow.send(GET)
        assert slow.response().body == DATA


def test_a_file_that_shrinks_on_the_way_cuts_the_response(path):
    """The client finds less than was promised and the end of the connection: never bytes that were not the file's."""
    with Serving(sending(path), sndbuf=4096) as serving, serving.client(rcvbuf=4096) as client:
        client.send(GET)
        serving.wait_until(lambda: serving.server.report()["requests"] == 1)
        os.truncate(path, 1 << 20)
        with pytest.raises((EOFError, ConnectionResetError)):
            client.response()


def test_a_client_that_leaves_lets_go_of_the_file(path):
    """No descriptor of it is left (the end of the block looks)."""
    with Serving(sending(path), sndbuf=4096) as serving:
        client = serving.client(rcvbuf=4096)
        client.send(GET)
        serving.wait_until(lambda: serving.server.report()["requests"] == 1)
        client.reset()
        serving.wait_until(lambda: serving.server.report()["connections"] == 0)
