"""A service manager as far as sd_notify(3) goes: a datagram socket, and all that comes there.

    with Notified() as manager, Adapter("hello.py", env=manager.env) as server:
        manager.wait_for("READY=1")

The directory is short, for the socket's path must be; `abstract`: no path at all.
"""

import os
import re
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_END = "END OF TEST"


class Said(NamedTuple):
    """One datagram: its lines as NAME=VALUE, and the descriptors that came with it, which are the reader's now."""

    fields: dict[str, str]
    fds: list[int]
    at: float
    text: str


class Notified:
    """`reads`: from the beginning; else what comes waits in the kernel until `read`. `keeps`: descriptors that it is given; else they
    are closed at once, as systemd does without FileDescriptorStoreMax=, and of the messages with them nothing is told.
    """

    def __init__(self, *, abstract: bool = False, reads: bool = True, keeps: bool = False) -> None:
        self._keeps = keeps
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-notify-"))
        name = str(self.directory / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + name if abstract else name)
        self.env: dict[str, str | None] = {"NOTIFY_SOCKET": "@" + name if abstract else name}
        self._said: list[Said] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        if reads:
            self._thread.start()

    def read(self) -> None:
        """From here on."""
        self._thread.start()

    def _read(self) -> None:
        while True:
            data, fds, _, _ = socket.recv_fds(self._socket, 4096, 16)
            text = data.decode()
            if text == _END:
                return
            if fds and not self._keeps:
                for fd in fds:
                    os.close(fd)
                continue
            pairs = (line.partition("=") for line in text.split("\n"))
            with self._changed:
                self._said.append(Said({name: value for name, _, value in pairs}, list(fds), time.monotonic(), text))
                self._changed.notify_all()

    def mark(self) -> int:
        """Now, for `since`."""
        with self._changed:
            return len(self._said)

    def all(self, since: int = 0) -> list[Said]:
        """What has come so far."""
        with self._changed:
            return self._said[since:]

    def wait_for(self, pattern: str, *, since: int = 0, timeout: float = 60) -> Said:
        """The first datagram from `since` on with a line that this matches whole."""
        deadline = time.monotonic() + timeout
        found = re.compile(pattern)
        with self._changed:
            while True:
                for each in self._said[since:]:
                    if any(found.fullmatch(line) for line in each.text.split("\n")):
                        return each
                assert time.monotonic() < deadline, f"nobody said {pattern}: {[each.text for each in self._said[since:]]}"
                self._changed.wait(deadline - time.monotonic())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._thread.is_alive():
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(_END.encode(), self._socket.getsockname())
            self._thread.join()
        for each in self._said:
            for fd in each.fds:
                os.close(fd)
        self._socket.close()
        shutil.rmtree(self.directory)
