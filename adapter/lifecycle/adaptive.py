"""How many workers there should be, by how busy they are and whether anybody waits (`--workers 2:16`). Samples in, a wish out.

Up at once, by half of what there is: when all are busy it is late already. Down by one, after a whole calm window: to keep a
worker too many costs memory, to lack one costs time. The marks are far enough apart that no constant load goes up and down
in turn: after a step up of s workers to at most 1.5 s (or from 1 to 2), BUSY * s = CALM * 1.5 s of work is never called calm.
What comes and goes in waves meets a window that doubles with each wave.
"""

from typing import NamedTuple

BUSY = 0.75  # of the capacity: from here on more
CALM = 0.5  # of the capacity that would be left with one worker less: below it fewer
LONGEST = 8.0  # times the window of calm that is asked for
LOOK = 1.0  # seconds between two samples


class Sample(NamedTuple):
    """Since the last look: which share of their capacity the workers used (0 to 1), and how many connections wait for one."""

    busyness: float = 0.0
    waiting: int = 0


class Pace(NamedTuple):
    """What the past says: since when it is calm, how many windows that must last, and when a worker went last."""

    calm_since: float | None = None
    windows: float = 1.0
    went: float | None = None


def wish(slots: int, sample: Sample, now: float, pace: Pace, *, least: int, most: int, calm: float) -> tuple[int, Pace]:
    """How many workers from here on. `slots` are wanted by now, and all of them serve. `calm`: the window, in seconds."""
    if not least <= slots <= most:  # somebody asked for another number, or the range is another one since
        return min(max(slots, least), most), pace._replace(calm_since=None)
    if (sample.busyness >= BUSY or sample.waiting > 0) and slots < most:
        return min(most, slots + max(1, slots // 2)), _hurried(pace, now, calm)
    if slots == least or sample.waiting > 0 or sample.busyness * slots >= CALM * (slots - 1):
        return slots, _unchanged(pace, now, calm)
    if pace.calm_since is None:
        return slots, pace._replace(calm_since=now)
    if now - pace.calm_since < pace.windows * calm:
        return slots, pace
    return slots - 1, pace._replace(calm_since=now, went=now)


def _hurried(pace: Pace, now: float, calm: float) -> Pace:
    """More are needed. If one went lately it went too early: the next calm has to last longer."""
    early = pace.went is not None and now - pace.went < 2 * pace.windows * calm
    return Pace(windows=min(LONGEST, 2 * pace.windows) if early else pace.windows)


def _unchanged(pace: Pace, now: float, calm: float) -> Pace:
    """As it should be. When nobody has been missed for long, the window is the usual one again."""
    settled = pace.went is not None and now - pace.went >= 2 * LONGEST * calm
    return pace._replace(calm_since=None, windows=1.0 if settled else pace.windows)
