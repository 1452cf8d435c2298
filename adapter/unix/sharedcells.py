"""Memory that several of our processes share, in cells: a memfd (memfd_create(2)) that is read and written by offset.

It is not mapped. A write every few milliseconds costs a microsecond, and in return nothing is to be mapped anew when it grows,
and nobody dies of SIGBUS whatever another process does to it.
"""

import fcntl
import os


def create(data: bytes) -> int:
    """A descriptor of new shared memory that begins with these bytes and never shrinks; close-on-exec. Raises OSError."""
    fd = os.memfd_create("adapter-scoreboard", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.pwrite(fd, data, 0)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    return fd


def clear(fd: int, offset: int, size: int) -> None:
    """Zeros from there on; it grows if it must. Raises OSError."""
    os.pwrite(fd, bytes(size), offset)


def read(fd: int, offset: int, size: int) -> bytes:
    """What is there; less where it ends. Raises OSError."""
    return os.pread(fd, size, offset)


def write(fd: int, offset: int, data: bytes) -> None:
    """Put it there. Raises OSError."""
    os.pwrite(fd, data, offset)
