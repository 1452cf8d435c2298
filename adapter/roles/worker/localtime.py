"""Local time, for the access log: made once a second."""

import time

from adapter.protocols.access import Stamp
from adapter.protocols.http1.dates import MONTHS


class LocalStamp:
    """Called with seconds since the epoch, it says them in local time, for the access log. For one thread."""

    __slots__ = ("_second", "_stamp")

    def __init__(self) -> None:
        self._second = -1
        self._stamp = Stamp("", "", "")

    def __call__(self, second: int) -> Stamp:
        """Made once a second: lines come almost in order."""
        if second != self._second:
            self._second, self._stamp = second, _local(second)
        return self._stamp


def _local(second: int) -> Stamp:
    found = time.localtime(second)
    minutes = found.tm_gmtoff // 60
    sign, (hours, minutes) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    clock = f"{found.tm_hour:02d}:{found.tm_min:02d}:{found.tm_sec:02d}"
    return Stamp(
        f"{found.tm_mday:02d}/{MONTHS[found.tm_mon - 1]}/{found.tm_year}:{clock} {sign}{hours:02d}{minutes:02d}",
        f"{found.tm_year:04d}-{found.tm_mon:02d}-{found.tm_mday:02d}T{clock}",
        f"{sign}{hours:02d}:{minutes:02d}",
    )
