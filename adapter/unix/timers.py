"""A timer that two processes share (timerfd_create(2)): one sets it, the other sees it run out, though the first may be stuck."""

import ctypes
import os
from struct import Struct
from typing import Self

_SPEC = Struct("4l")  # interval, then value: seconds and nanoseconds each


class Timer:
    """One process' hold on it. Close-on-exec, never waits; counts the monotonic clock's seconds."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        # PyDLL: the call returns at once, and to let go of the interpreter's lock for it could cost its caller milliseconds.
        self._libc = ctypes.PyDLL(None)

    @classmethod
    def create(cls) -> Self:
        """A new one, not set. Raises OSError."""
        libc = ctypes.PyDLL(None, use_errno=True)
        fd = libc.timerfd_create(1, os.O_NONBLOCK | os.O_CLOEXEC)  # CLOCK_MONOTONIC
        if fd < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return cls(fd)

    def fileno(self) -> int:
        """The descriptor, readable once it has run out."""
        return self._fd

    def set(self, seconds: float) -> None:
        """Have it run out in so long, and not when was said before; 0: never. A descriptor that somebody has closed is left."""
        nanoseconds = round(seconds * 1e9)
        self._libc.timerfd_settime(self._fd, 0, _SPEC.pack(0, 0, *divmod(nanoseconds, 1_000_000_000)), None)

    def ran_out(self) -> bool:
        """Has it, since it was last asked or set?"""
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go of it."""
        os.close(self._fd)
