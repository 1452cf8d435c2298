"""The `Date` field (RFC 9110 §6.6.1), made once a second."""

from __future__ import annotations

from time import gmtime, time

from adapter.protocols.http1.dates import imf_fixdate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_clock: Final = time
"""Compiled, a name of our own is at hand; one of another module would be looked up each time."""


class Date:
    """Called, it says the time now, as a field line."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said = (0.0, 0.0, b"")  # from, until, and the line

    def __call__(self) -> bytes:
        """`Date: `, the time now as `imf_fixdate`, CRLF."""
        now = _clock()
        since, until, line = self._said  # all in one assignment: threads call this
        if not since <= now < until:
            since = now // 1
            line = f"Date: {imf_fixdate(gmtime(now))}\r\n".encode()
            self._said = (since, since + 1, line)
        return line
