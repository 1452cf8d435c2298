"""`wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File Handling"): a file becomes an iterable of blocks."""

from __future__ import annotations

import io
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Protocol

    class Readable(Protocol):
        """All that PEP 3333 asks of the object."""

        def read(self, size: int, /) -> bytes:
            """At most `size` bytes; none at the end."""


BLOCK = 65536
"""Bytes read at once when the application does not say."""


class Part:
    """`size` bytes of the regular file behind this descriptor, from `offset` on."""

    __slots__ = ("fd", "offset", "size")

    def __init__(self, fd: int, offset: int, size: int) -> None:
        self.fd = fd
        self.offset = offset
        self.size = size


class FileWrapper:
    """Iterates over what is left of the file, `block_size` bytes at a time; `close` closes it, when it can be closed.

    `size`: so many bytes and no more; None: up to its end.
    """

    def __init__(self, file: Readable, block_size: int = BLOCK, *, size: int | None = None) -> None:
        self._file = file
        self._block_size = block_size
        self._size = size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        if self._size is None:
            while block := self._file.read(self._block_size):
                yield block
            return
        left = self._size
        while left and (block := self._file.read(min(left, self._block_size))):
            left -= len(block)
            yield block

    def rest(self) -> Part | None:
        """What is left, when it is bytes of a regular file as they lie there; None: read them.

        A `fileno` alone does not say so: that of a GzipFile is the compressed file's.
        """
        file: Any = getattr(self._file, "file", self._file)  # what tempfile wraps
        raw = getattr(file, "raw", None) if isinstance(file, io.BufferedReader | io.BufferedRandom) else file
        if type(raw) is not io.FileIO:
            return None
        try:
            found = os.fstat(raw.fileno())
            offset = file.tell()
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        left = max(0, found.st_size - offset)
        return Part(raw.fileno(), offset, left if self._size is None else min(left, self._size))
