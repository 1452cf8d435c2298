"""The threads of a worker: `size` that run the application, one of which leads, and one that stands by.

Who *leads* polls, reads, parses, and owns the loop and all connections. There is one leader at most, ever: who took the lead, which
is a thing that lies in a box of one when nobody has it.

- Quick: a thread of the application leads, and runs each call itself, without any switch between threads. While it does, the lead
  lies in the box, and when the call is over it takes it out again. But when the call lasts, somebody else does: the one that stands
  by, which looks every few milliseconds. Then the former leader finds the box empty, and joins those who wait for calls.
- Handing on: the one that stands by leads, and every call goes through a queue to the application's threads. It never runs a call
  itself, so no connection waits for one, and `size` threads are free to. After a while it lays the lead into the box, and puts an
  invitation into the queue. If nobody comes for it (they all were slow), it takes it back as above.

Nobody wakes up while nothing happens: the one that stands by sleeps when it finds that nothing did, and the leader's next news wakes
it, so that what was counted is told, calls or not.

The main thread is the first of the application's threads: what is not meant for threads runs where it expects to, with `--threads 1`.
They are daemons: a stuck one must not keep the process from ending.
"""

import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread, get_ident, get_native_id
from time import monotonic
from typing import Final

from adapter.lifecycle.pace import SLOW, SURELY, TICK, Pace, held_up, kept_from_processor, surely_slow
from adapter.roles.serving.orders import End, Invitation, Orders, bed
from adapter.roles.serving.showing import show
from adapter.roles.serving.tasks import Task
from adapter.unix.processes import thread_time, thread_wants_processor
from adapter.unix.witness import Cells

GO_ON: Final = 0
RELIEVED: Final = 1
OVER: Final = 2
"""What became of a turn: lead on · somebody else leads by now, so touch nothing any more · nothing is left to lead."""
_show: Final = show
_clock: Final = monotonic
"""Each call passes here. Compiled, a name of our own is at hand; one of another module would be looked up each time."""


def _nothing() -> None:
    pass


