"""When a cron job is due. Pure: the wall clock's fields are arguments."""

from typing import NamedTuple

ANY = -1
_SUNDAY = 7


class Times(NamedTuple):
    """As uWSGI's cron has them: -1 is any, -N every N. `weekday` is 0 to 7, Sunday being both."""

    minute: int = ANY
    hour: int = ANY
    day: int = ANY
    month: int = ANY
    weekday: int = ANY

    def due(self, minute: int, hour: int, day: int, month: int, weekday: int) -> bool:
        """Is it now? With a day and a weekday it is either, as in crontab(5). `weekday`: Sunday is 0."""
        if not (_fits(self.minute, minute) and _fits(self.hour, hour) and _fits(self.month, month)):
            return False
        today, this_weekday = _fits(self.day, day), _fits(self.weekday % _SUNDAY if self.weekday >= 0 else self.weekday, weekday)
        if ANY not in (self.day, self.weekday):
            return today or this_weekday
        return today and this_weekday


def _fits(wanted: int, found: int) -> bool:
    if wanted < ANY:
        return found % -wanted == 0
    return wanted in (ANY, found)
