"""Who runs the application's calls: the thread that leads, or others for it? Decided by what calls have lately been like.

A call that the leader runs itself costs no switch between threads, but while it runs nobody looks at the other connections. So the
leader runs them itself until one holds it up; then they are handed on to other threads, for a while: at least until none that surely
is slow has run for a while. Each time that the return to the quick way proves wrong at once, the next while is longer: so to try
costs the others a few milliseconds every few seconds. (A call that still runs tells of others only at first: it may be a stream that
lasts for hours.)
"""

from collections.abc import Callable
from typing import NamedTuple

TICK = 0.005  # seconds: how often a leader at work is looked after
SLOW = 0.003  # seconds: a call that has lasted so long may be held up
_LATE = 0.001  # seconds: who wakes up later than this had to wait, for a processor or for the interpreter
_BUSY = 0.8  # of a tick
SURELY = 0.025  # seconds: a call that has lasted so long is slow, whatever the reason
_STREAM = 0.25  # seconds: a call that still runs after so long says no more of what the next will be like
_SHORTEST, _LONGEST = 0.05, 2.0  # seconds of handing on
_PROVEN = 0.5  # seconds of the quick way, after which the next slow call counts as the first


class Pace(NamedTuple):
    """`until`: hand on until then. `patience`: how long it is to be this time. `quick_since`: when it last ended."""

    until: float = 0.0
    patience: float = _SHORTEST
    quick_since: float = 0.0

    def handing_on(self, now: float) -> "Pace":
        """A leader was held up: from here on calls are handed on."""
        proven = now - self.quick_since > _PROVEN
        patience = _SHORTEST if proven else min(self.patience * 2, _LONGEST)
        return Pace(now + patience, patience, self.quick_since)

    def slow(self, now: float) -> "Pace":
        """A call that was handed on has lasted SURELY long: the next one might, too."""
        return self._replace(until=max(self.until, now + self.patience))

    def quick(self, now: float) -> "Pace":
        """The leader runs calls itself from here on."""
        return self._replace(quick_since=now)


def surely_slow(began: float, now: float) -> bool:
    """Does the call that still runs, since `began`, say that the next one might be slow? One that waits for a thread (0) does not."""
    return SURELY < now - began < _STREAM


def held_up(since: float, now: float, late: float, kept: Callable[[], bool]) -> bool:
    """Does the leader's call, begun at `since`, hold it up? Asked by one who woke up `late` seconds after it meant to.

    That one needs the interpreter to ask. If it had to wait for it, the leader may just be working, or be kept from the processor by
    other programs, which no other thread of ours would mend; if not, the leader waits for something outside. Or it is `kept` from
    the processor while that one is not: who has slept is served first. That is asked only when all else speaks for a slow call.
    """
    lasted = now - since
    return lasted >= SURELY or (lasted >= SLOW and late < _LATE and not kept())


def kept_from_processor(ran: float) -> bool:
    """Does one who is ready to run, and ran for so many seconds of the last tick, mostly wait? Else it computes, without the interpreter."""
    return ran < _BUSY * TICK
