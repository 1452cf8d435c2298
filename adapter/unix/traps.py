"""Signals as bytes to read. Imports next to nothing: the enums of `signal` take 2 ms, which inetd would pay for every connection."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from signal import SIG_UNBLOCK, pthread_sigmask, set_wakeup_fd, siginterrupt, signal
    from types import FrameType
else:
    from _signal import SIG_UNBLOCK, pthread_sigmask, set_wakeup_fd, siginterrupt, signal


def nothing(_number: int, _frame: FrameType | None) -> None:
    """Python wants a handler to exist; the byte in the wake-up pipe is the news."""


class Bell:
    """Catches signals; `heard` says which came, by number. Unblocks them once it stands, so none sent meanwhile is lost."""

    def __init__(self, signals: Collection[int]) -> None:
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for each in signals:
            signal(each, nothing)
            siginterrupt(each, False)
        pthread_sigmask(SIG_UNBLOCK, signals)

    def fileno(self) -> int:
        """Readable when a signal came."""
        return self._reader

    def heard(self) -> bytes:
        """The signals since the last call, in order."""
        try:
            return os.read(self._reader, 4096)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Forget the pipe (after a fork: it is the parent's); the handlers stay."""
        set_wakeup_fd(-1)
        os.close(self._reader)
        os.close(self._writer)
