"""Workers without a master: which are killed, and when."""

from adapter.lifecycle.orphans import Orphan, Orphans, had

ORPHANS = Orphans.of(threads=4, drain=8)
FREE, LATE = Orphan(free=True), Orphan(had=0.1)


def after(seconds):
    """Those who have waited so long."""
    return ORPHANS.after(seconds, seconds)


def test_who_has_let_go_has_its_time():
    """Within the drain deadline nobody is killed who has said that it let go, however late it did."""
    assert after(0.1).condemned({1: FREE, 2: LATE}) == [2]
    assert after(8.9).condemned({1: FREE, 2: LATE._replace(free=True)}) == []


def test_each_has_the_time_to_hear():
    """At first nobody is killed: the more threads there are, the longer it may take to get the interpreter's lock."""
    assert ORPHANS.condemned({1: Orphan()}) == []
    assert after(0.06).condemned({1: Orphan(had=0.04)}) == []
    assert after(0.06).condemned({1: Orphan(had=0.06)}) == [1]
    assert Orphans.of(threads=32, drain=8).condemned({1: LATE}) == []


def test_nobody_outlives_the_deadline():
    """After it, and a second in which a worker leaves by itself, whoever is left is killed."""
    assert after(9.0).condemned({1: FREE, 2: Orphan()}) == [1, 2]
    assert after(9.0).over


def test_to_wait_for_a_processor_is_not_to_be_stuck():
    """Who wants to run has had only what it ran. Who sleeps has had our time, but not what we were late by ourselves."""
    assert had(0.1, 0.002, ran=0.001, waits=True) == 0.001
    assert had(0.002, 0.002, ran=0.004, waits=True) == 0.002  # on two processors, in C
    assert had(0.1, 0.002, ran=0.0, waits=False) == 0.002
    assert had(0.001, 0.002, ran=0.0, waits=False) == 0.001


def test_the_deadline_comes_later_on_a_busy_machine():
    """What a wait takes longer than was meant does not count, nor what it was cut short by."""
    assert ORPHANS.after(5.0, 0.01).waited == 0.01
    assert ORPHANS.after(0.002, 0.01).waited == 0.002


def test_how_long_to_wait():
    """Briefly, while it is not known of all whether they have let go; then long, but for the deadline."""
    assert ORPHANS.wait({1: FREE, 2: Orphan()}) < 0.02
    assert ORPHANS.wait({1: FREE}) == 1.0
    assert 0 < after(8.9).wait({1: FREE}) < 0.2
    assert after(9.0).wait({1: FREE}) == 0.0
