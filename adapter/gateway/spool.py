"""A request's content while it arrives: in memory while it is small, then in a file that has no name.

The application runs only when all of it is here, so a slow client holds no thread; and nothing can be read past its end.
"""

from __future__ import annotations

import os
from io import BytesIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Self


_SMALL = 1 << 12  # bytes; what is not, is kept as it came


class Spool:
    """Write all, `flush`, `rewind`, let the application read, `close`. `memory`: bytes kept before a file is used."""

    __slots__ = ("_file", "_left", "_pieces")

    def __init__(self, memory: int) -> None:
        self._file: BinaryIO | None = None  # or in memory, as it came: one that grows would be copied again and again
        self._pieces: list[bytes | bytearray] = []
        self._left = memory

    def write(self, data: bytes) -> None:
        """Append. Raises OSError when the temporary file cannot take it (ENOSPC)."""
        self._left -= len(data)
        if self._file is None and self._left < 0:
            self._spill()
        if self._file is not None:
            self._file.write(data)
        elif len(data) < _SMALL:
            self._gather(data)
        else:
            self._pieces.append(data)

    def flush(self) -> None:
        """All has been written. Raises OSError, as `write` does: the last part of it may be the one there is no room for."""
        if self._file is not None:
            self._file.flush()

    @classmethod
    def adopt(cls, fd: int) -> Self:
        """Go on with what another process stored behind this descriptor, which is ours from here on."""
        spool = cls(0)
        spool._file = os.fdopen(fd, "r+b")
        spool._file.seek(0, os.SEEK_END)
        return spool

    def descriptor(self) -> int:
        """A descriptor of the content so far, for another process; the caller's to close. Raises OSError."""
        if self._file is not None:
            self._file.flush()
            return os.dup(self._file.fileno())
        fd = os.memfd_create("adapter-body", os.MFD_CLOEXEC)
        try:
            with os.fdopen(os.dup(fd), "wb") as file:
                file.writelines(self._pieces)
        except BaseException:
            os.close(fd)
            raise
        return fd

    def rewind(self) -> BinaryIO:
        """The content from its beginning, for `wsgi.input`: it is complete. Raises OSError when what was written cannot be flushed."""
        if self._file is None:
            self._file, self._pieces = BytesIO(b"".join(self._pieces)), []  # a BytesIO copies nothing until it is written to
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Let go of memory and disk. Idempotent."""
        self._pieces = []
        try:
            if self._file is not None:
                self._file.close()
        except OSError:
            pass  # what is left in its buffer found no room: nobody wants it any more

    def _gather(self, data: bytes) -> None:
        """A body that comes byte by byte must not take many times its size: each piece is an object."""
        last = self._pieces[-1] if self._pieces else b""
        if isinstance(last, bytearray) and len(last) < _SMALL:
            last += data
        else:
            self._pieces.append(bytearray(data))

    def _spill(self) -> None:
        import tempfile  # noqa: PLC0415 -- few bodies are large, and this import costs more than a small request

        file = tempfile.TemporaryFile(prefix="adapter-")  # noqa: SIM115 -- closed by `close`
        try:
            file.writelines(self._pieces)
        except BaseException:
            file.close()
            raise
        self._file, self._pieces = file, []
