"""What the state machine needs to know of the settings."""

from adapter.config import kinds
from adapter.config.settings import Settings
from adapter.lifecycle.limits import USUAL, Limits


def limits_of(settings: Settings) -> Limits:
    """The numbers that a generation with these settings lives by."""
    answers, seconds = kinds.canary(settings.canary) if settings.canary else (0, 0.0)
    return Limits(
        workers=settings.workers,
        most=settings.workers_most or 0,
        calm=settings.workers_calm,
        cheap=settings.idle_cheap > 0,
        surge=settings.surge,
        drain=USUAL if settings.drain_timeout is None else settings.drain_timeout,
        fits=settings.drain_timeout is None,
        boot=settings.boot_timeout,
        lame_duck=settings.lame_duck,
        lazy=settings.lazy_apps,
        lifetime=settings.max_lifetime,
        lifetime_jitter=settings.max_lifetime_jitter,
        least_life=settings.min_lifetime,
        canary_answers=answers,
        canary_seconds=seconds,
        rollback=settings.rollback_window,
        probation=settings.probation,
        margin=settings.error_margin / 100,
    )
