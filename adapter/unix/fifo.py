"""The Master FIFO: a named pipe (fifo(7)) that is held open for reading *and* writing for as long as we live.

So a writer never waits for a reader, never sees one go (also not during an exec), and we never see an end of file. Whose it
is tells a record lock (see `locks`): a FIFO at the path that nobody reads from was left by somebody who is dead.
"""

import errno
import os
import stat
from typing import NoReturn

from adapter.exits import Misuse, SystemFailure
from adapter.unix import holders, locks, refusals

Inode = tuple[int, int]

_MODE = 0o600  # who can write to it can stop us
_MOST = 4096  # bytes at a time: PIPE_BUF, what one write puts in whole


class Fifo:
    """Ours. `fd` holds the lock: close-on-exec, so make it inheritable for an exec that is to keep it."""

    def __init__(self, fd: int, path: str) -> None:
        self.fd = fd
        self.path = path
        found = os.fstat(fd)
        self._inode = found.st_dev, found.st_ino

    def read(self) -> bytes:
        """What was written so far, at most 4096 bytes; nothing when there is nothing."""
        try:
            return os.read(self.fd, _MOST)
        except BlockingIOError:
            return b""

    def in_place(self) -> bool:
        """Is it what the path leads to? Else nobody can open it any more."""
        return self.is_at(self.path)

    def is_at(self, path: str) -> bool:
        """Does this path, perhaps another one, lead to it?"""
        try:
            found = os.lstat(path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._inode

    def release(self) -> None:
        """Remove it if it is still ours, then close it. One that we may not remove stays, stale, for the next start."""
        if self.in_place():
            try:
                os.unlink(self.path)
            except OSError:
                pass  # a read-only directory, or not ours to write to: nobody reads from it any more, which says enough
        os.close(self.fd)


def claim(path: str) -> Fifo:
    """Make the FIFO, or take a stale one over: whoever waits to write to that one is then heard.

    Raises `Misuse` when something else is there, somebody reads from it, or it is another user's; `SystemFailure` when the
    file system refuses. No symbolic link is followed.
    """
    try:
        return _claim(path)
    except OSError as error:
        raise SystemFailure(f"cannot make the FIFO {path}: {refusals.reason(error)}") from error


def adopt(fd: int, path: str) -> Fifo:
    """The FIFO of the image before us, whose lock this process still has. Raises `Misuse` when it is not so."""
    try:
        os.set_inheritable(fd, False)
        locks.take(fd)
    except OSError as error:
        raise Misuse(f"cannot take over the FIFO {path}: descriptor {fd} does not hold its lock; start anew") from error
    return Fifo(fd, path)


def _claim(path: str) -> Fifo:
    try:
        _check_stale(path)
    except FileNotFoundError:
        _make(path)
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _check_ours(os.fstat(fd), path)  # it, and not what it was a moment ago
        try:
            locks.take(fd)
        except OSError as error:
            if error.errno in {errno.EAGAIN, errno.EACCES}:
                _refuse_live(path, locks.holder(fd).pid)
            raise
        os.fchmod(fd, _MODE)
        fifo = Fifo(fd, path)
        if not fifo.in_place():
            raise SystemFailure(f"cannot have the FIFO {path}: another process took the path at the same moment; start only one")
    except BaseException:
        os.close(fd)
        raise
    return fifo


def _make(path: str) -> None:
    before = os.umask(0)
    try:
        os.mkfifo(path, _MODE)
    except FileExistsError:
        pass  # somebody was faster; whether it is theirs tells the lock
    finally:
        os.umask(before)


def _check_stale(path: str) -> None:
    """Raises `Misuse` unless it is a FIFO of this user that nobody reads from."""
    _check_ours(os.lstat(path), path)
    try:
        probe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:  # open(2): nobody reads from it
            return
        raise
    try:
        _refuse_live(path, locks.holder(probe).pid)
    finally:
        os.close(probe)


def _check_ours(found: os.stat_result, path: str) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise Misuse(f"the FIFO {path} is a symbolic link, and none is followed; name its target, or remove it")
    if not stat.S_ISFIFO(found.st_mode):
        raise Misuse(f"cannot make the FIFO {path}: something else is in its place; remove it, or use another path")
    if found.st_uid != os.geteuid():
        raise Misuse(f"the FIFO {path} belongs to another user (uid {found.st_uid}): not ours to read from; use another path")


def _refuse_live(path: str, pid: int) -> NoReturn:
    holder = (holders.describe(pid) if pid > 0 else None) or "another process"
    raise Misuse(f"the FIFO {path} is in use: {holder} reads from it; stop that one, or use another --fifo")
