"""Too many deaths in a window: wait (the idea and the word are Erlang/OTP supervisor's)."""


def remember(deaths: tuple[float, ...], now: float, window: float) -> tuple[float, ...]:
    """The deaths still inside the window, and the one that happened now."""
    return (*_recent(deaths, now, window), now)


def pause_until(deaths: tuple[float, ...], now: float, *, allowed: int, window: float) -> float | None:
    """The instant before which nobody should be started again; None when it may be at once."""
    recent = _recent(deaths, now, window)
    if len(recent) < allowed:
        return None
    return recent[-allowed] + window


def _recent(deaths: tuple[float, ...], now: float, window: float) -> list[float]:
    # Not `now - death < window`: at the very instant that `pause_until` named, rounding may leave that true, and the pause
    # would be renewed for no time at all, over and over.
    return [death for death in deaths if death + window > now]
