"""The chunked transfer coding (RFC 9112 §7.1), taken off: strict, counted, and exact about where it ends."""

from __future__ import annotations

from .events import Refused
from .head import collect, split_lines
from .limits import Limits
from .section import Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

_SIZE_DIGITS = 15  # hexadecimal; 16 could pass 2**63
_LINE = 1024
"""Bytes of one chunk-size line with its extensions, without CRLF."""
_OVERHEAD = 16384
"""Bytes of chunk extensions and chunk framing that a message may spend beyond what its content pays for (as in Go, CVE-2023-39326)."""
_ALLOWANCE = 16
"""Framing that each chunk may have for nothing; another two bytes for each byte of content."""

_CRLF = b"\r\n"
_HEX = b"0123456789abcdefABCDEF"
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"'
_EXTENSIONS = rb"(?:[ \t]*;[ \t]*%b(?:[ \t]*=[ \t]*(?:%b|%b))?)+" % (_TOKEN, _TOKEN, _QUOTED)


class Chunked:
    """Takes the coding off one message. `feed` until `rest` is not None: then the message is whole."""

    __slots__ = ("_buffer", "_left", "_limits", "_overhead", "_total", "_trailers", "rest")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buffer = b""
        self._left = 0  # bytes until the end of this chunk, its CRLF included
        self._total = 0
        self._overhead = 0
        self._trailers: Section | None = None
        self.rest: bytes | None = None
        """What came after the message."""

    def to_plain(self) -> dict[str, Any]:
        """Where in the message we are, for whoever goes on with it."""
        return {
            "held": self._buffer.decode("latin-1"),
            "left": self._left,
            "total": self._total,
            "overhead": self._overhead,
            "trailers": None if self._trailers is None else self._trailers.to_plain(),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], limits: Limits) -> Self:
        """From `to_plain`."""
        chunked = cls(limits)
        chunked._buffer = plain["held"].encode("latin-1")
        chunked._left, chunked._total, chunked._overhead = plain["left"], plain["total"], plain["overhead"]
        if plain["trailers"] is not None:
            chunked._trailers = Section.from_plain(plain["trailers"], chunked._trailer_limits())
        return chunked

    def feed(self, data: bytes, content: list[bytes]) -> None:
        """Append to `content` what these bytes carry. Raises Refused, with what came before the fault already appended."""
        if self._trailers is None:
            data = self._buffer + data
            at = 0
            while (after := self._step(data, at, content)) > at:
                at = after
            self._buffer = data = data[at:]
        if self._trailers is not None:
            self._end(self._trailers, data)

    def _step(self, data: bytes, at: int, content: list[bytes]) -> int:
        """Read on from `at`: one size line, or some content, or the CRLF after it. Returns how far; `at` itself when stuck."""
        if self._left > len(_CRLF):
            piece = data[at : at + self._left - len(_CRLF)]
            if piece:
                content.append(piece)
            self._left -= len(piece)
            return at + len(piece)
        if self._left:
            mark = data[at : at + self._left]
            if not _CRLF[-self._left :].startswith(mark):
                raise Refused(400, "a chunk is not followed by CRLF (RFC 9112 §7.1)")
            self._left -= len(mark)
            return at + len(mark)
        end = data.find(b"\n", at)
        # A line that is not whole may still end in CR: that is no part of its length.
        if (len(data) - 1 if end < 0 else end - 1) - at > _LINE:
            raise Refused(413, f"a chunk-size line is longer than {_LINE} bytes")
        return at if end < 0 else self._open(data, at, end + 1)

    def _open(self, data: bytes, at: int, end: int) -> int:
        """Judge the size line in `data[at:end]`; where its chunk begins, or `at` itself when it was the last chunk's."""
        line = data[at:end]
        digits, semicolon, _ = line[:-2].partition(b";")
        if semicolon:
            digits = digits.rstrip(b" \t")
        good = digits and not digits.translate(None, _HEX) and len(digits) <= _SIZE_DIGITS and line.endswith(_CRLF)
        if not good or (semicolon and not _extended(line[len(digits) : -2])):
            raise Refused(400, "a chunk-size line is malformed (RFC 9112 §7.1)")
        size = int(digits, 16)
        self._count(size, len(line) + len(_CRLF))
        if not size:
            self._trailers = Section(self._trailer_limits())
            return at
        self._left = size + len(_CRLF)
        return end

    def _trailer_limits(self) -> Limits:
        return Limits(_LINE, self._limits.header_count, self._limits.header_bytes, self._limits.body)

    def _count(self, size: int, framing: int) -> None:
        """Hold content and framing against the limits."""
        self._total += size
        if self._total > self._limits.body:
            raise Refused(413, f"chunked content is more than {self._limits.body} bytes")
        self._overhead = max(0, self._overhead + framing - _ALLOWANCE - 2 * size)
        if self._overhead > _OVERHEAD:
            raise Refused(413, f"more than {_OVERHEAD} bytes of chunk framing and extensions")

    def _end(self, trailers: Section, data: bytes) -> None:
        """Read the trailer section: the last chunk's line stands where a head has its request line. Its fields are judged and dropped."""
        section = trailers.take(data)
        if section is not None:
            fields: dict[str, str] = {}
            collect(split_lines(section[0]), fields)
            if "CONTENT_LENGTH" in fields or "HTTP_TRANSFER_ENCODING" in fields:
                raise Refused(400, "a trailer that would frame a message (RFC 9110 §6.5.1)")
            self.rest = section[1]


def _extended(text: bytes) -> bool:
    """Whether these are chunk extensions (RFC 9112 §7.1.1)."""
    import re  # noqa: PLC0415 -- hardly anybody sends them, and inetd would pay 3 ms for each connection

    return re.fullmatch(_EXTENSIONS, text) is not None
