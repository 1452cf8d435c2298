"""The threads that run the application, and the tasks they are given."""

import sys
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread, get_ident
from time import monotonic


class Task:
    """Something a thread of the pool runs. `began` is monotonic; 0 while it waits for a thread, as is `thread`."""

    __slots__ = ("began", "thread")

    def __init__(self) -> None:
        self.began = 0.0
        self.thread = 0

    def run(self) -> None:
        """In a thread of the pool. Must not raise."""
        raise NotImplementedError

    def done(self, now: float) -> None:
        """In the loop's thread, once, after `run`."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """For the log."""
        raise NotImplementedError


class Pool:
    """`size` threads. All but `_serve` is for the loop's thread.

    They are daemons: a stuck one must not keep the process from ending.
    """

    def __init__(self, size: int, post: Callable[[Callable[[float], None]], None]) -> None:
        self.size = size
        self._post = post
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self.tasks: set[Task] = set()  # running or waiting
        self._started = 0

    def start(self) -> None:
        """All at once: if the system has no threads for us, that is better known before the first request."""
        while self._started < self.size:
            Thread(target=self._serve, name=f"app-{self._started}", daemon=True).start()
            self._started += 1

    def submit(self, task: Task) -> None:
        """Run it as soon as a thread is free."""
        self.tasks.add(task)
        self._queue.put(task)

    def dismiss(self) -> None:
        """Let the threads end once nothing is left to do."""
        for _ in range(self._started):
            self._queue.put(None)
        self._started = 0

    def _serve(self) -> None:
        while (task := self._queue.get()) is not None:
            task.thread = get_ident()
            task.began = monotonic()
            try:
                task.run()
            except BaseException:  # noqa: BLE001 -- a bug of ours; with one thread less we would be slower, without any deaf
                sys.excepthook(*sys.exc_info())
            finally:
                self._post(partial(self._finished, task))

    def _finished(self, task: Task, now: float) -> None:
        self.tasks.discard(task)
        task.done(now)
