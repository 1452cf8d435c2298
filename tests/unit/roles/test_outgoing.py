"""How the last bytes of a response go to the kernel: what the loop and the thread of a call do in the same moment, where the schedule can
be made by hand.
"""

import fcntl
import socket
import struct
import threading

import pytest

from adapter.gateway.out import ClientGone
from adapter.roles.serving.outgoing import Outgoing
from adapter.roles.serving.threads import OVER, Threads

SIOCOUTQNSD = 0x894B  # bytes that have not left yet; <linux/sockios.h>
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


def outgoing(sock):
    return Outgoing(sock, lambda: None, Threads(1, lambda call: None, lambda: OVER, lambda now: None))


def received(client):
    try:
        return client.recv(1000)
    except BlockingIOError:
        return b""


@pytest.mark.parametrize(("closing", "handed_on", "wait"), [(True, False, True), (True, True, False), (False, False, False)])
def test_last_bytes(closing, handed_on, wait):
    """Those that the end of the connection follows at once wait for it, in the kernel; others leave, also when another thread has to
    end the connection.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname(), 30) as client:
        ours, _ = listener.accept()
        with ours:
            ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            out = outgoing(ours)
            out._threads.handing_on = handed_on
            out.finish(ANSWER, closing)
            (unsent,) = struct.unpack("i", fcntl.ioctl(ours, SIOCOUTQNSD, bytes(4)))
            assert unsent == (len(ANSWER) if wait else 0)
            ours.shutdown(socket.SHUT_WR)
            assert client.recv(1000) == ANSWER
            assert client.recv(1000) == b""


def test_taken_back_while_it_sends(ends):
    """A call that is just sending has begun: nothing is sent instead, and it hears that nobody waits any more."""
    ours, theirs = ends
    out = outgoing(ours)
    told = []
    ours.meanwhile = lambda: told.append(out.take_back(INSTEAD))
    with pytest.raises(ClientGone):
        out.finish(ANSWER, False)
    assert told == [False]
    assert received(theirs) == ANSWER


def test_finished_while_it_is_taken_back(ends):
    """While the other answer is being sent, the call's is not; the call hears that nobody waits any more."""
    ours, theirs = ends
    out = outgoing(ours)
    heard = []

    def finish():
        try:
            out.finish(ANSWER, False)
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
