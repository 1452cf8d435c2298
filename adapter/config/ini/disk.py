"""The world as it is: the one file here that touches it. Nothing is opened that could hold us: no FIFO, no device, no socket."""

import errno
import glob
import grp
import os
import pwd
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from adapter.config.ini.limits import ITEMS
from adapter.config.ini.world import Facts
from adapter.config.kinds import here
from adapter.config.processors import usable
from adapter.exits import Misuse, SystemFailure

_MAY_PASS: Final = frozenset(
    {errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EINTR, errno.ESTALE, errno.ETIMEDOUT}
)
_WILD_COMPONENTS: Final = 3  # of a pattern: each one multiplies the directories to be read


class Disk:
    """Paths are taken from the directory we were started in, wherever the process has gone since; or from the one that is named."""

    def __init__(self, directory: str | None = None) -> None:
        self._directory = here() if directory is None else directory

    def facts(self) -> Facts:
        """Of this process and machine."""
        uid, gid = os.getuid(), os.getgid()
        return Facts(
            directory=self._directory,
            hostname=os.uname().nodename,
            processors=usable(),
            uid=uid,
            user=_user(uid),
            gid=gid,
            group=_group(gid),
            microseconds=time.time_ns() // 1000,
            binary=sys.executable,
        )

    def contents(self, path: str, most: int) -> bytes:
        """The whole of a regular file."""
        try:
            return self._contents(path, most)
        except OSError as error:
            kind = SystemFailure if error.errno in _MAY_PASS else Misuse
            raise kind(f"cannot read {path or 'a file without a name'}: {error.strerror}") from None

    def full(self, path: str) -> str:
        """The absolute path."""
        joined = self._joined(path)
        return joined if os.path.islink(joined) else os.path.realpath(joined)

    def inode(self, path: str) -> int | None:
        """Of the file or the link."""
        try:
            return os.lstat(self._joined(path)).st_ino
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Something is there."""
        return bool(path) and os.path.exists(self._joined(path))

    def is_file(self, path: str) -> bool:
        """A regular file is there."""
        return bool(path) and os.path.isfile(self._joined(path))

    def is_directory(self, path: str) -> bool:
        """A directory is there."""
        return bool(path) and os.path.isdir(self._joined(path))

    def matches(self, pattern: str) -> Iterable[str]:
        """What the pattern finds."""
        if sum(glob.has_magic(component) for component in pattern.split("/")) > _WILD_COMPONENTS:
            raise Misuse(f"the pattern has wildcards in more than {_WILD_COMPONENTS} components: name the directories")
        return sorted(islice(self._matches(pattern.replace("**", "*")), ITEMS + 1))  # one more than a loop may have is refused

    def _matches(self, pattern: str) -> Iterator[str]:
        for found in glob.iglob(pattern, root_dir=self._directory):
            yield f"{found}/" if self.is_directory(found) and not found.endswith("/") else found

    def _joined(self, path: str) -> str:
        return os.path.join(self._directory, path)

    def _contents(self, path: str, most: int) -> bytes:
        joined = self._joined(path) if path else ""
        if not stat.S_ISREG(os.stat(joined).st_mode):  # asked before it is opened: to open a device can do something
            raise Misuse(f"cannot read {path}: it is not a regular file")
        # O_NONBLOCK: it may have become a FIFO in between, or be one of /proc that has nothing to say yet.
        opened = os.open(joined, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        with open(opened, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise Misuse(f"cannot read {path}: it is not a regular file")
            data = bytearray()
            while piece := file.read(most + 1 - len(data)):
                data += piece
        if len(data) > most:
            raise Misuse(f"cannot read {path}: it is larger than {most} bytes, so this is no configuration")
        return bytes(data)


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
