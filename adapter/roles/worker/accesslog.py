"""A worker's access log: requests are noted by the data plane, and become lines in a thread that may wait for the disk.

Noting one is an append to a queue; the thread is woken by the first after a rest, lets more of them come, and writes them together.
When the file takes less than comes, lines are lost and counted: the server waits for nobody, and its memory is bounded.
"""

import traceback
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic, time

from adapter.log import Log
from adapter.protocols.access import shortened
from adapter.protocols.entry import Entry
from adapter.unix.appending import Appender

ROOM = 10_000
"""Requests that may wait to be written."""
_MANY = 1000
_PAUSE = 0.05  # seconds between two writes: under load one wake-up is for many lines
_BATCH = 64  # lines made at a time: so long (0.2 ms) the other threads are kept waiting
_SELDOM = 1.0  # seconds


def _nothing() -> None:
    pass


class AccessLog:
    """`line` makes the line of an entry, given the difference of the wall clock to the monotonic one. Nothing is written before `open`."""

    def __init__(self, line: Callable[[Entry, float], str], log: Log, *, room: int = ROOM) -> None:
        self._line = line
        self._log = log
        self._room = room
        self._entries: deque[Entry] = deque()
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._resting = False  # nobody looks at the queue until an order comes
        self._ended = False
        self._lock = Lock()
        self._lost = 0
        self._making = 0  # lines that are being written
        self._failing = ""
        self._told = float("-inf")
        self._file: Appender | None = None
        self._thread = Thread(target=self._run, name="access-log", daemon=True)

    def add(self, entry: Entry) -> None:
        """A request has ended. From any thread; never waits."""
        waiting = len(self._entries)
        if waiting >= _MANY:  # it may become worse: what waits should not hold megabytes each
            if waiting >= self._room:
                self._lose(1, "the access log cannot keep up: lines are lost")
                return
            entry = shortened(entry)
        self._entries.append(entry)
        if self._resting:
            self._resting = False
            self._orders.put(_nothing)

    def open(self, fd: int) -> None:
        """Write to this file, which is ours from here on; with a former one, after what has been noted so far.

        The thread begins with the first: in the process that serves, for a thread does not live through a fork.
        """
        self._orders.put(partial(self._take, fd))
        if not self._thread.ident:
            self._thread.start()

    def close(self, patience: float) -> None:
        """Write what has been noted, and end. Past so many seconds the rest is lost, and the log says so."""
        self._orders.put(self._end)
        if self._thread.ident:
            self._thread.join(patience)
        if self._thread.is_alive() or self._entries:
            self._log.warning("the access log does not take its last lines", lines=len(self._entries) + self._making + self._lost)

    # -- in the thread -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ended:
            self._await()
            try:
                self._flush()
            except Exception:  # noqa: BLE001 -- a bug of ours must not cost the lines to come
                self._log.error("lines of the access log are lost: this is a bug of adapter")
                self._log.block(traceback.format_exc())
        if self._file is not None:
            self._file.close()

    def _await(self) -> None:
        """Until there is something to write, and a little longer, for there is seldom one thing only."""
        self._resting = True
        if not self._entries:  # looked at after `_resting` is set: whoever adds now wakes us
            self._orders.get()()
        self._resting = False
        try:
            if not self._ended:
                self._orders.get(timeout=_PAUSE)()
        except Empty:
            return

    def _flush(self) -> None:
        offset = time() - monotonic()
        while self._entries and self._file is not None:
            batch = [self._entries.popleft() for _ in range(min(len(self._entries), _BATCH))]
            self._making = len(batch)
            written = self._file.write([self._line(entry, offset).encode() for entry in batch])
            self._making = 0
            if self._file.error:
                self._fail(self._file.error, len(batch) - written)
                return
        self._recover()

    def _take(self, fd: int) -> None:
        if not self._failing:
            self._flush()
        if self._file is not None:
            self._file.close()
        self._file = Appender(fd)
        self._failing = ""

    def _end(self) -> None:
        self._ended = True

    # -- what cannot be written --------------------------------------------------------------------------------------------

    def _fail(self, reason: str, lines: int) -> None:
        """The file refuses: what waits is lost too, so that we try only now and then."""
        while self._entries:
            self._entries.popleft()
            lines += 1
        if reason != self._failing:
            self._failing = reason
            self._log.error("cannot write the access log: lines are lost until it can be written", reason=reason)
        self._lose(lines, "")

    def _lose(self, lines: int, sentence: str) -> None:
        with self._lock:
            first, self._lost = self._lost == 0, self._lost + lines
        if first and sentence:
            self._log.warning(sentence)

    def _recover(self) -> None:
        """All that waited is written. When it comes and goes, that is told now and then only."""
        if self._lost and (self._ended or monotonic() - self._told > _SELDOM):
            with self._lock:
                lost, self._lost = self._lost, 0
            self._log.warning("the access log is written again", lost=lost)
            self._told = monotonic()
        self._failing = ""
