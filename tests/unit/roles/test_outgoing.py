"""What the loop and the thread of a call do to one connection's bytes in the same moment, where the schedule can be made by hand."""

import socket
import threading

import pytest

from adapter.gateway.out import ClientGone
from adapter.roles.serving.outgoing import Outgoing

ANSWER = b"the answer of the call"
INSTEAD = b"the one it gets instead"


class Interrupted(socket.socket):
    """In the middle of whose first send the other thread has its turn, as when the interpreter's lock is let go of there."""

    def send(self, data, flags=0):
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().send(data, flags)


@pytest.fixture
def ends():
    """Ours, of whose kind the test is, and the client's."""
    ours, theirs = socket.socketpair()
    with Interrupted(fileno=ours.detach()) as interrupted, theirs:
        interrupted.setblocking(False)
        theirs.setblocking(False)
        yield interrupted, theirs


def received(client):
    try:
        return client.recv(1000)
    except BlockingIOError:
        return b""


def test_taken_back_while_it_sends(ends):
    """A call that is just sending has begun: nothing is sent instead, and it hears that nobody waits any more."""
    ours, theirs = ends
    out = Outgoing(ours, lambda: None)
    told = []
    ours.meanwhile = lambda: told.append(out.take_back(INSTEAD))
    with pytest.raises(ClientGone):
        out.finish(ANSWER)
    assert told == [False]
    assert received(theirs) == ANSWER


def test_finished_while_it_is_taken_back(ends):
    """While the other answer is being sent, the call's is not; the call hears that nobody waits any more."""
    ours, theirs = ends
    out = Outgoing(ours, lambda: None)
    heard = []

    def finish():
        try:
            out.finish(ANSWER)
        except ClientGone as gone:
            heard.append(gone)

    thread = threading.Thread(target=finish)

    def meanwhile():
        thread.start()
        while not out.begun:
            thread.join(0.001)

    ours.meanwhile = meanwhile
    assert out.take_back(INSTEAD)
    thread.join()
    assert len(heard) == 1
    assert received(theirs) == INSTEAD
    assert out.unsent == len(ANSWER)
