"""Dates as HTTP writes them (RFC 9110 §5.6.7). `email.utils` would do, for 10 ms of imports per inetd connection."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def imf_fixdate(utc: Sequence[int]) -> str:
    """`Sun, 06 Nov 1994 08:49:37 GMT`, of a `struct_time`. Never in the language of the locale, as strftime would."""
    year, month, day, hour, minute, second, weekday, *_ = utc
    return f"{_DAYS[weekday]}, {day:02d} {MONTHS[month - 1]} {year:04d} {hour:02d}:{minute:02d}:{second:02d} GMT"
