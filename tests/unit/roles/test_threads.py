"""Who leads, where the schedule that matters can be made by hand (tests/model/test_leading.py has them all)."""

import socket

from adapter.config.settings import Settings
from adapter.gateway.environ import Endpoint, Surroundings, common
from adapter.log import Log
from adapter.roles.serving.calls import Call
from adapter.roles.serving.incoming import Whole
from adapter.roles.serving.outgoing import Outgoing
from adapter.roles.serving.shared import Shared
from adapter.roles.serving.threads import GO_ON, Threads
from kit.calling import request

NOWHERE = Endpoint("", "")


class Client:
    """Who has asked, and how often it was told that its call is over."""

    address = ""

    def __init__(self, sock):
        self.out = Outgoing(sock, lambda: None)
        self.told = 0

    def take_back(self, call, now):
        raise AssertionError

    def finished(self, call, now):
        self.told += 1


def shared(app):
    return Shared(app, Settings(), Log(2), multiprocess=False, queue=None, lead=lambda: GO_ON, tick=lambda now: None, access=None)


def test_who_was_relieved_stays_so():
    """Whose call outlasts the lead of another does not lead on with what it once polled; its call is told over, once, and forgotten."""
    posted = []
    threads = Threads(2, posted.append, lambda: GO_ON, lambda now: None)

    def led_meanwhile(environ, start_response):
        assert threads._take_lead()
        threads._lay_down()
        start_response("200 OK", [])
        return [b""]

    ours, theirs = socket.socketpair()
    with ours, theirs:
        client = Client(ours)
        head, _ = request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        around = Surroundings(common(multithread=True, multiprocess=False), NOWHERE, NOWHERE)
        threads.pending.append(Call(shared(led_meanwhile), Whole(head, None, False), client, around, 0.0))

        assert threads.go_on(1.0) == 0.0
        assert len(threads._box) == 1
        assert threads.busy == 1
        assert threads._take_lead()
        [call] = posted
        call(2.0)
        assert (client.told, threads.busy) == (1, 0)
