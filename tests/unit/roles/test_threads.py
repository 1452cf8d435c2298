"""Who leads, where the schedule that matters can be made by hand (tests/model/test_leading.py has them all)."""

import socket

from adapter.config.settings import Settings
from adapter.gateway.environ import Endpoint
from adapter.log import Log
from adapter.protocols.spoken import HTTP
from adapter.roles.serving.answering import Parties
from adapter.roles.serving.connection import Connection
from adapter.roles.serving.handing import Guest
from adapter.roles.serving.shared import Shared
from adapter.roles.serving.threads import GO_ON
from kit.serving import GET


def test_who_was_relieved_stays_so():
    """Whose call outlasts the lead of another does not lead on with what it once polled; its call is told over, once, and forgotten."""

    def led_meanwhile(environ, start_response):
        assert threads._take_lead()
        threads._lay_down()
        start_response("200 OK", [])
        return [b""]

    shared = Shared(
        led_meanwhile, Settings(), Log(2), multiprocess=False, queue=None, lead=lambda: GO_ON, tick=lambda now: None, access=None
    )
    threads = shared.threads
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(GET)
        ours.setblocking(False)
        nobody = Endpoint("", "")
        Connection(shared, Guest("", ours, Parties(nobody, nobody), shared.incoming(HTTP), 60.0, 0), 0.0)
        assert len(threads.pending) == 1

        assert threads.go_on(1.0) == 0.0
        assert (len(threads._box), threads.busy, shared.requests) == (1, 1, 0)
        assert threads._take_lead()
        [over] = shared.loop._posted
        over(2.0)
        assert (shared.requests, threads.busy) == (1, 0)
    shared.loop.close()
