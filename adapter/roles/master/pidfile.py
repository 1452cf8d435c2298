"""The master's pidfile, as the settings ask for it, from image to image."""

import os
from typing import Any

from adapter.unix import pidfiles
from adapter.unix.pidfiles import Pidfile


class Pid:
    """At most one pidfile at a time."""

    def __init__(self) -> None:
        self._asked: str | None = None  # as the option says it; the file knows its absolute path
        self._file: Pidfile | None = None

    def follow(self, path: str | None) -> None:
        """Have it here, and no longer elsewhere; write it again where somebody removed it.

        Raises Fatal when it cannot be written; the former stays then.
        """
        if path == self._asked and (self._file is None or self._file.in_place()):
            return
        new = pidfiles.claim(path, os.getpid()) if path else None
        self.close()
        self._asked, self._file = path, new

    def write_again(self) -> None:
        """Where somebody removed it. Raises Fatal as `follow` does."""
        self.follow(self._asked)

    def close(self) -> None:
        """Remove it, if it is still ours."""
        if self._file is not None:
            self._file.release()
        self._asked = self._file = None

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {"asked": self._asked, "path": self._file.path, "fd": self._file.fd} if self._file else {}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        if plain:
            self._file = pidfiles.adopt(plain["fd"], plain["path"])
            self._asked = plain["asked"]

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [self._file.fd] if self._file else []
