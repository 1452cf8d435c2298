"""Who leads: every interleaving of the worker's threads, step by step, on a small model of `roles/serving/threads.py`.

A step here is what no other thread can cut in two there: one append or pop of a deque, one assignment, one put or get of a queue. Requests
come at any moment; a call is quick, or it is slow and ends only when nothing else can happen. All states that can be reached are
visited, so what is asserted of each of them holds for every schedule there is.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

INVITATION = -1
NOBODY = -1
WAITING, POLLING, LAYING, LAID, CALLING, PICKING, RELIEVED, RUNNING, INVITED, TAKING, RINGING = range(11)
WATCHING, DROWSY, ASLEEP, LEADING = range(4)


class App(NamedTuple):
    """A thread of the application: where it is, and with which call."""

    at: int = WAITING
    call: int = NOBODY


class World(NamedTuple):
    """All of it. Calls are numbers; the sets and queues are tuples, so that worlds can be compared."""

    apps: tuple[App, ...]
    standby: int = WATCHING
    box: bool = False
    queue: tuple[int, ...] = ()
    handed: frozenset[int] = frozenset()
    own: int = NOBODY
    handing_on: bool = False
    posted: tuple[int, ...] = ()
    coming: tuple[int, ...] = ()  # requests that clients have sent and nobody has read
    unsent: tuple[int, ...] = ()
    done: frozenset[int] = frozenset()
    released: bool = False  # the slow calls may end
    asleep: bool = False
    invited: bool = False

    def with_app(self, number: int, app: App, **changes: object) -> "World":
        apps = (*self.apps[:number], app, *self.apps[number + 1 :])
        return self._replace(apps=apps, **changes)


def leads(app: App) -> bool:
    """Does this thread have the lead in its hands?"""
    return app.at in {POLLING, LAYING}


def by_app(world: World, number: int, slow: frozenset[int]) -> Iterator[World]:
    """What this thread of the application may do next."""
    app = world.apps[number]
    if app.at == WAITING and world.queue:
        order, *rest = world.queue
        yield world.with_app(number, App(INVITED) if order == INVITATION else App(RUNNING, order), queue=tuple(rest))
    elif app.at == POLLING:
        yield from (each._replace(asleep=False) for each in turn(world, number))  # news: whoever stands by is woken
    elif app.at not in {RUNNING, CALLING} or world.released or app.call not in slow:
        yield from STEPS.get(app.at, lambda *_: ())(world, number, app)


def taking(world: World, number: int, _app: App) -> Iterator[World]:
    """Invited: the lead, if it is still there."""
    yield take_lead(world.with_app(number, App(POLLING))) if world.box else world.with_app(number, App())


def picking(world: World, number: int, app: App) -> Iterator[World]:
    """The call is over: the lead again, if it is still there, and has not been in other hands meanwhile."""
    if world.box and world.own != app.call:
        queue = world.queue if world.invited else (*world.queue, INVITATION)
        yield world.with_app(number, App(RELIEVED, app.call), queue=queue, invited=True)
    elif world.box:
        yield world.with_app(number, App(POLLING), box=False, own=NOBODY, done=world.done | {app.call})
    else:
        yield world.with_app(number, App(RELIEVED, app.call))


def posting(world: World, number: int, app: App) -> Iterator[World]:
    """Tell the one who leads, and wait for the next call."""
    yield world.with_app(number, App(), posted=(*world.posted, app.call))


STEPS = {
    INVITED: lambda world, number, _: iter([world.with_app(number, App(TAKING), invited=False)]),
    TAKING: taking,
    RUNNING: posting,
    LAYING: lambda world, number, app: iter([world.with_app(number, App(LAID, app.call), own=app.call)]),
    LAID: lambda world, number, app: iter([world.with_app(number, App(RINGING, app.call), box=True)]),
    RINGING: lambda world, number, app: iter([world.with_app(number, App(CALLING, app.call), asleep=False)]),
    CALLING: lambda world, number, app: iter([world.with_app(number, App(PICKING, app.call))]),
    PICKING: picking,
    RELIEVED: posting,
}


def turn(world: World, number: int) -> Iterator[World]:
    """One turn of the loop of a quick leader: a call that waits in the queue, then what was posted, then a request."""
    if world.handed and world.queue:
        order, *rest = world.queue
        if order == INVITATION:
            yield world._replace(queue=tuple(rest), invited=False)
        else:
            yield world.with_app(number, App(LAYING, order), queue=tuple(rest), handed=world.handed - {order})
    elif world.posted:
        call, *rest = world.posted
        yield world._replace(posted=tuple(rest), handed=world.handed - {call}, done=world.done | {call})
    elif world.coming:
        call, *rest = world.coming
        yield world.with_app(number, App(LAYING, call), coming=tuple(rest))


def take_lead(world: World) -> World:
    """`_take_lead`, when the lead is in the box: the call of the one who laid it there counts as handed on."""
    handed = world.handed if world.own == NOBODY else world.handed | {world.own}
    return world._replace(box=False, own=NOBODY, handed=handed)


def by_standby(world: World) -> Iterator[World]:
    """What the thread that stands by may do next."""
    if world.standby == WATCHING:
        if world.box:  # it has lain there for long enough: time is not in the model, so this may be at any moment
            yield take_lead(world)._replace(standby=LEADING, handing_on=True)
        else:
            yield world._replace(standby=DROWSY, asleep=True)
    elif world.standby == DROWSY:  # has said that it sleeps, and looks once more
        yield world._replace(standby=WATCHING, asleep=False) if world.box else world._replace(standby=ASLEEP)
    elif world.standby == ASLEEP:
        if not world.asleep:
            yield world._replace(standby=WATCHING)
    elif world.posted:
        call, *rest = world.posted
        yield world._replace(posted=tuple(rest), handed=world.handed - {call}, done=world.done | {call})
    elif world.coming:
        call, *rest = world.coming
        yield world._replace(coming=tuple(rest), handed=world.handed | {call}, queue=(*world.queue, call))
    if world.standby == LEADING and world.apps:  # its patience is over: it lays the lead down again
        queue = world.queue if world.invited else (*world.queue, INVITATION)
        yield world._replace(standby=WATCHING, handing_on=False, box=True, queue=queue, invited=True)


def after(world: World, slow: frozenset[int]) -> Iterator[World]:
    """Every world that may come next."""
    for number in range(len(world.apps)):
        yield from by_app(world, number, slow)
    yield from by_standby(world)
    if world.unsent:
        call, *rest = world.unsent
        yield world._replace(unsent=tuple(rest), coming=(*world.coming, call))


def reachable(threads: int, requests: int, slow: frozenset[int]) -> Iterator[tuple[World, list[World]]]:
    """Every world, with those that may come after it."""
    first = World((App(POLLING), *[App()] * (threads - 1)), unsent=tuple(range(requests)))
    seen, ahead = {first}, [first]
    while ahead:
        world = ahead.pop()
        nexts = [each for each in after(world, slow) if each != world]
        yield world, nexts
        for each in nexts:
            if each not in seen:
                seen.add(each)
                ahead.append(each)


CASES = [
    (1, 3, frozenset()), (1, 3, frozenset({0})), (1, 3, frozenset({1})), (1, 3, frozenset({0, 2})), (1, 3, frozenset({0, 1, 2})),
    (2, 3, frozenset()), (2, 3, frozenset({0})), (2, 3, frozenset({0, 1})), (2, 3, frozenset({0, 1, 2})),
]  # fmt: skip


@pytest.mark.parametrize(("threads", "requests", "slow"), CASES)
def test_somebody_leads_and_nobody_else(threads: int, requests: int, slow: frozenset[int]) -> None:
    """In every schedule the lead is in one pair of hands or in the box; no call is lost, run twice, or held by two."""
    for world, _ in reachable(threads, requests, slow):
        laying = sum(app.at == LAID for app in world.apps)  # between the two halves of laying it down it is still in the hand
        hands = sum(map(leads, world.apps)) + laying + (world.standby == LEADING)
        assert hands + world.box == 1, world
        places = [app.call for app in world.apps if app.call != NOBODY]
        places += [
            *world.posted,
            *world.coming,
            *world.unsent,
            *world.done,
            *(call for call in world.queue if call != INVITATION),
        ]
        assert sorted(places) == list(range(requests)), world


@pytest.mark.parametrize(("threads", "requests", "slow"), CASES)
def test_no_request_waits_for_a_slow_call_while_a_thread_is_free(threads: int, requests: int, slow: frozenset[int]) -> None:
    """From every world, with the slow calls still running, the threads alone come to one in which each request that was sent is done,
    or runs, or every thread runs a slow call.
    """
    graph = dict(reachable(threads, requests, slow))

    def good(world: World) -> bool:
        running = {app.call for app in world.apps if app.at in {CALLING, RUNNING}}
        busy = all(app.at in {CALLING, RUNNING} and app.call in slow for app in world.apps)
        return busy or world.done | running >= set(range(requests)) - set(world.unsent)

    before: dict[World, list[World]] = {}
    for world, nexts in graph.items():
        for each in nexts:
            before.setdefault(each, []).append(world)
    reaches = {world for world in graph if good(world)}
    ahead = list(reaches)
    while ahead:
        for each in before.get(ahead.pop(), ()):
            if each not in reaches:
                reaches.add(each)
                ahead.append(each)
    assert set(graph) == reaches


def test_everybody_can_sleep() -> None:
    """Once all is done, no thread has anything left to do but the one that stands by, which falls asleep."""
    ends = [world for world, nexts in reachable(2, 2, frozenset()) if not nexts]
    assert ends
    assert all(len(world.done) == 2 and world.standby == ASLEEP for world in ends)
