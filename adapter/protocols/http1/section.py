"""Where a start line and its field lines end, however the bytes arrive; within the limits.

llhttp does not say at which byte a message ends, and holds a half-received field where no limit can see it.
So this finds the end first, and the grammar is judged on the whole section (`head.py`).

Invariant: whether and why we refuse depends on the bytes alone, never on how they were cut. Two things make it hold:
only what could make us wait forever (a limit passed, a line that ends in a bare LF) is judged before the end, and
each is judged on what came before the first bare LF.
"""

from __future__ import annotations

from .events import Refused
from .limits import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

_END = b"\r\n\r\n"
_CR = 13


class Section:
    """Collects one start line, field lines and the empty line that ends them (RFC 9112 §2.1)."""

    __slots__ = ("_buffer", "_first", "_limits", "_lines", "_seen")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._first = True
        self._buffer = bytearray()
        self._seen = 0
        self._lines = 0

    def __len__(self) -> int:
        """Bytes held so far."""
        return len(self._buffer)

    def to_plain(self) -> dict[str, Any]:
        """What has come so far, for whoever goes on with it."""
        return {"held": self._buffer.decode("latin-1"), "first": self._first}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], limits: Limits) -> Self:
        """From `to_plain`; counted and judged anew with the next bytes."""
        section = cls(limits)
        section._buffer += plain["held"].encode("latin-1")
        section._first = plain["first"]
        return section

    def take(self, data: bytes) -> tuple[bytes, bytes] | None:
        """The whole section and what follows it; None while it is unfinished. Raises Refused."""
        buffer = self._buffer
        buffer += data
        if self._first and len(buffer) > 1:
            self._skip_empty_line()
        found = buffer.find(_END, max(0, self._seen - 3))
        stop = len(buffer) if found < 0 else found + len(_END)
        bare = self._bare_lf(stop)
        self._judge(stop if bare < 0 else bare, whole=found >= 0 and bare < 0)
        if bare >= 0:
            raise Refused(400, "a line ends in a bare LF (RFC 9112 §2.2)")
        self._seen = stop
        return None if found < 0 else (bytes(buffer[:stop]), bytes(buffer[stop:]))

    def _skip_empty_line(self) -> None:
        """Forgive one CRLF before a request line: old clients send one after a POST (RFC 9112 §2.2)."""
        self._first = False
        if self._buffer.startswith(b"\r\n"):
            del self._buffer[:2]
            self._seen = 0

    def _bare_lf(self, stop: int) -> int:
        """The place of the first LF without CR among the new bytes, or -1; keeps count of the lines before it."""
        buffer, seen = self._buffer, self._seen
        lines = buffer.count(b"\n", seen, stop)
        if lines == buffer.count(b"\r\n", max(0, seen - 1), stop):
            self._lines += lines
            return -1
        at = buffer.find(b"\n", seen)
        while at > 0 and buffer[at - 1] == _CR:
            self._lines += 1
            at = buffer.find(b"\n", at + 1)
        return at

    def _judge(self, stop: int, *, whole: bool) -> None:
        """Hold the bytes before `stop` against the limits. An unfinished line may yet turn out to be CR LF: it has two bytes more."""
        limits = self._limits
        line = self._buffer.find(b"\r\n", 0, stop)
        if (line if line >= 0 else stop - 1) > limits.request_line:
            raise Refused(414, f"the request line is longer than {limits.request_line} bytes")
        if line < 0:
            return
        size = stop - (line + 2) - 2
        if size > limits.header_bytes or self._lines - 1 - whole > limits.header_count:
            raise Refused(431, f"more than {limits.header_count} fields or {limits.header_bytes} bytes of them")
