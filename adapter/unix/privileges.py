"""Becoming another user, for good. See credentials(7), initgroups(3)."""

import os
import pwd

from adapter.exits import Misuse


def become(uid: int | None, gid: int | None) -> None:
    """Give up our user and group for these; without `gid`, the user's own group and its other groups.

    Raises Misuse when we may not.
    """
    if uid is None and gid is None:
        return
    if (uid, gid) in ((os.geteuid(), os.getegid()), (os.geteuid(), None), (None, os.getegid())):
        return
    try:
        _set_groups(uid, gid)
        if uid is not None:
            os.setresuid(uid, uid, uid)
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
