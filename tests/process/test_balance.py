"""Kept-alive clients are spread over the workers: nobody ends up with all of them."""

import socket
from collections import Counter

import pytest

from kit.server import Adapter
from kit.serving import Client, get


@pytest.mark.parametrize("clients", [8, 40])
def test_no_worker_serves_twice_its_share(clients):
    """Four workers and clients that come one after the other, or while others work, and stay: each worker has its share of them."""
    with Adapter("exact.py", "--workers=4") as server:
        server.wait_for("adapter: info: serving generation=")
        host, port = server.address.rsplit(":", 1)
        served: Counter[str] = Counter()
        opened = []
        for _ in range(clients):
            client = Client(socket.create_connection((host, int(port))))
            opened.append(client)
            client.send(get("/small?nonce=1"))
            client.response()
        for client in opened * 3:
            client.send(get("/small?nonce=1"))
            served[client.response().fields["x-worker"]] += 1
        for client in opened:
            client.socket.close()
    fair = clients * 3 / 4
    assert max(served.values()) <= 2 * fair, served
    assert len(served) == 4, served
