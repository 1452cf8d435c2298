"""Becoming another user, for good. See credentials(7), capabilities(7), initgroups(3)."""

import os
import pwd

from adapter.exits import Misuse

_CAPABILITIES_V3 = 0x20080522  # linux/capability.h


def become(uid: int | None, gid: int | None) -> None:
    """Give up our user and group for these; without `gid`, the user's own group and its other groups.

    There is no way back: real, effective and saved ids change, and unless the user is root no capability is left, whether it
    came with root or was given to us alone (systemd's AmbientCapabilities=). Raises Misuse when we may not.
    """
    if uid is None and gid is None:
        return
    import ctypes  # noqa: PLC0415 -- inetd would pay for it; and now, since the user may have no right to read the library

    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if (uid, gid) not in ((os.geteuid(), os.getegid()), (os.geteuid(), None), (None, os.getegid())):
            _set_groups(uid, gid)
            if uid is not None:
                os.setresuid(uid, uid, uid)
        # Empty all our sets. A change from root to another uid does that, but not when it was CAP_SETUID alone that allowed it,
        # and not with SECBIT_KEEP_CAPS. The ambient set is never larger than the others, so it goes with them.
        if uid and libc.capset((ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    except PermissionError as error:
        raise Misuse(f"cannot become uid={uid} gid={gid}: not permitted; start as root, or leave out --uid and --gid") from error


def _set_groups(uid: int | None, gid: int | None) -> None:
    try:
        entry = pwd.getpwuid(uid) if uid is not None else None
    except KeyError:
        entry = None  # a bare number, as containers use them
    if gid is None:
        gid = entry.pw_gid if entry else os.getegid()
    if entry:
        os.initgroups(entry.pw_name, gid)
    else:
        os.setgroups([gid])
    os.setresgid(gid, gid, gid)
