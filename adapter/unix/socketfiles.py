"""The file of a UNIX listener: born with its mode, put in place of a stale one only, removed only while it is still ours.

It is bound at its final name. To bind elsewhere and rename would leave the kernel with the other name for ever: `ss`, `lsof`
and getsockname(2) in every heir would tell it.
"""

import errno
import os
import socket as sockets
import stat
from typing import NoReturn

from adapter.exits import Misuse, SystemFailure
from adapter.unix import holders, peers
from adapter.unix.refusals import AddressInUse

Inode = tuple[int, int]

_LONGEST = 107  # bytes: sun_path is 108, with a NUL behind a path or before an abstract name (unix(7))


def check_length(path: str) -> None:
    """Raises `Misuse` when the kernel has no room for this path or `@NAME`."""
    length = len(os.fsencode(path.removeprefix("@")))
    if not 0 < length <= _LONGEST:
        raise Misuse(f"cannot bind unix:{path}: its path has {length} bytes, the kernel takes 1 to {_LONGEST}; use a shorter one")


def create(sock: sockets.socket, path: str, mode: int) -> Inode:
    """Bind `sock` at `path` with exactly `mode`, in place of a stale file if there is one.

    Nobody can connect before listen(2). Raises `OSError`, `Misuse` and `SystemFailure`.
    """
    try:
        _bind(sock, path, mode)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        _take_away_stale(path)
        _bind(sock, path, mode)
    return inode_of(path)


def entitle(path: str, inode: Inode, mode: int, uid: int | None, gid: int | None) -> None:
    """Give the socket file `inode` at `path` this mode and owner; what is someone else's by now is left alone. Raises OSError.

    We may be root, and the directory another user's, who can put a link to anything in its place between two of our looks. So
    one descriptor is looked at and changed, and it must be a socket that has no second name elsewhere (a hard link).
    """
    try:
        fd = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        found = os.fstat(fd)
        if (found.st_dev, found.st_ino) != inode or not stat.S_ISSOCK(found.st_mode) or found.st_nlink != 1:
            return
        owner = (found.st_uid if uid is None else uid, found.st_gid if gid is None else gid)
        if owner != (found.st_uid, found.st_gid):
            os.chown(f"/proc/self/fd/{fd}", *owner)
        if mode != stat.S_IMODE(found.st_mode):
            os.chmod(f"/proc/self/fd/{fd}", mode)
    finally:
        os.close(fd)


def check_still(path: str, inode: Inode) -> None:
    """After listen(2), before which we looked stale to any other starter: raises `SystemFailure` when one took the place."""
    try:
        still = inode_of(path) == inode
    except FileNotFoundError:
        still = False
    if not still:
        raise SystemFailure(f"cannot bind unix:{path}: another process took the path at the same moment; start only one")


def remove(path: str, inode: Inode) -> bool:
    """Unlink `path` if it is still this file; True when it was. One we may not unlink stays, stale, for the next start."""
    try:
        if inode_of(path) != inode:
            return False
        os.unlink(path)
    except OSError:
        return False
    return True


def inode_of(path: str) -> Inode:
    """(device, inode) of what is at the path itself: a symbolic link is not followed."""
    found = os.lstat(path)
    return found.st_dev, found.st_ino


def _bind(sock: sockets.socket, path: str, mode: int) -> None:
    # bind(2) makes the file with 0777 & ~umask. A chmod afterwards would be too late for a mode that should be narrower.
    before = os.umask(0o777 & ~mode)
    try:
        sock.bind(path)
    finally:
        os.umask(before)


def _take_away_stale(path: str) -> None:
    """Remove the socket file nobody listens on. Raises when it is anything else."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise Misuse(f"cannot bind unix:{path}: it is a symbolic link, and none is followed; name the target, or remove the link")
    if not stat.S_ISSOCK(found.st_mode):
        raise Misuse(f"cannot bind unix:{path}: a file that is no socket is in its place; remove it, or use another path")
    _check_stale(path, path)
    _remove_stale(path)


def _check_stale(file: str, path: str) -> None:
    """Raises when somebody listens on the socket at `file`, which is that of `path`."""
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(file)
        except (ConnectionRefusedError, FileNotFoundError):
            return
        except PermissionError:
            raise SystemFailure(
                f"cannot bind unix:{path}: it belongs to another user and may be in use; remove it if not, or use another path"
            ) from None
        except OSError:
            # EAGAIN: its backlog is full. EPROTOTYPE: it lives, but is no stream socket. Both are somebody's.
            _in_use(path, holders.of_unix(path))
        pid = peers.peer(probe).pid
        _in_use(path, holders.describe(pid) or holders.of_unix(path))


def _remove_stale(path: str) -> None:
    """Move the file aside, look again, and only then remove it; a rival's living one is given back.

    A rival binds, listens, and then looks whether the path is still its own (`check_still`); we rename, and then look
    whether anybody listens. So one of the two always sees the other, and never do both believe to have the path. For more than two
    that would not hold: of ours one at a time is here (`startlocks`), and the rival is somebody else.
    """
    directory = os.open(os.path.dirname(path) or ".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    # By way of the descriptor: in the directory's own path the longer name might not fit into sun_path.
    aside = f"/proc/self/fd/{directory}/.adapter-stale-{os.urandom(6).hex()}"
    try:
        os.rename(path, aside)
        try:
            _check_stale(aside, path)
        except SystemFailure:
            os.link(aside, path, follow_symlinks=False)
            raise
        finally:
            os.unlink(aside)
    except FileNotFoundError:
        return  # somebody was faster; the next bind(2) tells
    finally:
        os.close(directory)


def _in_use(path: str, holder: str | None) -> NoReturn:
    held = f" (held by {holder})" if holder else ""
    raise AddressInUse(f"cannot bind unix:{path}: address in use{held}; stop that process or use another path")
