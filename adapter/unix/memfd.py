"""A file without a name, to hand a record to whoever we become (memfd_create(2)): needs no writable directory."""

import os


def store(data: bytes) -> int:
    """A descriptor that holds these bytes, inherited by exec. Raises OSError."""
    fd = os.memfd_create("adapter-carryover", 0)
    try:
        with os.fdopen(fd, "wb", closefd=False) as file:
            file.write(data)
    except OSError:
        os.close(fd)
        raise
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def take(fd: int) -> bytes:
    """What it holds; the descriptor is closed."""
    with os.fdopen(fd, "rb") as file:
        return file.read()


def is_memfd(fd: int) -> bool:
    """Is this descriptor one of ours (and not something that has the same number by accident)?"""
    try:
        return os.readlink(f"/proc/self/fd/{fd}").startswith("/memfd:adapter-carryover")
    except OSError:
        return False
