"""A call that holds the interpreter's lock in C: no thread of ours can run to notice it. So the master does, by a timer of ours.

While there are calls we put it off, again and again; when none of our threads runs for longer than a call may last, it runs out. It
is set by whoever begins the first call after a rest, and taken back by the thread that stands by when it goes to sleep, so that
nothing of it is in the way of a request under load, and an idle worker wakes nobody up.

The worker's other connections end with it. Why the master does not take them out of it before (pidfd_getfd(2)): docs/operating.md.
"""

from collections.abc import Callable
from time import monotonic

from adapter.roles.serving.threads import Threads
from adapter.unix.timers import Timer

_LATER = 0.5  # seconds: whoever can notice by himself, and answer the client, has noticed by then
_OFTEN = 20  # how often it is put off, in the time after which it would run out


class Vigil:
    """`calls`: are there any to be watched? `seconds`: how long the longest of them may last."""

    def __init__(self, threads: Threads, timer: Timer, calls: Callable[[], bool], seconds: Callable[[], float]) -> None:
        self._threads = threads
        self._timer = timer
        self._calls = calls
        self._seconds = seconds
        self._put_off = 0.0  # not before then
        threads.begun = self.begin
        threads.rests = self.mind
        threads.unwatched = True

    def begin(self) -> None:
        """Set it anew. From any thread."""
        self._threads.unwatched = False
        seconds = self._seconds()
        self._put_off = monotonic() + seconds / _OFTEN
        self._timer.set(seconds + _LATER)

    def mind(self) -> None:
        """Put it off, or take it back when there is nothing to watch. From any thread."""
        if self._calls():
            if self._threads.unwatched or monotonic() >= self._put_off:
                self.begin()
        elif not self._threads.unwatched:
            # In this order. Who begins a call shows it, then looks whether it is unwatched; we say that it is, then look for calls.
            self._threads.unwatched = True
            self._timer.set(0)
            if self._calls():
                self.begin()
