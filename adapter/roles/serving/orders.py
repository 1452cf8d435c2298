"""What the application's threads are to do next, and those of them that wait for it.

One is woken at a time, the one that has waited shortest: its things still lie in the processor's caches. If there is more to do than it takes
up, it wakes the next before it begins. So what comes in a swarm and is done at once does not have all threads fight for the interpreter.
(`queue.SimpleQueue` also wakes the next when there is nothing left to do: that is two threads for each order.)
"""

from _thread import LockType, allocate_lock
from collections import deque

from adapter.roles.serving.tasks import Task


class Invitation:
    """To take the lead."""


class End:
    """There will be nothing more to do."""


Order = Task | Invitation | End


def bed() -> LockType:
    """What one thread sleeps on: a lock that is taken. To wake it is to release that, once for each time that it lay down."""
    lock = allocate_lock()
    lock.acquire()
    return lock


class Orders:
    """First come, first served. From any thread; tests/model/test_orders.py has every schedule."""

    def __init__(self) -> None:
        self._orders: deque[Order] = deque()
        self._lying: deque[LockType] = deque()  # the beds of who sleeps or is about to; append, pop and remove are atomic
        self._woken = False  # somebody will get up, and lower this, and only then look what there is to do

    def put(self, order: Order) -> None:
        """For whoever comes first."""
        self._orders.append(order)  # in this order: who lies down looks at the two the other way round
        if not self._woken:
            self._wake()

    def poll(self) -> Order | None:
        """The next one, if there is one now."""
        try:
            return self._orders.popleft()
        except IndexError:
            return None

    def get(self, own: LockType) -> Order:
        """The next one; until there is one, sleep. `own`: the `bed` of this thread."""
        while True:
            try:
                order = self._orders.popleft()
            except IndexError:
                self._sleep(own)
            else:
                if self._orders and not self._woken:
                    self._wake()
                return order

    def _wake(self) -> None:
        try:
            lain = self._lying.pop()
        except IndexError:
            return  # nobody sleeps
        self._woken = True
        lain.release()

    def _sleep(self, own: LockType) -> None:
        self._lying.append(own)
        if self._orders:
            try:
                self._lying.remove(own)
            except ValueError:
                pass  # somebody wakes us already: that has to be awaited
            else:
                return
        own.acquire()
        self._woken = False
