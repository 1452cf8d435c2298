"""The `Date` field (RFC 9110 §5.6.7), made once a second. `email.utils` would do, for 10 ms of imports per inetd connection."""

import time

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def imf_fixdate(seconds: int) -> str:
    """`seconds` since the epoch as `Sun, 06 Nov 1994 08:49:37 GMT`. Never in the language of the locale, as strftime would."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(seconds)
    return f"{_DAYS[weekday]}, {day:02d} {MONTHS[month - 1]} {year} {hour:02d}:{minute:02d}:{second:02d} GMT"


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
            line = f"Date: {imf_fixdate(now)}\r\n".encode()
            self._said = (now, line)
        return line
