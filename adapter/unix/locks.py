"""Record locks (fcntl(2), F_SETLK): the proof that a file belongs to a process that lives.

The lock is the process's own: it outlasts execve(2), a fork does not share it, and F_GETLK names who holds it. flock(2) would
do none of the last two: a worker that outlives a killed master would keep the master's files alive.

Its one trap: closing *any* descriptor of the file gives the lock up. So whoever holds one opens that file once.
"""

import fcntl
import os
import struct
from typing import NamedTuple

_FLOCK = "hhqqi4x"  # struct flock: type, whence, start, length, pid


class Lock(NamedTuple):
    """Whether somebody else holds it, and who. The kernel says 0 for a process of another pid namespace."""

    held: bool
    pid: int


def take(fd: int) -> None:
    """Hold the lock of this file. Raises OSError (EAGAIN, EACCES) when another process does."""
    fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def holder(fd: int) -> Lock:
    """Who else holds a lock on the file (F_GETLK): our own locks are not in our way, so never told."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(fd, fcntl.F_GETLK, asked))
    return Lock(kind != fcntl.F_UNLCK, pid)
