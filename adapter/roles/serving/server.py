"""The worker's data plane: accepts, answers, and drains until nothing is left to lose."""

import socket
import traceback
from collections.abc import Callable, Collection, Mapping
from select import EPOLLIN
from threading import get_ident
from time import monotonic

from adapter.config.settings import Settings
from adapter.lifecycle.pace import TICK
from adapter.log import Log
from adapter.protocols.entry import Entry
from adapter.roles.serving.accepting import Gate
from adapter.roles.serving.answering import App
from adapter.roles.serving.cutting import tell_cut
from adapter.roles.serving.deadlines import NEVER, Alarm
from adapter.roles.serving.draining import Draining
from adapter.roles.serving.shared import Shared
from adapter.roles.serving.tasks import Task
from adapter.roles.serving.threads import GO_ON, OVER, RELIEVED, Threads
from adapter.scoreboard.figures import Counters
from adapter.unix.handover import Ends
from adapter.unix.witness import Witness

_LAST_PART = 0.25  # of a drain: what could not be handed over by then is told to close


class Server:
    """Serves `app` on `listeners` (by address) with `settings.threads` threads. Owns the listeners: closes them. `spoken`: what
    is, by address; HTTP where it does not say. `queue`: the one by which connections are handed over. `access` notes each request that
    has ended.

    Everything is for the thread that leads: what is called while `run` runs is called from what `watch` calls. `on_tick` alone is
    called by the thread that stands by, every few milliseconds while there is work and once after: it may read, and `post`.
    """

    def __init__(
        self,
        app: App,
        settings: Settings,
        listeners: Mapping[str, socket.socket],
        log: Log,
        *,
        multiprocess: bool,
        queue: Ends | None = None,
        spoken: Mapping[str, str] | None = None,
        access: Callable[[Entry], None] | None = None,
    ) -> None:
        self._log = log
        self._shared = Shared(
            app, settings, log, multiprocess=multiprocess, queue=queue, lead=self._lead, tick=self._tick, access=access
        )
        self._loop = self._shared.loop
        self._gate = Gate(self._shared, listeners, spoken or {}, queue.take if queue else None)
        self._draining: Draining | None = None
        self._look_again = Alarm(self._look)
        self._looked = 0.0
        self._rest = Alarm(self._rested)
        self._resting = False
        self._came = 0
        self._patience = settings.idle_exit or settings.idle_cheap
        self._give_in = Alarm(self._keep)
        self._beat = Alarm(self._tick)  # while the thread that stands by leads
        self._turns = 0
        self._whole = True
        self._taken_back: set[Task] = set()
        self.on_idle: Callable[[], None] = lambda: None
        self.on_busy: Callable[[], None] = lambda: None
        self.on_tick: list[Callable[[float], None]] = []
        self.give_up: Callable[[], None] = lambda: None

    def attend(self, witness: Witness, free: Callable[[], None]) -> None:
        """Have the threads note there what they take up, and `free` called when the last listener is closed. Before `run`."""
        self._shared.threads.notes, self._shared.free = witness.cells(), free

    def watch(self, fd: int, ready: Callable[[], None]) -> None:
        """Call `ready` in the loop's thread whenever `fd` is readable or hung up; it must then read, or `unwatch`."""
        self._loop.add(fd, EPOLLIN, lambda _mask, _now: ready())

    def unwatch(self, fd: int) -> None:
        """No longer; before closing it."""
        self._loop.remove(fd)

    def release(self) -> None:
        """Close every listener now."""
        self._gate.release()

    def drain(self, seconds: float, *, linger: float, leaving: Collection[str], final: bool) -> None:
        """Take no more, finish what there is, and let `run` return, in `seconds` at the latest. Asked again: the stricter of both.

        Unless this is `final`, others serve on, and connections are handed over to them. Listeners in `leaving` have nobody after us:
        their queue is served too. With nobody to take it, an idle connection stays `linger` seconds.
        """
        now = monotonic()
        shared = self._shared
        asked = Draining(seconds, linger, frozenset(leaving))
        shared.unusual = True
        self._draining = draining = self._draining.after(now - self._looked).joined(asked) if self._draining else asked
        shared.linger, shared.leaving = draining.linger, draining.leaving
        self._looked = now
        self._loop.deadlines.set(self._look_again, now + draining.tick)
        self.resume()
        self._gate.sweep(now, draining.leaving, final=final)
        if final or not shared.handing.possible:
            self._keep(now)
            return
        if not shared.closing:
            shared.handing.giving = True
            self._loop.deadlines.set(self._give_in, now + draining.left * (1 - _LAST_PART))
        self._leave(now)

    def _keep(self, now: float) -> None:
        """Nobody takes our connections: each is told, with its next response, that it is over."""
        self._shared.handing.stop()
        self._shared.closing = True
        self._leave(now)

    def _leave(self, now: float) -> None:
        for connection in list(self._shared.connections):
            connection.leave(now)

    def pause(self) -> None:
        """Take no requests: clients wait in the queue of the listener, and with what they send on their connections. Idempotent."""
        self._shared.paused = self._shared.unusual = True

    def resume(self) -> None:
        """Take requests again. Idempotent."""
        if self._shared.paused:
            self._shared.paused = False
            self._shared.unusual = self._draining is not None
            now = monotonic()
            for connection in list(self._shared.connections):
                connection.resume(now)

    def run(self) -> bool:
        """Serve until drained. False: the deadline cut something; when a call that was cut still runs, `give_up` is called instead, in
        another thread: only the end of the process can end that call.
        """
        self._shared.threads.run()
        if self._whole:
            self._shared.handing.close()
            self._loop.close()
        return self._whole

    def _lead(self) -> int:
        """One turn of the loop, in the thread that leads. A bug that ends it must not leave a worker that nobody leads."""
        try:
            return self._turn()
        except Exception:  # noqa: BLE001 -- as above
            self._log.error("a worker failed: this is a bug of adapter")
            self._log.block(traceback.format_exc())
            self._whole = False
            self.give_up()
            return OVER

    def _turn(self) -> int:
        if self._over():
            self._whole = self._cut()
            if self._shared.threads.busy:  # a call that was cut, or taken back long ago
                self.give_up()
            return OVER
        threads = self._shared.threads
        self._gate.adjust()
        if self._patience:
            self._mind_rest()
        if threads.handing_on and threads.turns != self._turns and self._beat.deadline == NEVER:
            self._turns = threads.turns
            self._loop.deadlines.set(self._beat, monotonic() + TICK)
        return GO_ON if self._loop.turn(threads) else RELIEVED

    def _tick(self, now: float) -> None:
        for each in list(self.on_tick):
            try:
                each(now)
            except Exception:  # noqa: BLE001 -- the thread that stands by must not end of it: nobody would look after the leader
                self.on_tick.remove(each)
                self._log.error("a duty of this worker failed, and is left: this is a bug of adapter")
                self._log.block(traceback.format_exc())

    def post(self, call: Callable[[float], None]) -> None:
        """Have the thread that leads call this with the time, soon. From any thread."""
        self._loop.post(call)

    def later(self, seconds: float, call: Callable[[float], None]) -> None:
        """The same, so many seconds from now."""
        self._loop.post(lambda now: self._loop.deadlines.set(Alarm(call), now + seconds))

    def take_back(self, task: Task) -> None:
        """That call lasts too long: whoever waits for it shall wait no more. For the thread that leads."""
        self._taken_back.add(task)
        self._shared.overdue += 1
        task.take_back(monotonic())

    def said(self) -> dict[str, str] | None:
        """What the request of this thread says of itself in the access log, to be added to; None in a thread that has none."""
        thread = get_ident()
        if not any(task.thread == thread for task in self._shared.threads.tasks):
            return None
        return self._shared.application.said.setdefault(thread, {})

    def surround(self, more: Mapping[str, object]) -> None:
        """Add this to the environ of every request; before `run`."""
        self._shared.application.surround(more)

    @property
    def threads(self) -> Threads:
        """Those that call the application."""
        return self._shared.threads

    @property
    def requests(self) -> int:
        """Answered so far. From any thread."""
        return self._shared.requests

    @property
    def answers(self) -> tuple[int, int]:
        """Those whose client was there to get it, and those that were errors (5xx). From any thread."""
        answers = self._shared.answers()
        return sum(answers.values()) - answers[""], answers["5"]

    @property
    def tasks(self) -> list[Task]:
        """Calls of the application. From any thread."""
        return self._shared.threads.tasks

    def report(self) -> dict[str, int]:
        """Numbers for the log: since the start, then now."""
        shared = self._shared
        tasks = shared.threads.tasks
        running = sum(1 for task in tasks if task.thread)
        return {
            "requests": shared.requests,
            "accepted": shared.accepted,
            "refused": shared.refused,
            "failed": shared.application.failed,
            "connections": len(shared.connections),
            "in_flight": running,
            "waiting": len(tasks) - running,
            "given": shared.handing.given,
            "taken": shared.handing.taken,
        }

    def counters(self) -> Counters:
        """What was counted since the start. From any thread."""
        return self._shared.counters()

    @property
    def latency(self) -> tuple[int, ...]:
        """How many calls took how long, by `scoreboard.latency.BOUNDS`. From any thread."""
        return tuple(self._shared.latency)

    @property
    def draining(self) -> bool:
        """Whether it was told to."""
        return self._draining is not None

    def calls(self) -> list[tuple[str, float, int]]:
        """Requests that the application is working on: method and target, seconds so far, thread."""
        now = monotonic()
        return [(task.name, now - task.began, task.thread) for task in self._shared.threads.tasks if task.thread]

    def _over(self) -> bool:
        draining = self._draining
        return draining is not None and (draining.left <= 0 or (not self._gate.open and not self._shared.connections))

    def _look(self, now: float) -> None:
        if self._draining is not None:
            self._draining = self._draining.after(now - self._looked)
            self._looked = now
            if self._draining.left > 0:
                self._loop.deadlines.set(self._look_again, now + self._draining.tick)

    def _cut(self) -> bool:
        """End what is left. True: it was nothing that anybody will miss."""
        self._gate.release()
        for task in set(self._shared.threads.tasks) - self._taken_back:
            tell_cut(self._log, task)
        lost = sum([connection.cut() for connection in list(self._shared.connections)])
        if lost:
            self._log.error("connections cut at the drain deadline", connections=lost)
        return not lost

    def _mind_rest(self) -> None:
        shared, deadlines = self._shared, self._loop.deadlines
        came = shared.accepted + shared.handing.taken  # and may be gone again
        if shared.connections or came != self._came:
            self._came = came
            deadlines.set(self._rest, NEVER if shared.connections else monotonic() + self._patience)
            if self._resting:
                self._resting = False
                self.on_busy()
        elif not self._resting and self._rest.deadline == NEVER:
            deadlines.set(self._rest, monotonic() + self._patience)

    def _rested(self, _now: float) -> None:
        if not self._shared.connections:
            self._resting = True
            self.on_idle()
