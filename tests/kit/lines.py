"""The lines that a process writes, gathered by a thread, and waiting for one of them: a fact, never a sleep."""

import os
import re
import select
import threading
import time
from typing import IO

_SHOWN = 2000  # lines of evidence: more than any test's log, less than drowns a report


def shown(lines: list[str]) -> str:
    """What is printed of a log when a test fails: all of it, but for the middle of one without end."""
    if len(lines) <= _SHOWN:
        return "\n".join(lines)
    head, tail = lines[: _SHOWN // 4], lines[-3 * _SHOWN // 4 :]
    return "\n".join([*head, f"[… {len(lines) - len(head) - len(tail)} lines …]", *tail])


class Lines:
    """Reads `stream` to its end. Lines are kept whole, without their line ends."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        os.set_blocking(stream.fileno(), False)
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._rest = b""
        self.ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        readable = select.poll()
        readable.register(self._stream.fileno(), select.POLLIN)
        while not self.ended:
            readable.poll()
            self.settle()

    def settle(self) -> None:
        """All that has been written by now is among the lines: who has ended has said the last of it."""
        with self._changed:  # read and kept in one step: what is not in the pipe any more is among the lines
            if self.ended:
                return
            try:
                data = os.read(self._stream.fileno(), 1 << 20)  # no pipe of ours holds more
            except BlockingIOError:
                return
            *lines, self._rest = (self._rest + data).split(b"\n")
            if not data:
                self.ended = True
                lines = [self._rest] if self._rest else []
            self._lines += [line.removesuffix(b"\r").decode(errors="replace") for line in lines]
            self._changed.notify_all()

    def mark(self) -> int:
        """Now, for `since`: how many lines there are. What has been written before, though nobody has read it yet, is before it."""
        self.settle()
        with self._changed:
            return len(self._lines)

    def all(self, since: int = 0) -> list[str]:
        """The lines so far."""
        self.settle()
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
                    raise AssertionError(f"no line matches {pattern!r}: {why}. Its lines:\n{shown(self._lines[since:])}")
                self._changed.wait(left)

    def wait_for_end(self, timeout: float = 60) -> None:
        """Until EOF: nobody holds the other end any more. AssertionError after `timeout` seconds."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, timeout), f"somebody still holds the log after {timeout} s"

    def close(self) -> None:
        """Read to the end (which must be near) and let go."""
        self._thread.join()
        self._stream.close()
