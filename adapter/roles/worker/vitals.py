"""What a worker watches of itself while it serves: limits that it reaches, the answers it gave, calls that do not come back.

`tick` is called every few milliseconds while there is work, by a thread that does not lead: it looks, and has the leader do the rest.
"""

import os
import sys
import threading
import traceback
from collections.abc import Callable

from adapter.api import seat
from adapter.config.settings import Settings
from adapter.lifecycle.messages import HasAnswered, IsLeaving, IsStuck, Message
from adapter.lifecycle.recycling import Quota
from adapter.log import Log
from adapter.roles.serving.server import Server
from adapter.roles.serving.tasks import Task
from adapter.roles.worker.vigil import Vigil
from adapter.unix.timers import Timer

_PAGE = os.sysconf("SC_PAGE_SIZE")
_GATHERED = 0.2  # seconds: so long answers are counted before the master hears of them
_LOOK = 1.0  # seconds between two looks at calls, if none is due sooner
_AWAKE = 0.5  # a look that comes later than this was not delayed: we were stopped, and no call is to suffer for it


class Vitals:
    """One per worker. `say` tells the master; it is called by the thread that leads."""

    def __init__(self, server: Server, settings: Settings, worker: int, say: Callable[[Message], None], log: Log) -> None:
        self._server = server
        self._settings = settings
        self._say = say
        self._log = log
        self._quota = Quota.of(
            worker, requests=settings.max_requests, jitter=settings.max_requests_jitter, memory=settings.max_rss
        )
        self._full = False
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC) if settings.max_rss else -1
        self._judged = bool(settings.canary) or settings.probation > 0
        self._told = (0, 0)
        self._telling = False
        self._watching = False
        self._looked = 0.0
        self._lasted: dict[Task, float] = {}  # calls that run, and how long they have while we were awake
        self._longer: dict[Task, float] = {}  # what they asked for beyond the limit
        self._given_up: set[Task] = set()
        self._vigil: Vigil | None = None
        if settings.request_timeout:
            server.surround({"adapter.extend_deadline": self._extend})
            if seat.place is not None:
                seat.place.extend = self._extend

    def keep_vigil(self, timer: Timer) -> None:
        """Have this timer run out when calls do not come back and we cannot notice it. Before anything is served."""
        self._vigil = Vigil(self._server.threads, timer, self._watchable, self._allowed)

    def _watchable(self) -> bool:
        return any(task not in self._given_up for task in self._server.tasks)

    def _allowed(self) -> float:
        return self._settings.request_timeout + max(list(self._longer.values()), default=0.0)

    @property
    def wanted(self) -> bool:
        """Is there anything to watch?"""
        return self._quota != Quota() or self._judged or self._settings.request_timeout > 0

    def tick(self, _now: float) -> None:
        """Look. From any thread."""
        if not self._full and (reason := self._quota.reached(self._server.requests, self._resident())):
            self._full = True
            self._server.post(lambda _: self._say(IsLeaving(reason)))
        if self._judged and not self._telling and self._server.answers != self._told:
            self._telling = True
            self._server.later(_GATHERED, self._tell)
        if self._settings.request_timeout and not self._watching and self._server.tasks:
            self._watching = True
            self._server.post(self._watch)
        if self._vigil is not None:
            self._vigil.mind()

    def _resident(self) -> int:
        return int(os.pread(self._statm, 64, 0).split()[1]) * _PAGE if self._statm >= 0 else 0

    def _tell(self, _now: float) -> None:
        self._telling = False
        before, self._told = self._told, self._server.answers
        self._say(HasAnswered(self._told[0] - before[0], self._told[1] - before[1]))

    # -- calls that do not come back -----------------------------------------------------------------------------------

    def _extend(self, seconds: float) -> None:
        """`environ["adapter.extend_deadline"]`: the call of this thread may last so many seconds longer."""
        for task in self._server.tasks:
            if task.thread == threading.get_ident():
                self._longer[task] = self._longer.get(task, 0.0) + seconds
                if self._vigil is not None:  # now: nobody else may run before its end
                    self._vigil.begin()

    def _watch(self, now: float) -> None:
        """Look at each call that runs, and again in time for the next that is due. In the thread that leads."""
        passed = min(now - self._looked, _LOOK + _AWAKE)
        self._looked = now
        running = [task for task in self._server.tasks if task.thread]
        self._lasted = {task: self._lasted.get(task, 0.0) + min(passed, now - task.began) for task in running}
        self._longer = {task: more for task, more in list(self._longer.items()) if task in self._lasted}
        self._given_up.intersection_update(running)
        left = {task: self._settings.request_timeout + self._longer.get(task, 0.0) - self._lasted[task] for task in running}
        for task in running:
            if left[task] <= 0 and task not in self._given_up:
                self._give_up(task, now)
        due = [seconds for task, seconds in left.items() if task not in self._given_up]
        self._watching = bool(due)
        if self._vigil is not None:
            self._vigil.mind()
        if due:
            self._server.later(max(0.001, min(_LOOK, *due)), self._watch)

    def _give_up(self, task: Task, now: float) -> None:
        self._given_up.add(task)
        seconds = self._lasted[task]
        self._log.error("request past its deadline (--request-timeout)", request=task.name, seconds=seconds)
        self._log.block(_stacks(task.thread))
        self._server.take_back(task)
        if self._judged:  # now: we may be relieved, and gone, before it would have been said
            self._tell(now)
        self._say(IsStuck(task.name, round(seconds, 3)))


def _stacks(guilty: int) -> str:
    """Every thread's stack; the one with the call first."""
    names = {each.ident: each.name for each in threading.enumerate()}
    frames = sys._current_frames()  # noqa: SLF001 -- the documented way to see other threads' stacks
    parts = []
    for ident in sorted(frames, key=lambda each: each != guilty):
        runs = ", which runs it" if ident == guilty else ""
        parts.append(f"thread {names.get(ident, ident)}{runs}:\n" + "".join(traceback.format_stack(frames[ident])))
    return "".join(parts)
