"""Who is woken for what there is to do: every interleaving, step by step, on a small model of `roles/serving/orders.py`.

A step is what no other thread can cut in two there: one append, pop or remove of a deque, one look at it, one assignment, one release. Those
who put are the one who leads and one who lays the lead down; an order is quick, or it lasts for as long as we look.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

SEEKING, MORE, LIFTING, RAISING, RELEASING, AT_WORK, LYING_DOWN, LOOKING, RISING, ASLEEP, LOWERING, APPENDING = range(12)
NOBODY = -1


class One(NamedTuple):
    """A thread: where it is, with which order (one who puts: how many it has put), and whom it wakes."""

    at: int
    order: int = NOBODY
    wakes: int = NOBODY


class World(NamedTuple):
    """All of it. `ringing`: beds that were released, and nobody has got up from yet."""

    ones: tuple[One, ...]
    orders: tuple[int, ...] = ()
    lying: tuple[int, ...] = ()
    woken: bool = False
    ringing: tuple[int, ...] = ()

    def but(self, number: int, one: One, **changes: object) -> "World":
        return self._replace(ones=(*self.ones[:number], one, *self.ones[number + 1 :]), **changes)


def waking(world: World, number: int, one: One, after: int) -> Iterator[World]:
    """To wake somebody, if there is anybody; then to go on."""
    if one.at == LIFTING and world.lying:
        yield world.but(number, one._replace(at=RAISING, wakes=world.lying[-1]), lying=world.lying[:-1])
    elif one.at == LIFTING:
        yield world.but(number, one._replace(at=after))
    elif one.at == RAISING:
        yield world.but(number, one._replace(at=RELEASING), woken=True)
    elif one.at == RELEASING:
        yield world.but(number, One(after, one.order), ringing=(*world.ringing, one.wakes))


def sleeping(world: World, number: int, one: One) -> Iterator[World]:
    """To lie down, look once more, and sleep or get up."""
    if one.at == LYING_DOWN:
        yield world.but(number, One(LOOKING), lying=(*world.lying, number))
    elif one.at == LOOKING:
        yield world.but(number, One(RISING if world.orders else ASLEEP))
    elif one.at == RISING and number not in world.lying:
        yield world.but(number, One(ASLEEP))
    elif one.at == RISING:
        yield world.but(number, One(SEEKING), lying=without(world.lying, number))
    elif one.at == ASLEEP and number in world.ringing:
        yield world.but(number, One(LOWERING), ringing=without(world.ringing, number))
    elif one.at == LOWERING:
        yield world.but(number, One(SEEKING), woken=False)


def without(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    return tuple(each for each in numbers if each != number)


def by_worker(world: World, number: int, slow: frozenset[int]) -> Iterator[World]:
    """What a thread of the application may do next."""
    one = world.ones[number]
    if one.at == SEEKING and world.orders:
        yield world.but(number, One(MORE, world.orders[0]), orders=world.orders[1:])
    elif one.at == SEEKING:
        yield world.but(number, One(LYING_DOWN))
    elif one.at == MORE:
        yield world.but(number, one._replace(at=LIFTING if world.orders and not world.woken else AT_WORK))
    elif one.at == AT_WORK and one.order not in slow:
        yield world.but(number, One(SEEKING))
    else:
        yield from waking(world, number, one, AT_WORK)
        yield from sleeping(world, number, one)


def by_putter(world: World, number: int, orders: tuple[int, ...]) -> Iterator[World]:
    """What a thread that has these orders to put, one after another, may do next."""
    one = world.ones[number]
    if one.at == APPENDING and one.order < len(orders):
        yield world.but(number, One(MORE, one.order + 1), orders=(*world.orders, orders[one.order]))
    elif one.at == MORE:
        yield world.but(number, one._replace(at=APPENDING if world.woken else LIFTING))
    else:
        yield from waking(world, number, one, APPENDING)


def reachable(size: int, puts: list[tuple[int, ...]], slow: frozenset[int]) -> Iterator[tuple[World, bool]]:
    """Every world, and whether it is an end."""
    first = World((*[One(SEEKING)] * size, *[One(APPENDING, 0)] * len(puts)))
    seen, ahead = {first}, [first]
    while ahead:
        world = ahead.pop()
        nexts = [each for number in range(size) for each in by_worker(world, number, slow)]
        nexts += [each for number, orders in enumerate(puts, size) for each in by_putter(world, number, orders)]
        yield world, not nexts
        ahead += set(nexts) - seen
        seen.update(nexts)


CASES = [
    (1, [(0, 1, 2)], frozenset()), (1, [(0, 1), (2,)], frozenset()), (2, [(0, 1, 2)], frozenset()), (2, [(0, 1, 2)], frozenset({0})),
    (2, [(0, 1, 2)], frozenset({1})), (2, [(0, 1), (2,)], frozenset({0})), (2, [(0, 1), (2,)], frozenset({2})),
    (3, [(0, 1, 2)], frozenset({0, 1})), (3, [(0, 1, 2)], frozenset({0, 2})),
]  # fmt: skip


@pytest.mark.parametrize(("size", "puts", "slow"), CASES)
def test_nobody_sleeps_while_there_is_something_to_do(size: int, puts: list[tuple[int, ...]], slow: frozenset[int]) -> None:
    """In every schedule all orders are taken up though slow ones last, as long as a thread is free; and nobody is woken twice for one sleep."""
    ends = 0
    for world, end in reachable(size, puts, slow):
        assert len(set(world.ringing)) == len(world.ringing), world
        assert len(set(world.lying)) == len(world.lying), world
        if end:
            ends += 1
            workers = world.ones[:size]
            assert not world.orders or all(one.at == AT_WORK for one in workers), world
            assert all(one.at in {AT_WORK, ASLEEP} for one in workers), world
            assert not world.woken, world
    assert ends


def test_a_swarm_wakes_one() -> None:
    """Of orders put in a row, before anybody could get up, only the first wakes a thread."""
    world = World((*[One(ASLEEP)] * 3, One(APPENDING, 0)), lying=(0, 1, 2))
    while nexts := list(by_putter(world, 3, (0, 1, 2))):
        [world] = nexts
    assert world.orders == (0, 1, 2)
    assert world.ringing == (2,)
