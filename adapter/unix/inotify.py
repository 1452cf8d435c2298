"""What happens to files, as it happens (inotify(7)), by way of ctypes: three calls are not worth a dependency."""

import ctypes
import os
import struct
from typing import NamedTuple

ATTRIB, CLOSE_WRITE, MOVED_FROM, MOVED_TO = 0x4, 0x8, 0x40, 0x80
CREATE, DELETE, DELETE_SELF, MOVE_SELF = 0x100, 0x200, 0x400, 0x800
UNMOUNT, OVERFLOW, IGNORED = 0x2000, 0x4000, 0x8000
_ONLYDIR = 0x01000000

SELF = DELETE_SELF | MOVE_SELF
"""A directory goes, or gets another name."""
CHILDREN = ATTRIB | CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE
"""Something in a directory is touched, written and closed, comes or goes. Not each write: who writes is not done yet."""

_EVENT = struct.Struct("iIII")  # struct inotify_event: watch, mask, cookie, length of the name that follows
_MOST = 65536
_NONBLOCK, _CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC  # IN_NONBLOCK and IN_CLOEXEC are the same


class Happened(NamedTuple):
    """One event: the watch's number (-1: events were lost), what it was, and to which name in the directory."""

    watch: int
    mask: int
    name: str


class Inotify:
    """One instance. Raises OSError when there can be none (EMFILE: the user has too many; ENOSYS)."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd = _checked(self._libc.inotify_init1(_NONBLOCK | _CLOEXEC))

    def watch(self, directory: str, mask: int) -> int:
        """Tell of this directory; of the same one again: the same number, the new mask. Raises OSError (ENOSPC: too many)."""
        return _checked(self._libc.inotify_add_watch(self.fd, os.fsencode(directory), ctypes.c_uint32(mask | _ONLYDIR)))

    def unwatch(self, number: int) -> None:
        """No longer; it may be gone by itself."""
        self._libc.inotify_rm_watch(self.fd, number)

    def read(self) -> list[Happened]:
        """What happened since the last call."""
        try:
            data = os.read(self.fd, _MOST)
        except BlockingIOError:
            return []
        found: list[Happened] = []
        at = 0
        while at < len(data):
            number, mask, _, length = _EVENT.unpack_from(data, at)
            at += _EVENT.size
            found.append(Happened(number, mask, os.fsdecode(data[at : at + length].rstrip(b"\0"))))
            at += length
        return found

    def close(self) -> None:
        """Forget everything."""
        os.close(self.fd)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
