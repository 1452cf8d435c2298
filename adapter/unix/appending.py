"""Whole lines to a descriptor that others write to as well: a file (O_APPEND), a pipe (pipe(7), PIPE_BUF), a terminal, a socket."""

import os
import select
import stat
from collections.abc import Iterable, Iterator


class Appender:
    """Owns the descriptor, and waits for it when it takes no more: for a thread that has nothing else to do.

    `error` is why the last `write` failed; empty when it did not.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._is_file = _is_file(fd)  # to which one write is never mixed with another, however long
        self._torn = False  # the last line there has no end: the next one must not become part of it
        self.error = ""

    def write(self, lines: Iterable[bytes]) -> int:
        """How many of the lines were written, in order, each whole; not all when the system refuses (EPIPE, ENOSPC)."""
        written = 0
        self.error = ""
        for piece in self._pieces(lines):
            rest = piece
            try:
                while rest:
                    rest = rest[self._put(rest) :]
            except OSError as error:
                self.error = error.strerror or str(error)
            done = piece[: len(piece) - len(rest)]
            written += done.count(b"\n")
            if done:
                self._torn = not done.endswith(b"\n")
            if rest:
                break
        return written

    def close(self) -> None:
        """No more."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def _pieces(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """As many whole lines as one write takes without being mixed with another's; a longer line is a piece of its own."""
        if self._is_file:
            yield b"".join(lines)
            return
        piece: list[bytes] = []
        size = 0
        for line in lines:
            if piece and size + len(line) > select.PIPE_BUF:
                yield b"".join(piece)
                piece, size = [], 0
            piece.append(line)
            size += len(line)
        if piece:
            yield b"".join(piece)

    def _put(self, data: bytes) -> int:
        if self._torn:
            os.write(self._fd, b"\n")
            self._torn = False
        try:
            return os.write(self._fd, data)
        except BlockingIOError:  # somebody made it non-blocking: the flag belongs to the open file, so also to others
            poll = select.poll()
            poll.register(self._fd, select.POLLOUT)
            poll.poll()
            return 0


def _is_file(fd: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(fd).st_mode)
    except OSError:
        return False
