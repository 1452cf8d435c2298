"""The pure decisions of the data plane: when to accept, what two drains make, who inetd says the client is, the date."""

import email.utils
import time

import pytest

from adapter.gateway.environ import Endpoint
from adapter.protocols.http1.dates import imf_fixdate
from adapter.roles.inetd.stdio import said_client
from adapter.roles.serving.deadlines import NEVER
from adapter.roles.serving.draining import Draining
from adapter.roles.serving.room import AT_ONCE, CROWDED, IDLE, eagerness, goes_round, room, turn, yielding


@pytest.mark.parametrize(
    ("calls", "connections", "sweeping", "wanted"),
    [(3, 9, False, True), (4, 9, False, False), (9, 9, False, False), (3, 10, False, False), (9, 99, True, True)],
)
def test_accepts(calls, connections, sweeping, wanted):
    """A free thread and room for a connection; in a sweep neither is asked for."""
    assert (room(calls=calls, threads=4, connections=connections, most=10, sweeping=sweeping) > 0) is wanted


def test_no_more_than_can_be_served_at_once():
    """As many as threads are free, or as there is room for."""
    assert room(calls=1, threads=4, connections=0, most=10, sweeping=False) == 3
    assert room(calls=0, threads=4, connections=8, most=10, sweeping=False) == 2


@pytest.mark.parametrize(
    ("seconds", "ended", "connections", "taken"),
    [(CROWDED, 8, 5, 4), (CROWDED, 1, 5, 0), (CROWDED / 2, 8, 5, 0), (9.0, 8, 9, 1), (9.0, 8, 10, 0), (9.0, 8, 11, 0)],
)
def test_who_waits_outside_gets_a_turn(seconds, ended, connections, taken):
    """Without room for a while: one connection for two calls, never more than there may be, none while nothing ends."""
    assert turn(seconds=seconds, ended=ended, connections=connections, most=10) == taken


def test_two_drains_are_the_stricter_of_both():
    """The earlier deadline, the shorter linger, all that anybody leaves; in whichever order they were asked."""
    one, other = Draining(10.0, 1.0, frozenset({"a"})), Draining(5.0, 2.0, frozenset({"b"}))
    assert one.joined(other) == other.joined(one) == Draining(5.0, 1.0, frozenset({"a", "b"}))


def test_time_slept_through_does_not_count() -> None:
    """A drain's seconds go by while we are awake; those that we were stopped for do not."""
    drain = Draining(10.0, 1.0, frozenset())
    assert drain.after(1.0).left == 9.0
    assert drain.after(100.0) == drain
    assert drain._replace(left=0.2).tick == 0.2
    assert drain._replace(left=0.2).after(0.3).left < 0


@pytest.mark.parametrize(
    ("environ", "client"),
    [
        ({"TCPREMOTEIP": "192.0.2.1", "TCPREMOTEPORT": "7"}, Endpoint("192.0.2.1", "7")),
        ({"TCPREMOTEADDR": "192.0.2.1:7"}, Endpoint("192.0.2.1", "7")),
        ({"TCPREMOTEADDR": "[2001:db8::1]:7"}, Endpoint("2001:db8::1", "7")),
        ({"SOCAT_PEERADDR": "[2001:db8::1]", "SOCAT_PEERPORT": "7"}, Endpoint("2001:db8::1", "7")),
        ({"REMOTE_HOST": "192.0.2.1"}, Endpoint("192.0.2.1", "")),
        ({"REMOTE_HOST": "<no address>"}, Endpoint("", "")),
        ({}, Endpoint("", "")),
    ],
)
def test_the_client_by_environment(environ, client):
    """tcpserver, tcpsvd, socat and xinetd each have their own names for it."""
    assert said_client(environ) == client


@pytest.mark.parametrize("seconds", [0, 784111777, 951827696, 1_700_000_000, 4_102_444_799])
def test_date(seconds):
    """As the standard library writes it."""
    assert imf_fixdate(time.gmtime(seconds)) == email.utils.formatdate(seconds, usegmt=True)


def test_who_has_been_idle_for_longest_makes_room():
    """A sixteenth of all, one at least; nobody whose client may be about to ask, and nobody who is not idle."""
    now = 100.0
    assert yielding({"busy": NEVER, "long": 50.0, "longer": 40.0, "just": now - IDLE / 2}, now) == ["longer"]
    assert yielding({"busy": NEVER, "just": now - IDLE / 2}, now) == []
    assert yielding(dict.fromkeys(range(64), 1.0), now) == [0, 1, 2, 3]


def _looks(waiting, turns, eager=1.0):
    """How often a listener with so many connections in its queue, each turn, is asked in vain; and how eagerly, in the end."""
    vain = 0
    for _ in range(turns):
        asked = int(eager)
        vain += asked > waiting
        eager = eagerness(eager, asked=asked, took=min(asked, waiting))
        assert eager >= 1
    return vain, eager


@pytest.mark.parametrize("waiting", [1, 2, 5, AT_ONCE])
def test_seldom_looks_for_a_connection_in_vain(waiting):
    """Whatever comes at a time, soon as many are accepted, and one too many is asked for in a fifth of the turns at most."""
    vain, eager = _looks(waiting, 1000)
    assert vain <= 200
    assert waiting <= int(eager) <= waiting + 1


def test_no_hurry_after_a_rush():
    """Once fewer wait, as few are asked for: the very next time."""
    _, eager = _looks(AT_ONCE, 1000)
    assert eagerness(eager, asked=int(eager), took=0) == 1
    assert eagerness(eager, asked=int(eager), took=3) == 3


def test_who_stays_goes_round():
    """Connections that stay, and all while calls last, go to each worker in turn; a client that leaves with its answer changes no order."""
    assert goes_round(alone=False, stays=True, handing_on=False)
    assert goes_round(alone=False, stays=False, handing_on=True)
    assert not goes_round(alone=False, stays=False, handing_on=False)
    assert not goes_round(alone=True, stays=True, handing_on=True)
