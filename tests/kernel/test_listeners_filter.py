"""Turning new clients away: a stop that resets nobody, and where it can refuses nobody."""

import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.unix import filters, listeners
from adapter.unix.listeners import Listener
from kit.pythons import NOBODY, said_by

SOON = 0.2  # seconds: more than a loopback handshake, less than the first retransmission of a SYN (1 s)


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    listener = listeners.bind_tcp(request.param, 0, backlog=16)
    yield listener
    listeners.close(listener)


def _connecting(listener: Listener) -> socket.socket:
    client = socket.socket(listener.socket.family)
    client.setblocking(False)
    client.connect_ex(listener.socket.getsockname())
    return client


def _connects(client: socket.socket, within: float) -> bool:
    return bool(select.select([], [client], [], within)[1]) and client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


def test_new_clients_wait_and_old_ones_are_served(listener: Listener) -> None:
    """Behind the filter a new client hangs, neither refused nor reset; one in the backlog is accepted and spoken with."""
    with socket.create_connection(listener.socket.getsockname()[:2]) as early:
        assert filters.refuse_new(listener)
        with _connecting(listener) as late:
            accepted, _ = listener.socket.accept()
            with accepted:
                early.sendall(b"hello")
                assert accepted.recv(5) == b"hello"
                accepted.sendall(b"world")
                assert early.recv(5) == b"world"
            assert early.recv(1) == b""
            assert not _connects(late, SOON)


def test_who_waited_reaches_the_successor(listener: Listener) -> None:
    """A client whose SYN was dropped connects, by its kernel's own retry, to the next listener on the port."""
    host, port = listener.socket.getsockname()[:2]
    assert filters.refuse_new(listener)
    with _connecting(listener) as late:
        listeners.close(listener)
        successor = listeners.bind_tcp(host, port, backlog=16)
        assert _connects(late, 60)
        successor.socket.setblocking(True)
        successor.socket.accept()[0].close()
        listeners.close(successor)


def test_asking_twice_changes_nothing(listener: Listener) -> None:
    """A listener that refuses goes on refusing when it is told again."""
    assert filters.refuse_new(listener)
    assert filters.refuse_new(listener)
    with _connecting(listener) as late:
        assert not _connects(late, SOON)


def test_what_is_not_ours_is_not_filtered(listener: Listener, tmp_path: Path) -> None:
    """An inherited listener and a UNIX one are left as they are."""
    heir = listeners.adopt(listener.socket.dup().detach())
    local = listeners.bind_unix(str(tmp_path / "s"), backlog=1, mode=0o600)
    assert not filters.refuse_new(heir)
    assert not filters.refuse_new(local)
    with _connecting(listener) as client:
        assert _connects(client, 60)
    listeners.close(heir)
    listeners.close(local)


def _lock_filter(listener: Listener) -> None:
    """From here on the kernel takes no filter for it: as it is for an ordinary user."""
    listener.socket.setsockopt(socket.SOL_SOCKET, 44, 1)  # SO_LOCK_FILTER


def test_where_no_filter_is_taken_new_clients_are_refused(listener: Listener) -> None:
    """Without a filter a new client is refused at once, and those in the queue are accepted and spoken with."""
    _lock_filter(listener)
    waiting = [socket.create_connection(listener.socket.getsockname()[:2]) for _ in range(3)]
    assert filters.refuse_new(listener)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(listener.socket.getsockname()[:2], timeout=5)
    for early in waiting:
        accepted, _ = listener.socket.accept()
        with accepted, early:
            accepted.sendall(b"world")
            assert early.recv(5) == b"world"


def test_where_nothing_is_taken_the_queue_is_narrowed(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither filter nor interface (Linux before 5.7) the answer is False, and new clients are kept out while one waits."""
    _lock_filter(listener)
    monkeypatch.setattr(filters, "_SO_BINDTOIFINDEX", 9999)
    assert not filters.refuse_new(listener)
    with _connecting(listener) as first:
        assert _connects(first, 60)
        with _connecting(listener) as second:
            assert not _connects(second, SOON)


def test_without_privilege() -> None:
    """An ordinary user's server, too, can turn new clients away for good."""
    code = """
        from adapter.unix import filters, listeners
        def main():
            print(filters.refuse_new(listeners.bind_tcp("127.0.0.1", 0, backlog=16)))
    """
    assert said_by(code, user=NOBODY) == "True"
