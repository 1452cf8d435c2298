"""Deadlines: few come due, most are put off, and an idle loop is not woken for those."""

from hypothesis import given
from hypothesis import strategies as st

from adapter.roles.serving.deadlines import NEVER, Alarm, Deadlines


def test_in_order_and_once():
    """Each comes due once, the earliest first."""
    called = []
    deadlines = Deadlines()
    for at in (3.0, 1.0, 2.0):
        deadlines.set(Alarm(lambda _, at=at: called.append(at)), at)
    for alarm in deadlines.due(2.5):
        alarm.expire(2.5)
    assert called == [1.0, 2.0]
    assert deadlines.next() == 3.0
    assert [*deadlines.due(2.9)] == []


def test_putting_off_costs_no_entry():
    """A deadline put off a thousand times has one entry."""
    deadlines, alarm = Deadlines(), Alarm(print)
    for at in range(1, 1000):
        deadlines.set(alarm, at)
    assert len(deadlines) == 1
    assert [*deadlines.due(998.5)] == []
    assert [*deadlines.due(999)] == [alarm]


def test_never_wakes_nobody():
    """What was put off for ever, or forgotten, is no reason to wake up."""
    deadlines, alarm, gone = Deadlines(), Alarm(print), Alarm(print)
    deadlines.set(alarm, 1.0)
    deadlines.set(gone, 2.0)
    deadlines.set(alarm, NEVER)
    deadlines.forget(gone)
    assert deadlines.next() == NEVER
    deadlines.set(alarm, 3.0)
    assert deadlines.next() == 3.0


def test_the_forgotten_are_not_kept():
    """Many short-lived things with long deadlines do not pile up."""
    deadlines = Deadlines()
    for number in range(100_000):
        alarm = Alarm(print)
        deadlines.set(alarm, 75.0 + number)
        deadlines.forget(alarm)
    assert len(deadlines) < 5000


@given(st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 50))), max_size=60))
def test_as_a_plain_table_would(steps):
    """Whatever is set, put off, brought forward or forgotten in whatever order: due is what a plain table says is due."""
    deadlines, table = Deadlines(), {}
    alarms = [Alarm(print) for _ in range(6)]
    for now, (which, at) in enumerate(steps):
        if at is None:
            deadlines.forget(alarms[which])
            table.pop(which, None)
        else:
            deadlines.set(alarms[which], now + at)
            table[which] = now + at
        assert deadlines.next() <= min(table.values(), default=NEVER)
        due = {alarms.index(alarm) for alarm in deadlines.due(now)}
        assert due == {each for each, when in table.items() if when <= now}
        for each in due:
            del table[each]
