"""The lines that a process writes, gathered by a thread, and waiting for one of them: a fact, never a sleep."""

import fcntl
import os
import re
import select
import struct
import termios
import threading
import time
from typing import IO


class Lines:
    """Reads `stream` to its end. Lines are kept whole, without their line ends."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self.ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        fd, rest = self._stream.fileno(), b""
        readable = select.poll()
        readable.register(fd, select.POLLIN)
        while not self.ended:
            readable.poll()
            with self._changed:  # read and kept in one step: what is not in the pipe any more is among the lines
                data = os.read(fd, 65536)
                *lines, rest = (rest + data).split(b"\n")
                if not data:
                    self.ended = True
                    lines = [rest] if rest else []
                self._lines += [line.removesuffix(b"\r").decode(errors="replace") for line in lines]
                self._changed.notify_all()

    def settle(self) -> None:
        """Until all that has been written is among the lines: who has ended has said the last of it."""
        while True:
            with self._changed:
                if self.ended or not struct.unpack("i", fcntl.ioctl(self._stream, termios.FIONREAD, b"\0\0\0\0"))[0]:
                    return
            time.sleep(0.001)  # the thread that reads has yet to get to run

    def mark(self) -> int:
        """Now, for `since`: how many lines there are."""
        with self._changed:
            return len(self._lines)

    def all(self, since: int = 0) -> list[str]:
        """The lines so far."""
        with self._changed:
            return self._lines[since:]

    def wait_for(self, pattern: str, *, timeout: float = 60, since: int = 0, skip: int = 0) -> re.Match[str]:
        """The first match of `pattern` in a line from `since` on, `skip` such lines passed over; AssertionError after `timeout` seconds, or at EOF without one."""
        found = re.compile(pattern)
        deadline = time.monotonic() + timeout
        at = since
        with self._changed:
            while True:
                while at < len(self._lines):
                    match = found.search(self._lines[at])
                    at += 1
                    if match and skip == 0:
                        return match
                    skip -= bool(match)
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    why = "it has ended" if self.ended else f"{timeout} s have passed"
                    heard = "\n".join(self._lines[since:][-60:])
                    raise AssertionError(f"no line matches {pattern!r}: {why}. Its lines:\n{heard}")
                self._changed.wait(left)

    def wait_for_end(self, timeout: float = 60) -> None:
        """Until EOF: nobody holds the other end any more. AssertionError after `timeout` seconds."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, timeout), f"somebody still holds the log after {timeout} s"

    def close(self) -> None:
        """Read to the end (which must be near) and let go."""
        self._thread.join()
        self._stream.close()
