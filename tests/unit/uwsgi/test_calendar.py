"""A cron job's times, as uWSGI reads them."""

import pytest

from adapter.uwsgi.calendar import Times

NOW = (30, 12, 25, 11, 3)  # 12:30 on Wednesday, November 25

DUE = [
    Times(),
    Times(30),
    Times(30, 12, 25, 11, 3),
    Times(minute=-5),
    Times(minute=-30, hour=-6),
    Times(weekday=3),
    Times(day=25, weekday=0),
    Times(day=1, weekday=3),
    Times(day=-5),
]
NOT_DUE = [
    Times(29),
    Times(minute=-7),
    Times(hour=13),
    Times(month=12),
    Times(day=24),
    Times(weekday=7),
    Times(weekday=0),
    Times(day=1, weekday=0),
    Times(29, day=25, weekday=3),
    Times(day=-7),
]


@pytest.mark.parametrize("times", DUE, ids=str)
def test_due(times):
    """-1 is any, -N every N; a day and a weekday together are either."""
    assert times.due(*NOW)


@pytest.mark.parametrize("times", NOT_DUE, ids=str)
def test_not_due(times):
    """All the rest has to fit."""
    assert not times.due(*NOW)


@pytest.mark.parametrize("sunday", [0, 7])
def test_sunday_has_two_numbers(sunday):
    """0 and 7 are the same day."""
    assert Times(weekday=sunday).due(0, 0, 1, 1, 0)