class Threads:
    """`size` of them run calls. `lead` makes one turn of the loop, in the thread that leads, and says what became of it; `post` has
    the leader call something. `tick` is called in the thread that stands by: every TICK seconds while there is work, and once after.
    """

    def __init__(
        self, size: int, post: Callable[[Callable[[float], None]], None], lead: Callable[[], int], tick: Callable[[float], None]
    ) -> None:
        self.size = size
        self.turns = 0  # of the loop that brought news
        self.more = False  # it is certain that there will be another tick: what is only counted can wait for it
        self.handing_on = False
        self.unwatched = False  # `begun` is to be called when a call begins
        self.begun: Callable[[], None] = _nothing
        self.rests: Callable[[], None] = _nothing  # called by the one that stands by, before it sleeps
        self.notes = Cells()
        self.pending: deque[Task] = deque()  # the leader sees to them before anything else
        self._post = post
        self._turn = lead
        self._tick = tick
        self._queue = Orders()
        self._handed: set[Task] = set()  # running in another thread than the leader's, or waiting for one
        self._leader = get_ident()  # its thread
        self._number = get_native_id()  # of that, for the kernel
        self._note = self.notes[self._leader]  # of that
        self._own: Task | None = None  # what the leader runs itself
        self._box: deque[None] = deque()  # append and pop are atomic
        self._laid = 0.0  # when the lead was last laid into it
        self._invited = False  # somebody to take it from there, by an invitation in the queue that nobody has read yet
        self._pace = Pace()
        self._asleep = False
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._over = False

    def run(self) -> None:
        """Be the first of the application's threads, and lead; returns when there is nothing left to lead, and nothing to run."""
        for number in range(1, self.size):
            Thread(target=self._serve, name=f"app-{number}", daemon=True).start()
        Thread(target=self._stand_by, name="stand-by", daemon=True).start()
        self._lead()
        self._serve()

    # -- for the leader ------------------------------------------------------------------------------------------------

    @property
    def tasks(self) -> list[Task]:
        """Running or waiting. From any thread."""
        own = self._own
        return [*self._handed, *self.pending] if own is None else [*self._handed, own]

    @property
    def busy(self) -> int:
        """How many."""
        return len(self._handed) + len(self.pending)

    def stuck(self, now: float) -> bool:
        """Would one more call have to wait for slow ones?"""
        return len(self._handed) >= self.size and all(0 < each.began < now - SLOW for each in self._handed)

    def _slow_now(self, now: float) -> bool:
        """Would the next call better be handed on, whatever those before it were like?"""
        return self.stuck(now) or any(surely_slow(each.began, now) for each in self._handed)

    def turned(self) -> None:
        """A turn of the loop has news, calls or not: the one that stands by is to see what became of it."""
        self.turns += 1
        if self._asleep:  # in this order: who falls asleep looks at the two the other way round
            self._asleep = False
            self._bell.put(None)

    def timed(self) -> None:
        """A timer has run out: that is news, too, but for the one who leads for a while, whose own beat it may be."""
        if not self.handing_on:
            self.turned()

    def go_on(self, now: float) -> float:
        """See to what is pending; the time after it. 0: we have been relieved."""
        if self.handing_on:
            while self.pending:
                task = self.pending.popleft()
                self._handed.add(task)
                if self.unwatched:
                    self.begun()
                self._queue.put(task)
            return now
        thread, note = self._leader, self._note
        while self.pending:
            task = self.pending.popleft()
            task.thread, task.note = thread, note
            task.began = self._laid = _clock()
            self._own = task
            self._box.append(None)
            if self.unwatched:
                self.begun()
            if self._asleep:  # in this order: who falls asleep looks at the two the other way round
                self._asleep = False
                self._bell.put(None)
            try:
                _show(task)
            except BaseException:  # noqa: BLE001 -- a bug of ours; with one thread less we would be slower, without any deaf
                sys.excepthook(*sys.exc_info())
            now = _clock()
            try:
                self._box.pop()
            except IndexError:
                self._post(partial(self._finished, task))
                return 0.0
            if not self._owns(task):
                # Somebody has led meanwhile, and laid the lead down again: what we have polled is old, and our call was handed on.
                self._lay_down()
                self._post(partial(self._finished, task))
                return 0.0
            self._own = None
            task.done(now)
        return now

    def _owns(self, task: Task) -> bool:
        """A question of its own: whoever has just set `_own` would be taken for sure of it, by mypy and so by mypyc."""
        return self._own is task

    def _finished(self, task: Task, now: float) -> None:
        self._handed.discard(task)
        if now - task.began > SURELY:
            self._pace = self._pace.slow(now)
        task.done(now)

    # -- the application's threads -------------------------------------------------------------------------------------

    def _serve(self) -> None:
        own = bed()
        while not isinstance(order := self._queue.get(own), End):
            if isinstance(order, Invitation):
                self._invited = False
                if self._take_lead():
                    self._lead()
            else:
                order.thread = get_ident()
                order.note = self.notes[order.thread]
                order.began = monotonic()
                try:
                    show(order)
                except BaseException:  # noqa: BLE001 -- as in go_on
                    sys.excepthook(*sys.exc_info())
                self._post(partial(self._finished, order))

    def _lead(self) -> None:
        self._leader = get_ident()
        self._number = get_native_id()
        self._note = self.notes[self._leader]
        while (became := self._turn() if self._helped() else RELIEVED) == GO_ON:
            pass
        if became == OVER:
            self._end()

    def _helped(self) -> bool:
        """See to calls that were handed on and still wait: the leader may be the one that they wait for. False: relieved."""
        while self._handed and (order := self._queue.poll()) is not None:
            if isinstance(order, Invitation):  # to what we have
                self._invited = False
            elif isinstance(order, Task):
                self._handed.discard(order)
                self.pending.append(order)
                if not self.go_on(monotonic()):
                    return False
        return True

    def _lay_down(self) -> None:
        """The lead is for whoever comes first."""
        self._box.append(None)
        if not self._invited:
            self._invited = True
            self._queue.put(Invitation())

    def _take_lead(self) -> bool:
        """False: somebody else has it."""
        try:
            self._box.pop()
        except IndexError:
            return False
        if self._own is not None:
            # It is its leader's call, and stays so: that one comes back to an empty box, and tells us when it is over.
            self._handed.add(self._own)
            self._own = None
        return True

    def _end(self) -> None:
        self._over = True
        self._bell.put(None)
        for _ in range(self.size):
            self._queue.put(End())

    # -- the thread that stands by -------------------------------------------------------------------------------------

    def _stand_by(self) -> None:
        seen, meant = 0, 0.0
        while not self._over:
            meant = monotonic() + TICK
            leader, ran = self._number, thread_time(self._number)
            self._wait(TICK)
            now, turns = monotonic(), self.turns
            self.more = turns != seen  # else we may be about to sleep
            self._tick(now)
            kept = partial(self._kept, leader, ran)
            if self._box and held_up(self._laid, now, now - meant, kept) and self._take_lead():
                self._pace = self._pace.handing_on(now)
                self.more = False
                self._lead_meanwhile()
            elif not self.more and not self._box:
                self._sleep(turns)
            seen = turns

    def _kept(self, leader: int, ran: float) -> bool:
        """Is the leader, who had run for so long a tick ago, ready to run, but without a processor?"""
        return leader == self._number and thread_wants_processor(leader) and kept_from_processor(thread_time(leader) - ran)

    def _wait(self, seconds: float | None) -> None:
        try:
            self._bell.get(timeout=seconds)
        except Empty:
            pass

    def _sleep(self, seen: int) -> None:
        """Until the leader has news again. A ring too many only wakes us for nothing."""
        self._asleep = True
        if self.turns == seen and not self._box and self._own is None and not self._over:
            self.rests()
            if not self._box:
                self._wait(None)
        self._asleep = False

    def _lead_meanwhile(self) -> None:
        """Hand on, until calls are expected to be quick again."""
        self.handing_on = True
        self.go_on(0.0)
        while self._turn() == GO_ON:
            now = monotonic()
            if now >= self._pace.until and not self._slow_now(now):
                self._pace = self._pace.quick(now)
                self.handing_on = False
                self._laid = now
                self._lay_down()
                return
        self._end()
