"""How much of everything one message may bring."""

from typing import NamedTuple


class Limits(NamedTuple):
    """The most we take in one message, in bytes (`header_count`: field lines). Past them: 414, 431 or 413."""

    request_line: int = 8190
    """The request line without its CRLF."""
    header_count: int = 100
    """Field lines of the head, and again of the trailer section."""
    header_bytes: int = 65536
    """All field lines together, each with its CRLF."""
    body: int = 1 << 30
    """The content, after the chunked coding is removed."""
