"""One starter at a time: whoever binds a path holds a lock beside it meanwhile (flock(2)), which ends with its process at the latest.

Without it two that start at once are told apart by what they see of each other, but of three two could believe to have the path: one
that had just begun to listen was moved aside and given back by the second, and in between the third found nothing in its way.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from adapter.exits import SystemFailure
from adapter.unix.socketfiles import inode_of


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Nobody else is in here for that path. Raises SystemFailure when somebody is.

    Where no lock is to be had (a directory we may not write in, a file system without), there is none: bind(2) says what is wrong.
    """
    directory, name = os.path.split(path)
    lock = os.path.join(directory, f".{name}.start")
    fd = _take(lock, path)
    try:
        yield
    finally:
        if fd >= 0:
            with suppress(OSError):
                os.unlink(lock)  # before the lock is given up: whoever has opened this file sees that it is no more
            os.close(fd)


def _take(lock: str, path: str) -> int:
    """The descriptor that holds it; -1: none."""
    while True:
        try:
            # Not blocking: it could be somebody's FIFO.
            fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        except OSError:
            return -1
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            raise SystemFailure(
                f"cannot bind unix:{path}: another process takes the path at the same moment; start only one"
            ) from None
        except OSError:
            os.close(fd)
            return -1
        if _is_there(fd, lock):
            return fd
        os.close(fd)  # its holder has removed it meanwhile; the next one is another


def _is_there(fd: int, lock: str) -> bool:
    ours = os.fstat(fd)
    try:
        return inode_of(lock) == (ours.st_dev, ours.st_ino)
    except FileNotFoundError:
        return False
