"""Who runs the application's calls: the thread that leads, or others for it? Decided by what calls have lately been like.

A call that the leader runs itself costs no switch between threads, but while it runs nobody looks at the other connections. So the
leader runs them itself until one holds it up; then they are handed on to other threads, until none that surely is slow has come back
for a while, or one has been quick again. From the first slow call on, and until there has been none for a while, we are wary: who
stands by looks at each call that the leader runs a moment after it has begun. So between slow calls the quick ones cost no switch, and
a slow one costs the others no more than that moment.
"""

from typing import NamedTuple

TICK = 0.005  # seconds: how often a leader at work is looked after
SLOW = 0.003  # seconds: a call that has lasted so long may be held up
MOMENT = 0.0001  # seconds: the same, when we are wary
QUICK = 0.001  # seconds: a call that was handed on, and was back so soon, was in no need of it
RARE = 0.002  # seconds that a leader ran calls itself, after which a slow one is an exception
SURELY = 0.025  # seconds: a call that has lasted so long is slow, whatever the reason
_LATE = 0.001  # seconds: who wakes up later than this had to wait, for a processor or for the interpreter
_WHILE = 0.05  # seconds of handing on
_WARY = 2.0  # seconds


class Pace(NamedTuple):
    """`until`: hand on until then. `wary`: look at each call until then."""

    until: float = 0.0
    wary: float = 0.0

    def handing_on(self, now: float) -> "Pace":
        """A leader was held up: from here on calls are handed on."""
        return Pace(now + _WHILE, now + _WARY)

    def held(self, now: float) -> "Pace":
        """A leader was held up, but that is rare: the next one runs calls itself, too."""
        return self._replace(wary=now + _WARY)

    def back(self, began: float, now: float) -> "Pace":
        """A call that the leader did not run to its end is over: what does it say of the next ones?"""
        if now - began > SURELY:
            return Pace(max(self.until, now + _WHILE), now + _WARY)
        if now - began < QUICK:
            return self._replace(until=min(self.until, now))
        return self


def held_up(since: float, now: float, late: float, *, wary: bool = False) -> bool:
    """Does the leader's call, begun at `since`, hold it up? Asked by one who woke up `late` seconds after it meant to.

    That one needs the interpreter to ask. If it had to wait for it, the leader may just be working, or be kept from the processor by
    other programs, which no other thread of ours would mend; if not, the leader waits for something outside.
    """
    lasted = now - since
    return lasted >= (MOMENT if wary else SLOW) and (late < _LATE or lasted >= SURELY)
