"""The worker's one loop: descriptors, deadlines, and news from other threads. It sleeps in the kernel until there is one of them."""

import os
import select
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final

from adapter.roles.serving.deadlines import NEVER, Deadlines
from adapter.roles.serving.threads import Threads

Ready = Callable[[int, float], None]
"""Called with the epoll mask and the monotonic time."""
READABLE: Final = select.EPOLLIN
WRITABLE: Final = select.EPOLLOUT
HUNG_UP: Final = select.EPOLLHUP | select.EPOLLERR
"""In a mask. Compiled, a constant of our own is a number; one of another module would be looked up each time."""
_MOST: Final = 512  # events per turn


class Loop:
    """Everything here is for the thread that leads, except `post`."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._first: dict[int, Ready] = {}
        self._ready: dict[int, Ready] = {}
        self.deadlines = Deadlines()
        self._posted: deque[Callable[[float], None]] = deque()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._woken = False
        self.add(self._wake, READABLE, self._take_posted)

    def add(self, fd: int, mask: int, ready: Ready, *, first: bool = False) -> None:
        """Call `ready` whenever `fd` is; `first`: before those of the same turn that are not."""
        self._epoll.register(fd, mask)
        (self._first if first else self._ready)[fd] = ready

    def change(self, fd: int, mask: int) -> None:
        """Call it for these events from now on; HUP and ERR always count."""
        self._epoll.modify(fd, mask)

    def remove(self, fd: int) -> None:
        """No more. Before closing `fd`: a closed one stays in the epoll as long as another process (a fork) has it open."""
        if self._ready.pop(fd, None) is None:
            del self._first[fd]
        self._epoll.unregister(fd)

    def post(self, call: Callable[[float], None]) -> None:
        """Have the thread that leads call this with the time, soon. From any thread."""
        self._posted.append(call)
        if not self._woken:
            self._woken = True
            os.eventfd_write(self._wake, 1)

    def turn(self, threads: Threads) -> bool:
        """Sleep until something happens, then see to everything that has. False: this thread does not lead any more.

        What is left of the events is then the new leader's affair, whose loop hears of them again: they are level-triggered.
        """
        deadline = self.deadlines.next()
        wait = None if deadline == NEVER else max(0.0, deadline - monotonic())
        events = self._epoll.poll(wait, _MOST)
        now = monotonic()
        if events:
            threads.turned()
            if self._first and not (now := self._dispatch(self._first, events, threads, now)):
                return False
            if not (now := self._dispatch(self._ready, events, threads, now)):
                return False
            threads.turned()  # again: on a busy machine the one who watches may have fallen asleep before we came to do anything
        for timed in self.deadlines.due(now):
            timed.expire(now)
            threads.timed()
            if threads.pending and not (now := threads.go_on(now)):
                return False
        return True

    def close(self) -> None:
        """The end. Only when no other thread can `post` any more: the number of `_wake` may be somebody else's next."""
        self._epoll.close()
        os.close(self._wake)

    def _dispatch(self, known: dict[int, Ready], events: list[tuple[int, int]], threads: Threads, now: float) -> float:
        """Tell those that are known; the time after it, as `go_on`."""
        for fd, mask in events:
            # None: it is among the others, or gone since, in this very turn. If the number is another's by now, that one finds
            # nothing to read: all descriptors here are non-blocking, so a call too many is harmless, and none is missed.
            ready = known.get(fd)
            if ready is not None:
                ready(mask, now)
                if threads.pending and not (now := threads.go_on(now)):
                    return 0.0
        return now

    def _take_posted(self, _mask: int, now: float) -> None:
        # In this order. A post that sees `_woken` still true relies on us to take it after this point, and we do; were the
        # flag lowered before the read, a post in between would be read away and the flag stay up: no wake-up ever again.
        try:
            os.eventfd_read(self._wake)
        except BlockingIOError:
            pass  # read already: no event may end the thread that leads
        self._woken = False
        while self._posted:
            self._posted.popleft()(now)
