"""Readiness told by a descriptor, once (s6's notification-fd), and by a file that is there only while a worker can answer."""

import fcntl
import os
from typing import Any

from adapter.exits import Fatal, Misuse
from adapter.log import Log, Outlet
from adapter.roles.master.pidfile import Pid
from adapter.unix import pidfiles

_STANDARD = 2


class ReadyFd:
    """--ready-fd: a newline, then its end. No exec comes before that: a reload waits until the first generation serves."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._fd = -1

    def take(self, number: int | None) -> None:
        """The descriptor that we were started with. Raises Misuse when there is none."""
        if number is None:
            return
        asked = f"--ready-fd {number}"
        try:
            ours = not os.get_inheritable(number)  # what we open ourselves never is
            mode = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
        except OSError:
            ours, mode = True, os.O_WRONLY
        if ours:
            raise Misuse(
                f"{asked}: there is no such descriptor; have the supervisor open it (s6: write {number} into ./notification-fd),"
                " or leave the option out"
            )
        if mode == os.O_RDONLY:
            raise Misuse(f"{asked}: it can only be read; name the one that the supervisor reads readiness from")
        self._fd = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _STANDARD + 1)
        if number > _STANDARD:
            os.close(number)
            return
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)  # what is printed must not be taken for readiness
        os.dup2(null, number)
        os.close(null)

    def tell(self) -> None:
        """A worker can answer."""
        if self._fd < 0:
            return
        if not Outlet(self._fd).write(b"\n"):
            self._log.warning("nobody reads --ready-fd: the supervisor does not hear that we are ready")
        self.close()

    def close(self) -> None:
        """Nothing more will be said."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class ReadyFile:
    """--ready-file: a pidfile that comes and goes with our being able to answer."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._asked: str | None = None
        self._file = Pid()
        self._there = False

    def follow(self, path: str | None) -> None:
        """Have it here, and no longer elsewhere. One that a former instance left behind would lie: it goes. Raises Fatal."""
        if path == self._asked:
            return
        if path is not None:
            pidfiles.claim(path, os.getpid()).release()
        self._file.close()
        self._asked, self._there = path, False

    def tell(self, *, able: bool) -> None:
        """A worker can answer, or none can."""
        if self._asked is None or able is self._there:
            return
        try:
            self._file.follow(self._asked if able else None)
        except Fatal as error:
            self._log.error(f"--ready-file: {error.sentence}")
        self._there = able

    def close(self) -> None:
        """None can."""
        self._file.close()
        self._there = False

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {"asked": self._asked, "there": self._there, "file": self._file.to_plain()}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover. Raises Fatal when the file is not ours any more."""
        self._asked, self._there = plain.get("asked"), bool(plain.get("there"))
        self._file.restore(plain.get("file", {}))

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return self._file.fds()
