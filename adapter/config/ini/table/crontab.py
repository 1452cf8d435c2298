"""The times of uWSGI's cron as crontab(5) has them: -1 is any, -N every N. What is due there is due here, neither more nor less."""

from collections.abc import Sequence
from typing import Final

from adapter.config.ini.values import number

_ANY: Final = -1
# The least and the most of minute, hour, day, month, weekday.
_FIELDS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_WEEKDAY: Final = 4


def times(fields: Sequence[str]) -> str | None:
    """Five fields; None for what never comes, or is no time."""
    if len(fields) != len(_FIELDS):
        return None
    told = [_field(at, number(text)) for at, text in enumerate(fields)]
    return None if None in told else " ".join(str(each) for each in told)


def _field(at: int, value: int | None) -> str | None:
    least, most = _FIELDS[at]
    if value is None or value > most:
        return None
    if value >= least:
        return str(value)
    if value == _ANY:
        return "*"
    every = -value
    if every < 1:
        return None  # day or month 0
    # What the number divides. Not */N where that counts from 1, nor where a * would have day and weekday asked together.
    first = every if least else 0
    last = 6 if at == _WEEKDAY else most
    if first > last:
        return None
    if first + every > last:
        return str(first)
    return f"*/{every}" if not least and at != _WEEKDAY else f"{first}-{last}/{every}"
