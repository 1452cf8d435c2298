"""Who comes while all sleep is heard, by the listener or by the queue; and nobody is heard when nobody is to be."""

import socket
from types import SimpleNamespace

import pytest

from adapter.lifecycle.events import Knocked
from adapter.lifecycle.state import Change, Leaving, State
from adapter.roles.master.doorbell import Doorbell
from adapter.roles.master.watch import Watch
from adapter.unix import handover

ASLEEP = State(target=2, asleep=True)


@pytest.fixture
def house():
    """A listener, a queue, and a watch with a doorbell on both; and a listener that nobody uses."""
    ends, watch = handover.pair(), Watch()
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as unused:
        queue = [ends.give.fileno(), ends.take.fileno()]
        sockets = {"used": listener, "unused": unused}
        listeners = SimpleNamespace(descriptors=lambda addresses: [sockets[each].fileno() for each in addresses])
        families = {1: SimpleNamespace(addresses={"unused": "http"}), 2: SimpleNamespace(addresses={"used": "http"})}
        bell = Doorbell(watch, listeners, SimpleNamespace(commons=SimpleNamespace(queue=queue), families=families))
        yield SimpleNamespace(ends=ends, watch=watch, listener=listener, unused=unused, bell=bell)
    ends.close()


def rung(house):
    """What is heard now."""
    return [event for hear in house.watch.wait(0) for event in hear()]


def test_a_client(house):
    """It is heard, and let in by nobody here: whoever listens can still accept it."""
    house.bell.follow(ASLEEP)
    assert rung(house) == []
    with socket.create_connection(house.listener.getsockname()) as client:
        assert rung(house) == [Knocked()]
        accepted, address = house.listener.accept()
        accepted.close()
        assert address == client.getsockname()


def test_where_nobody_listens(house):
    """A client of a listener that the serving generation does not use wakes nobody, for nobody would accept it; during a reload the one
    before serves too.
    """
    house.bell.follow(ASLEEP)
    with socket.create_connection(house.unused.getsockname()):
        assert rung(house) == []
        house.bell.follow(State(target=2, asleep=True, change=Change(previous=1)))
        assert rung(house) == [Knocked()]


def test_a_connection_that_was_handed_over(house):
    """A worker that still drained has put it into the queue, when nobody was left to take it."""
    house.bell.follow(ASLEEP)
    assert rung(house) == []
    handover.give(house.ends, {"address": "x"}, [])
    assert rung(house) == [Knocked()]
    assert handover.take(house.ends) == ({"address": "x"}, [])


@pytest.mark.parametrize(
    "state", [State(), State(target=2, asleep=True, paused=True), State(target=2, asleep=True, leaving=Leaving())]
)
def test_nobody_is_heard(house, state):
    """By whom there are workers, a pause, or an end for, so that who waits does not keep us busy; and heard again afterwards."""
    handover.give(house.ends, {}, [])
    house.bell.follow(ASLEEP)
    house.bell.follow(state)
    assert rung(house) == []
    house.bell.follow(ASLEEP)
    assert rung(house) == [Knocked()]
