"""The visitors of `adapter demo` see every fault of a server, and take none for it that is not."""

import socket
import threading

import pytest

from adapter.exits import SystemFailure
from adapter.roles.demo.visitors import Answer, Visitors

PAGE = b"Hello from worker 7, child of master 5\ncode loaded at 12:34:56, request 1 of this worker\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
RIGHT = HEAD % len(PAGE) + PAGE
WRONG = [
    b"",
    RIGHT[:-1],
    RIGHT.replace(b"Hello", b"He\0lo"),
    HEAD % (len(PAGE) + 1) + PAGE + b"!",
    RIGHT.replace(b"200 OK", b"500 Oh"),
    b"nonsense\r\n\r\n",
]


class Server:
    """Answers rightly, but once with `spoiled` (None: always). It closes each connection after that, or after `questions`."""

    def __init__(self, spoiled, questions=3):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.spoiled, self.questions = [] if spoiled is None else [spoiled], questions
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()

    def serve(self):
        talks = []
        while True:
            try:
                wire, _ = self.socket.accept()
            except OSError:
                break
            talks.append(threading.Thread(target=self.talk, args=(wire,)))
            talks[-1].start()
        for talk in talks:
            talk.join()

    def talk(self, wire):
        with wire:
            for _ in range(self.questions):
                received = b""
                while not received.endswith(b"\r\n\r\n"):
                    if not (data := wire.recv(4096)):
                        return
                    received += data
                if self.spoiled:
                    wire.sendall(self.spoiled.pop())
                    return
                wire.sendall(RIGHT)


def visit(server, visitors):
    """Until each has been answered twice."""
    for _ in range(2):
        assert visitors.until(lambda said: said.greeting == "Hello", 60) == Answer("Hello", 5)


def test_nothing_is_lost():
    """A connection that the server closes while nobody has asked is no loss."""
    with Server(None) as server:
        with Visitors(server.port) as visitors:
            visit(server, visitors)
        account = visitors.account()

    assert (account.refused, account.lost, visitors.evidence) == (0, 0, "")
    assert account.answered >= 2 * len(visitors)


@pytest.mark.parametrize("spoiled", WRONG)
def test_a_loss(spoiled):
    """One answer that is missing, short, long, or another one: one loss, with its evidence."""
    with Server(spoiled) as server:
        with Visitors(server.port) as visitors:
            visit(server, visitors)
        account = visitors.account()

    assert (account.refused, account.lost) == (0, 1)
    assert visitors.evidence


def test_nobody_there():
    """That is a refusal, and waiting for an answer has an end."""
    with Server(None) as server:
        port = server.port
    with Visitors(port) as visitors, pytest.raises(SystemFailure, match="none came"):
        visitors.until(lambda _: True, 0.1)

    assert visitors.account().refused > 0
    assert visitors.account().lost == 0
