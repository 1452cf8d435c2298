"""Locks by name, between processes that need know nothing of each other: one byte each of one file that all have open.

Open file description locks (fcntl(2), F_OFD_SETLKW): the kernel lets go of them when the last copy of the description is closed,
so when the process ends, by whatever signal. Not record locks of processes: those see a deadlock between two processes where two
of their threads only wait. Each process opens the file anew (proc(5), /proc/self/fd), since a shared description is one holder.
"""

import errno
import fcntl
import os
import struct
from _thread import LockType, allocate_lock  # `threading` has the same, and the master need not have it

_FLOCK = "hhqqi4x"  # struct flock: type, whence, start, length, pid (which must be 0)


def create() -> int:
    """The file, without a name (memfd_create(2)); close-on-exec. Raises OSError."""
    return os.memfd_create("adapter-locks", os.MFD_CLOEXEC)


class NamedLocks:
    """This process' hold on the locks of the file `fd`, which stays the caller's."""

    def __init__(self, fd: int) -> None:
        from hashlib import blake2b  # noqa: PLC0415 -- 0.6 MB, which the master need not have; and now, since users may be changed

        self._digest = blake2b
        self._shared = fd
        self._own = -1
        self._guard = allocate_lock()
        self._threads: dict[str, LockType] = {}  # the kernel tells processes apart, these the threads of ours

    def acquire(self, name: str, *, wait: bool) -> bool:
        """Hold it; without `wait`, False when somebody else does. Raises OSError."""
        fd, among = self._open(name)
        if not among.acquire(blocking=wait):
            return False
        try:
            fcntl.fcntl(fd, fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK, _flock(fcntl.F_WRLCK, self._place(name)))
        except OSError as error:
            among.release()
            if not wait and error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        except BaseException:  # a signal's handler raised while we waited
            among.release()
            raise
        return True

    def release(self, name: str) -> None:
        """Give it up. Raises RuntimeError when no thread of ours holds it."""
        fd, among = self._open(name)
        if not among.locked():
            raise RuntimeError(f"the lock {name!r} is not held by this process")
        fcntl.fcntl(fd, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK, self._place(name)))
        among.release()

    def held(self, name: str) -> bool:
        """Does anybody hold it, here or elsewhere?"""
        fd, among = self._open(name)
        found = fcntl.fcntl(fd, fcntl.F_OFD_GETLK, _flock(fcntl.F_WRLCK, self._place(name)))
        return among.locked() or struct.unpack(_FLOCK, found)[0] != fcntl.F_UNLCK

    def forget(self) -> None:
        """In a child of ours, which has a copy of the description: it must not hold our locks when we are gone."""
        if self._own >= 0:
            os.close(self._own)
            self._own = -1

    def _place(self, name: str) -> int:
        # 62 bits: two names of one byte are less likely than a machine that reckons wrong.
        return int.from_bytes(self._digest(name.encode(), digest_size=8).digest(), "big") >> 2

    def _open(self, name: str) -> tuple[int, LockType]:
        with self._guard:
            if self._own < 0:
                self._own = os.open(f"/proc/self/fd/{self._shared}", os.O_RDWR | os.O_CLOEXEC)
            return self._own, self._threads.setdefault(name, allocate_lock())


def _flock(kind: int, start: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, start, 1, 0)
