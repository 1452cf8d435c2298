"""A reload, a chain reload, fewer workers: not even an idle connection is closed."""

import contextlib
import socket
from signal import SIGALRM, SIGTTOU

import pytest

from kit.server import Adapter
from kit.serving import Client, get


@contextlib.contextmanager
def clients(server, count):
    """So many connections, each of which has been answered once."""
    host, port = server.address.rsplit(":", 1)
    opened = [Client(socket.create_connection((host, int(port)))) for _ in range(count)]
    for client in opened:
        assert ask(client) == "1"
    yield opened
    for client in opened:
        client.socket.close()


def deploy(server, version):
    """The next reload brings this version."""
    server.write("version", str(version))


def ask(client):
    """The version of the application that answers on this connection, which must go on."""
    client.send(get("/small?nonce=7"))
    response = client.response()
    assert response.body == b"7\n"
    assert not response.close
    return response.fields["x-version"]


@pytest.mark.parametrize("workers", [1, 3])
def test_idle_connections_live_through_reloads(workers):
    """The same connections are answered by one generation after the other."""
    with Adapter("exact.py", f"--workers={workers}") as server, clients(server, 20) as opened:
        for version in ("2", "3"):
            deploy(server, int(version))
            server.reload()
            for slot in range(workers):
                server.wait_for(rf"adapter: info: drained .*slot={slot} generation={int(version) - 1}")
            assert {ask(client) for client in opened} == {version}


def test_idle_connections_live_through_a_chain_reload():
    """Slot by slot, without another image of the master."""
    with Adapter("exact.py", "--workers=3") as server, clients(server, 20) as opened:
        deploy(server, 2)
        mark = server.signal(SIGALRM)
        for slot in range(3):
            server.wait_for(rf"adapter: info: drained .*slot={slot} generation=1", since=mark)
        assert {ask(client) for client in opened} == {"2"}


def test_idle_connections_live_on_when_their_worker_goes():
    """With fewer workers wanted, those that stay take the connections of the one that goes."""
    with Adapter("exact.py", "--workers=3") as server, clients(server, 30) as opened:
        for slot in (2, 1):
            mark = server.signal(SIGTTOU)
            server.wait_for(rf"adapter: info: drained .*slot={slot}\b", since=mark)
            assert {ask(client) for client in opened} == {"1"}


def test_a_request_half_sent_is_finished_with_the_next_generation():
    """An upload that began before the reload and ends after it is answered whole, by the new code."""
    body = b"x" * 2_000_000
    request = f"POST /post?nonce=7 HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    with Adapter("exact.py", "--workers=2") as server, clients(server, 1) as (client,):
        client.send(request[:1_500_000])
        deploy(server, 2)
        server.reload()
        for slot in range(2):
            server.wait_for(rf"adapter: info: drained .*slot={slot} generation=1")
        client.send(request[1_500_000:])
        response = client.response()
        assert (response.status, response.fields["x-version"], response.close) == (200, "2", False)
