"""The workers that a preloader has forked, which it looks after when the master is gone: who else would know of them?

Each is known by a pidfd, which can mean no other process, and has one byte of memory that it shares with us: it says there that
it has let go of its listeners. Memory and no descriptor, which an application may close and use for its own file.
"""

import mmap
import os
import select
import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from adapter.lifecycle.orphans import Orphan, Orphans, had
from adapter.log import Log
from adapter.unix.processes import processor_time, ran_by_thread, wants_processor

_MOST = mmap.PAGESIZE  # cells; with more workers than that a cell is shared, and whoever says the word says it for both
_LAST_BREATH = 1.0  # seconds from the end of file that the master's death leads to, to the end of its process


class _Child(NamedTuple):
    process: int  # a pidfd
    pid: int
    cell: int


class Offspring:
    """Made in the preloader, whose parent `master` must be alive."""

    def __init__(self, master: int) -> None:
        self._words = mmap.mmap(-1, _MOST)
        self._children: dict[int, _Child] = {}  # by worker
        self._master = _open(master)

    @property
    def able(self) -> bool:
        """Can we look after anybody? Not on a kernel before 5.3."""
        return self._master >= 0

    def cell(self) -> int:
        """The place of the next worker's word; nothing is said there yet."""
        for worker in self._ended(0.0):
            self._forget(worker)
        taken = {child.cell for child in self._children.values()}
        free = next((cell for cell in range(_MOST) if cell not in taken), 0)
        self._words[free] = 0
        return free

    def born(self, worker: int, pid: int, cell: int) -> None:
        """This one is ours, and alive: it waits for us to let it go."""
        process = _open(pid)
        if process >= 0:
            self._children[worker] = _Child(process, pid, cell)

    def leave(self, cell: int) -> Callable[[], None]:
        """In the worker: the others are not its affair. What it has to call when it has let go of its listeners."""
        for worker in list(self._children):
            self._forget(worker)
        if self._master >= 0:
            os.close(self._master)
        words = self._words

        def say() -> None:
            words[cell] = 1

        return say

    def outlive(self, orphans: Orphans, log: Log) -> None:
        """The channel to the master has ended. If that one has too: until the last of its workers has, by itself or by our hand."""
        if not self.able or not _wait([self._master], _LAST_BREATH):
            return
        left = {
            each: Orphan(bool(self._words[child.cell]), ran=ran_by_thread(child.pid)) for each, child in self._children.items()
        }
        while left:
            meant, began = orphans.wait(left), time.monotonic()
            ran = {worker: processor_time(self._children[worker].pid) for worker, each in left.items() if not each.free}
            for worker in self._ended(meant):
                self._forget(worker)
            passed = time.monotonic() - began
            left = {worker: self._look(worker, left[worker], passed, meant, ran.get(worker, 0.0)) for worker in self._children}
            orphans = orphans.after(passed, meant)
            for worker in orphans.condemned(left):
                del left[worker]
                self._kill(worker, log)

    def _look(self, worker: int, before: Orphan, passed: float, meant: float, ran: float) -> Orphan:
        """What is known of it now. The word is looked at last: who says it while we look has said it."""
        pid, cell = self._children[worker].pid, self._children[worker].cell
        if before.free:
            return before
        used = had(passed, meant, ran=processor_time(pid) - ran, waits=wants_processor(pid))
        after = before.after(used, ran_by_thread(pid))
        return after._replace(free=bool(self._words[cell]))

    def _kill(self, worker: int, log: Log) -> None:
        child = self._children[worker]
        log.error("the master is gone, and a worker that does not hear it is killed", worker=worker, pid=child.pid)
        try:
            signal.pidfd_send_signal(child.process, signal.SIGKILL)
        except OSError:
            pass  # it has ended, or taken another user
        self._forget(worker)

    def _ended(self, seconds: float) -> list[int]:
        ended = _wait([child.process for child in self._children.values()], seconds)
        return [worker for worker, child in self._children.items() if child.process in ended]

    def _forget(self, worker: int) -> None:
        os.close(self._children.pop(worker).process)


def _open(pid: int) -> int:
    """A pidfd; -1 when there is none to be had."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return -1


def _wait(processes: list[int], seconds: float) -> set[int]:
    """Those that have ended, after at most so long."""
    poll = select.poll()
    for each in processes:
        poll.register(each, select.POLLIN)
    return {fd for fd, _ in poll.poll(seconds * 1000)}
