"""Open a file below a directory, name by name, so that no link and no `..` leads out of it, whoever changes what meanwhile."""

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

_ON_THE_WAY = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Never waits for the other end of a FIFO, and never makes a terminal ours.
_ITSELF = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_AT_THE_END = _ITSELF | os.O_NOFOLLOW


class Found(NamedTuple):
    """What lies there. The descriptor is the caller's to close."""

    fd: int
    directory: bool
    size: int
    modified: int
    """Nanoseconds since 1970."""


def find(directory: str, names: Sequence[bytes]) -> Found | None:
    """The regular file, or directory, at the end of these names; None: there is none, or none that we may read.

    `directory` itself may be a link: it is the operator's word, and a release is switched by it. Without names it is what is
    found, and may be a file. Each of `names` is one name.
    """
    try:
        if not names:
            return _seen(os.open(directory, _ITSELF))
        at = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        for name in names[:-1]:
            at, before = os.open(name, _ON_THE_WAY, dir_fd=at), at
            os.close(before)
        return _seen(os.open(names[-1], _AT_THE_END, dir_fd=at))
    except (OSError, ValueError):
        return None
    finally:
        os.close(at)


def _seen(fd: int) -> Found | None:
    found = os.fstat(fd)
    directory = stat.S_ISDIR(found.st_mode)
    if not directory and not stat.S_ISREG(found.st_mode):
        os.close(fd)
        return None
    return Found(fd, directory, found.st_size, found.st_mtime_ns)
