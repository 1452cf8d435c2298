"""The numbers a generation lives by."""

from typing import NamedTuple

# Room between a worker's own drain deadline and our KILL: it reports the stuck request and leaves by itself first.
MERCY = 1.0
# What a worker has to show its stack after the drain deadline, before the KILL: writing a few kilobytes.
LAST_WORD = 0.5
# What one that was deaf to everything has to say that it hears that it should drain, before it counts as stuck for good.
HEARING = 1.0
# Between our last worker's end at the very latest, and ours: the reaping, the exit.
SPARE = 0.5
# How much longer than its drain a stop may last: a worker past its deadline gets ABRT, and later KILL.
MARGIN = MERCY + LAST_WORD + SPARE
# The drain where nobody has said anything and nothing is known: below the 10 s of supervisord and of Docker.
USUAL = 8.0
# Fractions of this, modulo one, fall as far from all earlier ones as can be: workers born together do not leave together.
GOLDEN = 0.6180339887498949
# What workers have to show their stacks when they are asked to, before they count as stuck in C, and their kernel is asked instead:
# long enough for a busy one, since to look at the stacks of threads that run is not without danger.
SHOWING = 1.0
# And then: a signal's way, and writing a few kilobytes.
INSISTING = 0.2
# An idle keep-alive connection may bring one more request during a final drain: longer gains nothing, the client is idle.
FINAL_LINGER = 2.0


class Limits(NamedTuple):
    """How many, and how long (seconds)."""

    workers: int = 1
    most: int = 0  # workers, when their number follows the load from `workers` up to this; 0: it is fixed
    calm: float = 30.0  # seconds in which one worker less would have been enough, before one goes
    cheap: bool = False  # workers that have nobody to serve go, all of them, until somebody comes
    surge: int = 1
    drain: float = USUAL
    fits: bool = False  # nobody has said how long: it is made to fit into the supervisor's patience
    boot: float = 60.0
    lame_duck: float = 0.0  # how long we serve on after we were asked to stop, while we say that we are not ready
    lazy: bool = False
    lifetime: float = 0.0  # of a worker, from its being ready; 0: as long as it likes
    lifetime_jitter: float = 0.0
    least_life: float = 10.0  # sooner nobody is relieved for a limit it reached, else a small limit would be a fork loop
    canary_answers: int = 0  # a change's first worker gives so many before the others follow
    canary_seconds: float = 0.0  # or serves so long
    rollback: float = 0.0  # how long the generation before is kept
    probation: float = 0.0  # how long after its commit a generation may be taken back without being asked
    margin: float = 0.05  # by how much the share of errors among its answers may exceed that of the generation before
    deaths: int = 5  # unasked deaths allowed within `window`; past it, forks wait until the window has moved on
    window: float = 10.0

    @property
    def kept(self) -> float:
        """How long the generation before is kept: probation needs it."""
        return max(self.rollback, self.probation)

    @property
    def canary(self) -> bool:
        """Does one worker go first?"""
        return self.canary_answers > 0 or self.canary_seconds > 0

    @property
    def judged(self) -> bool:
        """Do errors among the answers count against a new generation?"""
        return self.canary or self.probation > 0

    def slots(self, now: int) -> int:
        """How many a generation begins with, when there are so many now: a number that follows the load goes on from there."""
        return min(max(now, self.workers), self.most) if self.most else self.workers

    def of(self, slots: int) -> "Limits":
        """The same for a generation that is to have as many as there are."""
        return self if self.most else self._replace(workers=slots)

    def within(self, seconds: float | None) -> "Limits":
        """The same for a supervisor that waits so long for our end; None: for ever, or nobody knows."""
        return self._replace(drain=fitted(seconds, self.lame_duck)) if self.fits else self

    def life(self, worker: int) -> float | None:
        """How long this worker (its id) may serve, spread over the jitter; None: there is no limit."""
        if self.lifetime <= 0:
            return None
        return max(self.least_life, self.lifetime + self.lifetime_jitter * spread(worker))

    def linger(self, *, final: bool, seconds: float) -> float:
        """How long an idle connection is kept for one more request: briefly when we stop, most of the drain when others serve on,
        but not all of it, since that request wants its time too.
        """
        return min(FINAL_LINGER, seconds / 4) if final else max(seconds - FINAL_LINGER, seconds / 2)


def fitted(seconds: float | None, lame_duck: float) -> float:
    """The drain for somebody who waits so long. Half of what is left where that is so short that the rest would be nothing."""
    if seconds is None:
        return USUAL
    left = max(0.0, seconds - lame_duck)
    return max(left - MARGIN, left / 2)


def spread(number: int) -> float:
    """From 0 up to 1, far apart for neighbouring numbers (multiples of the golden ratio; no chance is needed for jitter)."""
    return number * GOLDEN % 1.0
