"""The worker's one loop: descriptors, deadlines, and news from other threads. It sleeps in the kernel until there is one of them."""

import os
import select
from collections import deque
from collections.abc import Callable
from time import monotonic

from adapter.roles.deadlines import NEVER, Deadlines

Ready = Callable[[int, float], None]
"""Called with the epoll mask and the monotonic time."""
_MOST = 512  # events per turn


class Loop:
    """Everything here is for the loop's own thread, except `post`."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._ready: dict[int, Ready] = {}
        self._first: set[int] = set()
        self.deadlines = Deadlines()
        self._posted: deque[Callable[[float], None]] = deque()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._woken = False
        self.add(self._wake, select.EPOLLIN, self._take_posted)

    def add(self, fd: int, mask: int, ready: Ready, *, first: bool = False) -> None:
        """Call `ready` whenever `fd` is; `first`: before those of the same turn that are not."""
        self._epoll.register(fd, mask)
        self._ready[fd] = ready
        if first:
            self._first.add(fd)

    def change(self, fd: int, mask: int) -> None:
        """Call it for these events from now on; HUP and ERR always count."""
        self._epoll.modify(fd, mask)

    def remove(self, fd: int) -> None:
        """No more. Before closing `fd`: a closed one stays in the epoll as long as another process (a fork) has it open."""
        del self._ready[fd]
        self._first.discard(fd)
        self._epoll.unregister(fd)

    def post(self, call: Callable[[float], None]) -> None:
        """Have the loop's thread call this with the time, soon. From any thread."""
        self._posted.append(call)
        if not self._woken:
            self._woken = True
            os.eventfd_write(self._wake, 1)

    def turn(self) -> None:
        """Sleep until something happens, then see to everything that has."""
        deadline = self.deadlines.next()
        wait = None if deadline == NEVER else max(0.0, deadline - monotonic())
        events = self._epoll.poll(wait, _MOST)
        now = monotonic()
        first = self._first
        if first and len(events) > 1:
            events.sort(key=lambda event: event[0] not in first)
        for fd, mask in events:
            ready = self._ready.get(fd)
            # None: gone since, in this very turn. If the number is another's by now, that one finds nothing to read: all
            # descriptors here are non-blocking and level-triggered, so a call too many is harmless, and none is missed.
            if ready is not None:
                ready(mask, now)
        for timed in self.deadlines.due(now):
            timed.expire(now)

    def close(self) -> None:
        """The end. Only when no other thread can `post` any more: the number of `_wake` may be somebody else's next."""
        self._epoll.close()
        os.close(self._wake)

    def _take_posted(self, _mask: int, now: float) -> None:
        # In this order. A post that sees `_woken` still true relies on us to take it after this point, and we do; were the
        # flag lowered before the read, a post in between would be read away and the flag stay up: no wake-up ever again.
        os.eventfd_read(self._wake)
        self._woken = False
        while self._posted:
            self._posted.popleft()(now)
