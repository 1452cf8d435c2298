"""How many clients wait at a listener, as the kernel tells."""

import socket

import pytest

from adapter.unix.queues import Queue, queue_of


def listening(kind, tmp_path):
    """A listener of this kind with a queue of at most 7."""
    family, where = {
        "tcp": (socket.AF_INET, ("127.0.0.1", 0)),
        "tcp6": (socket.AF_INET6, ("::1", 0)),
        "unix": (socket.AF_UNIX, str(tmp_path / "s")),
        "abstract": (socket.AF_UNIX, f"\0adapter-test-{tmp_path}"),
    }[kind]
    listener = socket.socket(family)
    listener.bind(where)
    listener.listen(7)
    return listener


@pytest.mark.parametrize("kind", ["tcp", "tcp6", "unix", "abstract"])
def test_queue(kind, tmp_path):
    """Whoever connected and was not accepted yet is counted; who was is not."""
    with listening(kind, tmp_path) as listener:
        assert queue_of(listener) == Queue(0, 7)
        clients = [socket.socket(listener.family) for _ in range(3)]
        for client in clients:
            client.connect(listener.getsockname())
        assert queue_of(listener) == Queue(3, 7)
        listener.accept()[0].close()
        assert queue_of(listener) == Queue(2, 7)
        for client in clients:
            client.close()


def test_no_listener():
    """What has no queue has none; it is no error."""
    closed = socket.socket()
    closed.close()
    assert queue_of(closed) is None
