"""Workers without a master: which are killed, and when."""

from adapter.lifecycle.orphans import Orphans

ORPHANS = Orphans.of(threads=4, drain=8)


def after(seconds):
    """Those who have waited so long."""
    return ORPHANS.after(seconds, seconds)


def test_who_has_heard_has_its_time():
    """Within the drain deadline nobody is killed who has said that it heard."""
    assert after(0.1).condemned({1: True, 2: False}) == [2]
    assert after(8.9).condemned({1: True}) == []


def test_each_has_the_time_to_hear():
    """At first nobody is killed: the more threads there are, the longer it may take to get the interpreter's lock."""
    assert ORPHANS.condemned({1: False}) == []
    assert after(0.06).condemned({1: False}) == []
    assert Orphans.of(threads=32, drain=8).after(0.1, 0.1).condemned({1: False}) == []


def test_nobody_outlives_the_deadline():
    """After it, and a second in which a worker leaves by itself, whoever is left is killed."""
    assert after(9.0).condemned({1: True, 2: True}) == [1, 2]
    assert after(9.0).over


def test_the_patience_lasts_longer_on_a_busy_machine():
    """What a wait takes longer than was meant does not count, nor what it was cut short by."""
    assert ORPHANS.after(5.0, 0.01).condemned({1: False}) == []
    assert ORPHANS.after(0.002, 0.01).waited == 0.002


def test_how_long_to_wait():
    """Briefly, while it is not known of all whether they hear; then long, but for the deadline."""
    assert ORPHANS.wait({1: True, 2: False}) < 0.02
    assert ORPHANS.wait({1: True}) == 1.0
    assert 0 < after(8.9).wait({1: True}) < 0.2
    assert after(9.0).wait({1: True}) == 0.0
