"""Pidfiles that cannot lie: the instance named in one holds a record lock on it, for life.

A pidfile without its lock (see `locks`) is stale, whatever process has that number now. The instance opens its pidfile once, here.
"""

import errno
import os
import stat
from typing import NoReturn

from adapter.exits import Misuse, SystemFailure
from adapter.unix import holders, locks, refusals
from adapter.unix.locks import Lock

_LONGEST = 32  # bytes; a pid has at most 7 digits (proc(5), pid_max)


class Pidfile:
    """Our pidfile. `fd` holds the lock: close-on-exec, so make it inheritable for an exec that is to keep it.

    Whoever forks need not close it: the lock is not the child's.
    """

    def __init__(self, fd: int, path: str) -> None:
        self.fd = fd
        self.path = path

    def in_place(self) -> bool:
        """Is it what the path leads to?"""
        return _is_at(self.fd, self.path)

    def release(self) -> None:
        """Remove the file if it is still ours, then give the lock up. Twice does no harm; a file we may not remove stays, stale."""
        if self.fd < 0:
            return
        if self.in_place():
            try:
                os.unlink(self.path)
            except OSError:
                pass  # we gave up the user who could: without its lock the file says nothing
        os.close(self.fd)
        self.fd = -1


def claim(path: str, pid: int) -> Pidfile:
    """Write `pid` into the pidfile at `path`, whole or not at all, and hold its lock.

    A stale one is replaced. Raises `Misuse` when a living instance holds it, or when what is there is no pidfile or a
    symbolic link (none is ever followed), `SystemFailure` when the file system refuses.
    """
    path = os.path.join(os.getcwd(), path)
    try:
        fresh, written = _write_beside(path, pid)
        try:
            _put_in_place(written, path)
        except BaseException:
            os.unlink(written)
            os.close(fresh)
            raise
    except OSError as error:
        raise SystemFailure(f"cannot write the pidfile {path}: {refusals.reason(error)}") from error
    return Pidfile(fresh, path)


def adopt(fd: int, path: str) -> Pidfile:
    """The pidfile of the image before us, whose lock this process still has. Raises `Misuse` when it is not so."""
    try:
        os.set_inheritable(fd, False)
        locks.take(fd)
    except OSError as error:
        raise Misuse(f"cannot take over the pidfile {path}: descriptor {fd} does not hold its lock; start anew") from error
    return Pidfile(fd, path)


def read(path: str) -> int:
    """The pid of the living instance whose pidfile this is. Raises `Misuse`: missing, no pidfile, stale, or another program's."""
    try:
        fd = _open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise Misuse(f"there is no pidfile {path}: is the server running, and with this --pidfile?") from None
    except OSError as error:
        raise Misuse(f"cannot read the pidfile {path}: {refusals.reason(error)}") from error
    try:
        pid = _content(fd, path)
        if pid is None:
            raise Misuse(f"the pidfile {path} is empty: whoever made it wrote no pid; remove it and restart the server")
        _check_holder(locks.holder(fd), pid, path)
    finally:
        os.close(fd)
    return pid


def said(path: str) -> int | None:
    """The number in it, whosever it is; None: it is gone, or none."""
    try:
        fd = _open(path, os.O_RDONLY)
    except (OSError, Misuse):
        return None
    try:
        return _content(fd, path)
    except Misuse:
        return None
    finally:
        os.close(fd)


def _check_holder(lock: Lock, pid: int, path: str) -> None:
    if not lock.held:
        alive = holders.describe(pid)
        why = f"{alive} runs, but is not the server that wrote it" if alive else f"no process {pid} runs"
        raise Misuse(f"the pidfile {path} is stale: {why}; nothing was signalled, the next start replaces it")
    # -1: an open file description's lock, so not one of ours.
    if lock.pid != pid:
        holder = holders.describe(lock.pid) if lock.pid > 0 else None
        raise Misuse(
            f"the pidfile {path} names {pid}, but {holder or 'a process that cannot be seen here'} holds it; signal that one by hand"
        )


def _write_beside(path: str, pid: int) -> tuple[int, str]:
    """A new file in the same directory, locked and complete before anyone can find it by its name."""
    written = os.path.join(os.path.dirname(path), f".adapter-pid-{os.urandom(6).hex()}")
    fd = os.open(written, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        locks.take(fd)
        os.write(fd, f"{pid}\n".encode())
    except BaseException:
        os.unlink(written)
        os.close(fd)
        raise
    return fd, written


def _put_in_place(written: str, path: str) -> None:
    """Give `written` the name `path`. Only who holds the lock of the file that has the name may replace it.

    Each further round means that another starter was faster: it then holds the lock, or is gone.
    """
    while True:
        try:
            old = _open(path, os.O_RDWR)
        except FileNotFoundError:
            if _takes_free_name(written, path):
                return
            continue
        try:
            if _replaces(written, path, old):
                return
        finally:
            os.close(old)


def _takes_free_name(written: str, path: str) -> bool:
    try:
        os.link(written, path)
    except FileExistsError:
        return False
    os.unlink(written)
    return True


def _replaces(written: str, path: str, old: int) -> bool:
    said = _content(old, path)
    try:
        locks.take(old)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            _refuse_live(locks.holder(old), said, path)
        raise
    if not _is_at(old, path):
        return False
    os.rename(written, path)
    return True


def _open(path: str, flags: int) -> int:
    """Open a regular file, nothing else: opening a FIFO or a device can do things."""
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        raise Misuse(f"the pidfile {path} is a symbolic link, and none is followed; name its target, or remove it")
    if not stat.S_ISREG(found.st_mode):
        raise Misuse(f"the pidfile {path} is not a regular file; use another path")
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _content(fd: int, path: str) -> int | None:
    """The number in it, None when it is empty. Anything else is somebody's file: it is never overwritten."""
    data = os.pread(fd, _LONGEST + 1, 0).strip()
    if not data:
        return None
    if len(data) > _LONGEST or not data.isdigit() or not 0 < int(data) < 1 << 31:
        raise Misuse(f"{path} is not a pidfile: it does not hold one number; use another path, or remove it")
    return int(data)


def _is_at(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except OSError:
        return False


def _refuse_live(lock: Lock, said: int | None, path: str) -> NoReturn:
    pid = lock.pid if lock.pid > 0 else said
    holder = (holders.describe(pid) if pid else None) or f"pid {pid}"
    raise Misuse(f"the pidfile {path} is held by a running instance ({holder}); stop that one, or use another --pidfile")
