"""The numbers a generation lives by."""

from dataclasses import dataclass

# Room between a worker's own drain deadline and our KILL: it reports the stuck request and leaves by itself first.
MERCY = 1.0
# What a worker has to show its stack after the drain deadline, before the KILL: writing a few kilobytes.
LAST_WORD = 0.5
# An idle keep-alive connection may bring one more request during a final drain: longer gains nothing, the client is idle.
FINAL_LINGER = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many, and how long (seconds)."""

    workers: int = 1
    surge: int = 1
    drain: float = 8.0
    boot: float = 60.0
    lazy: bool = False
    deaths: int = 5  # unasked deaths allowed within `window`; past it, forks wait until the window has moved on
    window: float = 10.0

    def linger(self, *, final: bool, seconds: float) -> float:
        """How long an idle connection is kept for one more request: briefly when we stop, most of the drain when others serve on,
        but not all of it, since that request wants its time too.
        """
        return min(FINAL_LINGER, seconds / 4) if final else max(seconds - FINAL_LINGER, seconds / 2)
