"""The timers by which workers are known to be stuck: each puts its own off while it can (see roles/worker/vigil)."""

import os
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial

from adapter.lifecycle.events import Deaf, Event
from adapter.roles.master.watch import Watch
from adapter.unix.processes import is_stopped
from adapter.unix.timers import Timer

_AGAIN = 0.5  # seconds to put it off once more: all of us may have been stopped, and the master be the first to run
_ALMOST = 0.25  # and so late the second end of it may be seen
_STOPPED = 5.0  # seconds until one that is stopped is looked at again


class Vigils:
    """By worker; those that watch their calls. `pid_of` finds a worker's process; 0: there is none."""

    def __init__(self, watch: Watch, pid_of: Callable[[int], int]) -> None:
        self._watch = watch
        self._pid_of = pid_of
        self._timers: dict[int, Timer] = {}
        self._warned: dict[int, float] = {}  # when the first end was seen

    def take(self, worker: int, fds: Collection[int]) -> None:
        """A worker's timer came with what it said; or nothing."""
        for fd in fds:
            if worker in self._timers:
                os.close(fd)
            else:
                self._timers[worker] = Timer(fd)
                self._watch.add(fd, partial(self._ran_out, worker))

    def keep_only(self, workers: Collection[int]) -> None:
        """The others are gone."""
        for worker in set(self._timers).difference(workers):
            timer = self._timers.pop(worker)
            self._warned.pop(worker, None)
            self._watch.remove(timer.fileno())
            timer.close()

    def _ran_out(self, worker: int) -> list[Event]:
        timer = self._timers[worker]
        if not timer.ran_out():
            return []
        now = time.monotonic()
        if is_stopped(self._pid_of(worker)):
            timer.set(_STOPPED)
            return []
        if now - self._warned.get(worker, float("-inf")) <= _AGAIN + _ALMOST:
            return [Deaf(worker)]
        self._warned[worker] = now
        timer.set(_AGAIN)
        return []

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[int, int]:
        """For the carryover."""
        return {worker: timer.fileno() for worker, timer in self._timers.items()}

    def restore(self, plain: Mapping[str, int]) -> None:
        """From the carryover."""
        for worker, fd in plain.items():
            os.set_inheritable(fd, False)
            self.take(int(worker), [fd])

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return list(self.to_plain().values())
