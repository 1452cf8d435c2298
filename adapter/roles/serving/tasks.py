"""What the threads of a worker are given to do."""

from collections.abc import Callable


class Task:
    """A call of the application. `began` is monotonic; 0 while it waits for a thread, as is `thread`."""

    __slots__ = ("began", "note", "thread")
    note: Callable[[bytes], None]
    """How its thread notes what it takes up; set when it has one."""

    def __init__(self) -> None:
        self.began = 0.0
        self.thread = 0

    def run(self) -> None:
        """In a thread of the application, which `show`s it. Must not raise."""
        raise NotImplementedError

    def done(self, now: float) -> None:
        """In the thread that leads, once, after `run`."""
        raise NotImplementedError

    def take_back(self, now: float) -> None:
        """In the thread that leads, while it runs: it lasts too long, whoever waits for it shall wait no more."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """For the log."""
        raise NotImplementedError
