"""How much of everything one message may bring."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


class Limits:
    """The most we take in one message, in bytes (`header_count`: field lines). Past them: 414, 431 or 413."""

    __slots__ = ("body", "header_bytes", "header_count", "request_line")

    def __init__(self, request_line: int = 8190, header_count: int = 100, header_bytes: int = 65536, body: int = 1 << 30) -> None:
        self.request_line = request_line
        """The request line without its CRLF."""
        self.header_count = header_count
        """Field lines of the head, and again of the trailer section."""
        self.header_bytes = header_bytes
        """All field lines together, each with its CRLF."""
        self.body = body
        """The content, after the chunked coding is removed."""

    def _plain(self) -> tuple[int, int, int, int]:
        return self.request_line, self.header_count, self.header_bytes, self.body

    def __eq__(self, other: object) -> bool:
        """They say the same."""
        return isinstance(other, Limits) and self._plain() == other._plain()

    def __hash__(self) -> int:
        return hash(self._plain())

    def __repr__(self) -> str:
        return f"Limits{self._plain()}"
