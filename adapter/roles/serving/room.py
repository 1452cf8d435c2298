"""How many connections a worker takes now. Pure.

One that we cannot serve at once is better off with another worker, or in the queue of the listener. But when all threads of all
workers always have a call that waits for them, nobody ever has room, and only those who are connected would be served, for ever. So
who has had no room for a while takes some of those that wait, in turn with the calls of the others.
"""

from collections.abc import Mapping
from typing import TypeVar

Connection = TypeVar("Connection")

AT_ONCE = 64  # in one turn of the loop, so that the connections get their turn
CROWDED = 0.01  # seconds without room, after which it is plain that no other worker has any either: it would have taken them
IN_TURN = 2  # calls that end for each connection that is taken then; were it one, those that wait here would become ever more
IDLE = 1.0  # seconds without a request, after which a connection may be closed in favour of another
_MORE = 0.25  # to look once too often costs a tenth of a short request: at most with each fifth, then, when they come one by one
_SHARE = 16  # the part of all connections that makes room at once, so as not to look again with each that comes


def room(*, calls: int, threads: int, connections: int, most: int, sweeping: bool) -> int:
    """None: listen no more. In a sweep there is no other worker, and the queue is about to be thrown away."""
    return AT_ONCE if sweeping else max(0, min(threads - calls, most - connections))


def eagerness(before: float, *, asked: int, took: int) -> float:
    """How many to accept at a time, having asked for so many and taken so many: as many as there were; or more, if all were there."""
    return float(max(1, took)) if took < asked else min(before + _MORE, asked + 1.0)


def goes_round(*, alone: bool, stays: bool, handing_on: bool) -> bool:
    """Is the next connection another worker's? Who sleeps would else get each of them: no matter where the client leaves with the answer,
    which the one who leads gives before it sleeps again; but it must not end up with all those who stay, nor with all calls that last.
    """
    return not alone and (stays or handing_on)


def turn(*, seconds: float, ended: int, connections: int, most: int) -> int:
    """Those that are taken without any room, that many seconds and calls after there last was some, or some were taken so."""
    return 0 if seconds < CROWDED else max(0, min(ended // IN_TURN, most - connections, AT_ONCE))


def yielding(idle_since: Mapping[Connection, float], now: float) -> list[Connection]:
    """Who of all connections is to make room: some of those that have been idle for a while, longest first."""
    idle = [each for each, since in idle_since.items() if since <= now - IDLE]
    idle.sort(key=lambda each: idle_since[each])
    return idle[: max(1, len(idle_since) // _SHARE)]
