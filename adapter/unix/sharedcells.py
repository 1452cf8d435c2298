"""Memory that several of our processes share, in cells: a memfd (memfd_create(2)).

Who reads does so by offset: nothing is to be mapped anew when it grows. Who writes maps it, and lets go of the descriptor: an
application that closes descriptors it does not know would have us write into its next file. It never shrinks (F_SEAL_SHRINK), so
nobody dies of SIGBUS whatever another process does to it.
"""

import fcntl
import mmap
import os


def create(data: bytes) -> int:
    """A descriptor of new shared memory that begins with these bytes and never shrinks; close-on-exec. Raises OSError."""
    fd = os.memfd_create("adapter-scoreboard", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.pwrite(fd, data, 0)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    except OSError:
        os.close(fd)
        raise
    return fd


def clear(fd: int, offset: int, size: int) -> None:
    """Zeros from there on; it grows if it must. Raises OSError."""
    os.pwrite(fd, bytes(size), offset)


def read(fd: int, offset: int, size: int) -> bytes:
    """What is there; less where it ends. Raises OSError."""
    return os.pread(fd, size, offset)


class Writing:
    """The cell at `offset`, of `size` bytes, for the one who writes it. Closes `fd`. Raises OSError or ValueError."""

    def __init__(self, fd: int, offset: int, size: int) -> None:
        self._offset = offset
        try:
            # From the very beginning on: an offset must be a multiple of the page size, which is not 4096 everywhere.
            self._memory = mmap.mmap(fd, offset + size)
        finally:
            os.close(fd)

    def put(self, where: int, data: bytes) -> None:
        """Write this, so many bytes into the cell."""
        start = self._offset + where
        self._memory[start : start + len(data)] = data
