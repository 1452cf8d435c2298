"""The `Date` field (RFC 9110 §6.6.1), made once a second."""

import time

from adapter.protocols.http1.dates import imf_fixdate


class Date:
    """Called, it says the time now, as a field line."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said = (0, b"")

    def __call__(self) -> bytes:
        """`Date: `, the time now as `imf_fixdate`, CRLF."""
        now = int(time.time())
        second, line = self._said  # both in one assignment: threads call this
        if second != now:
            line = f"Date: {imf_fixdate(time.gmtime(now))}\r\n".encode()
            self._said = (now, line)
        return line
