"""Which share of its capacity a worker used between two of its records."""

from adapter.scoreboard.figures import Record


def busyness(before: Record, after: Record, seconds: float) -> float:
    """From 0 to 1: of the time its threads have, or of the one processor that the interpreter's lock leaves it, whichever is
    scarcer. `seconds` lie between the records; a request that is still running counts for its part of them.
    """
    if seconds <= 0 or not after.now.threads:
        return 0.0
    ended = (after.counters.running - before.counters.running) / 1e6
    running = [min(seconds, max(after.now.written - each.began, 0) / 1e9) for each in after.running]
    more = max(after.now.busy - len(running), 0) * seconds  # requests that had no room in the record
    threads = (ended + sum(running) + more) / (seconds * after.now.threads)
    processor = (after.counters.processor - before.counters.processor) / 1e6 / seconds
    return min(1.0, max(threads, processor, 0.0))
