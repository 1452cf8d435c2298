"""HTTP's dates (RFC 9110 §5.6.7): seconds since 1970, and text."""

import re
from datetime import UTC, datetime, timedelta

from adapter.protocols.http1.dates import MONTHS, imf_fixdate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_FORMS = tuple(
    re.compile(form).fullmatch
    for form in (
        rf"[A-Z][a-z]{{2}}, (?P<day>[0-9]{{2}}) (?P<month>[A-Z][a-z]{{2}}) (?P<year>[0-9]{{4}}) {_TIME} GMT",
        rf"[A-Z][a-z]{{5,8}}, (?P<day>[0-9]{{2}})-(?P<month>[A-Z][a-z]{{2}})-(?P<year>[0-9]{{2}}) {_TIME} GMT",
        rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) (?P<day>[ 0-9][0-9]) {_TIME} (?P<year>[0-9]{{4}})",
    )
)
_CENTURY = 70  # two digits from here on are of the last century


def written(seconds: int) -> str:
    """As `imf_fixdate`; a time before the year 1 or after 9999, which nobody could read, as 1970."""
    try:
        at = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        at = _EPOCH
    return imf_fixdate(at.timetuple())


def read(text: str) -> int | None:
    """One of the three forms; None: no date."""
    for form in _FORMS:
        if (found := form(text)) is not None:
            break
    else:
        return None
    year = int(found["year"])
    if year < 100:
        year += 1900 if year >= _CENTURY else 2000
    try:
        month = MONTHS.index(found["month"]) + 1
        hour, minute, second = (int(found[part]) for part in ("hour", "minute", "second"))
        at = datetime(year, month, int(found["day"]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return (at - _EPOCH) // timedelta(seconds=1)
