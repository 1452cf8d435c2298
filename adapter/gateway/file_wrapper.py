"""`wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File Handling"): a file becomes an iterable of blocks."""

from collections.abc import Iterator
from typing import Protocol

BLOCK = 65536
"""Bytes read at once when the application does not say."""


class Readable(Protocol):
    """All that PEP 3333 asks of the object."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


class FileWrapper:
    """Iterates over what is left of the file, `block_size` bytes at a time; `close` closes it, when it can be closed."""

    def __init__(self, file: Readable, block_size: int = BLOCK) -> None:
        self._file = file
        self._block_size = block_size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while block := self._file.read(self._block_size):
            yield block
