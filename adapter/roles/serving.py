"""The worker's data plane: accepts, answers, and drains until nothing is left to lose."""

import socket
import sys
import traceback
from collections.abc import Callable, Collection, Mapping
from select import EPOLLIN
from time import monotonic

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.accepting import Gate
from adapter.roles.answering import App
from adapter.roles.deadlines import NEVER, Alarm
from adapter.roles.draining import Draining
from adapter.roles.pool import Task
from adapter.roles.shared import Shared


def _nothing() -> None:
    pass


class Server:
    """Serves `app` on `listeners` (by address) with `settings.threads` threads. Owns the listeners: closes them.

    Everything is for one thread: what is called while `run` runs is called from what `watch` calls.
    """

    def __init__(
        self, app: App, settings: Settings, listeners: Mapping[str, socket.socket], log: Log, *, multiprocess: bool
    ) -> None:
        self._log = log
        self._shared = Shared(app, settings, log, multiprocess=multiprocess)
        self._loop = self._shared.loop
        self._gate = Gate(self._shared, listeners)
        self._draining: Draining | None = None
        self._tick = Alarm(self._look)
        self._looked = 0.0
        self._rest = Alarm(self._rested)
        self._resting = False
        self.on_idle: Callable[[], None] = _nothing
        self.on_busy: Callable[[], None] = _nothing

    def watch(self, fd: int, ready: Callable[[], None]) -> None:
        """Call `ready` in the loop's thread whenever `fd` is readable or hung up; it must then read, or `unwatch`."""
        self._loop.add(fd, EPOLLIN, lambda _mask, _now: ready())

    def unwatch(self, fd: int) -> None:
        """No longer; before closing it."""
        self._loop.remove(fd)

    def release(self) -> None:
        """Close every listener now."""
        self._gate.release()

    def drain(self, seconds: float, *, linger: float, leaving: Collection[str]) -> None:
        """Take no more, finish what there is, and let `run` return, in `seconds` at the latest. Asked again: the stricter of both.

        Listeners in `leaving` have nobody after us: their queue is served too. An idle connection stays `linger` seconds.
        """
        now = monotonic()
        asked = Draining(seconds, linger, frozenset(leaving))
        self._draining = draining = self._draining.after(now - self._looked).joined(asked) if self._draining else asked
        self._shared.closing = True
        self._shared.linger = draining.linger
        self._looked = now
        self._loop.deadlines.set(self._tick, now + draining.tick)
        self._gate.sweep(now, draining.leaving)
        for connection in list(self._shared.connections):
            connection.leave(now)

    def run(self) -> bool:
        """Serve until drained. False: the deadline cut something, and threads may still run: only the process' end ends them."""
        self._shared.pool.start()
        while not self._over():
            self._gate.adjust()
            self._mind_rest()
            self._loop.turn()
        whole = self._cut()
        if whole:
            self._shared.pool.dismiss()
            self._loop.close()
        return whole

    def report(self) -> dict[str, int]:
        """Numbers for the log: since the start, then now."""
        shared = self._shared
        running = sum(1 for task in shared.pool.tasks if task.thread)
        return {
            "requests": shared.requests,
            "accepted": shared.accepted,
            "refused": shared.refused,
            "failed": shared.application.failed,
            "connections": len(shared.connections),
            "in_flight": running,
            "waiting": len(shared.pool.tasks) - running,
        }

    def calls(self) -> list[tuple[str, float, int]]:
        """Requests that the application is working on: method and target, seconds so far, thread."""
        now = monotonic()
        return [(task.name, now - task.began, task.thread) for task in self._shared.pool.tasks if task.thread]

    def _over(self) -> bool:
        draining = self._draining
        return draining is not None and (draining.left <= 0 or (not self._gate.open and not self._shared.connections))

    def _look(self, now: float) -> None:
        if self._draining is not None:
            self._draining = self._draining.after(now - self._looked)
            self._looked = now
            if self._draining.left > 0:
                self._loop.deadlines.set(self._tick, now + self._draining.tick)

    def _cut(self) -> bool:
        """End what is left. True: it was nothing that anybody will miss."""
        self._gate.release()
        for task in list(self._shared.pool.tasks):
            self._tell_cut(task)
        lost = sum([connection.cut() for connection in list(self._shared.connections)])
        if lost:
            self._log.error("connections cut at the drain deadline", connections=lost)
        return not lost

    def _tell_cut(self, task: Task) -> None:
        if not task.thread:
            self._log.error("request cut at the drain deadline, before a thread was free for it", request=task.name)
            return
        self._log.error("request cut at the drain deadline", request=task.name, seconds=monotonic() - task.began)
        frame = sys._current_frames().get(task.thread)  # noqa: SLF001 -- the documented way to see another thread's stack
        if frame is not None:
            self._log.block("".join(traceback.format_stack(frame)))

    def _mind_rest(self) -> None:
        limit = self._shared.settings.idle_exit
        if limit <= 0:
            return
        if self._shared.connections:
            self._loop.deadlines.set(self._rest, NEVER)
            if self._resting:
                self._resting = False
                self.on_busy()
        elif not self._resting and self._rest.deadline == NEVER:
            self._loop.deadlines.set(self._rest, monotonic() + limit)

    def _rested(self, _now: float) -> None:
        if not self._shared.connections:
            self._resting = True
            self.on_idle()
