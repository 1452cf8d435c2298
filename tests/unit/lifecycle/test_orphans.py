"""Workers without a master: which are killed, and when."""

from adapter.lifecycle.orphans import Orphan, Orphans, had

ORPHANS = Orphans.of(threads=4, drain=8)
FREE, LATE = Orphan(free=True), Orphan(had=0.5)


def after(seconds):
    """Those who have waited so long."""
    return ORPHANS.after(seconds, seconds)


def test_who_has_let_go_has_its_time():
    """Within the drain deadline nobody is killed who has said that it let go, however late it did."""
    assert after(0.5).condemned({1: FREE, 2: LATE}) == [2]
    assert after(8.9).condemned({1: FREE, 2: LATE._replace(free=True)}) == []


def silent(orphan, seconds, *, runs=lambda now: {}):
    """That one after so long, looked at every 2 ms; `runs` says how long each of its threads has run by then."""
    for look in range(1, round(seconds * 500) + 1):
        orphan = orphan.after(0.002, {1: 0.0, 2: 0.0, 3: 0.0} | runs(look * 0.002))
    return orphan


def test_each_has_the_time_to_hear():
    """At first nobody is killed, whoever runs: the one that hears needs the interpreter's lock several times."""
    assert ORPHANS.condemned({1: Orphan()}) == []
    assert ORPHANS.condemned({1: silent(Orphan(), 0.048)}) == []
    assert ORPHANS.condemned({1: silent(Orphan(), 0.048, runs=lambda now: {2: now})}) == []


def test_who_keeps_the_lock_is_killed_soon():
    """One thread runs, or none does, and the others only wake up briefly to ask for the lock: nobody hears anything there."""
    assert ORPHANS.condemned({1: silent(Orphan(), 0.052)}) == [1]
    assert ORPHANS.condemned({1: silent(Orphan(), 0.052, runs=lambda now: {1: now, 2: now / 100, 3: now / 100})}) == [1]


def turns(now):
    """Three threads that compute for 6 ms each in turn."""
    rounds, rest = divmod(now, 0.018)
    return {each: rounds * 0.006 + min(max(rest - (each - 1) * 0.006, 0.0), 0.006) for each in (1, 2, 3)}


def test_who_hands_the_lock_round_is_waited_for():
    """Threads that compute are not stuck, and the one that hears comes to its turns: the more there are, the later."""
    assert ORPHANS.condemned({1: silent(Orphan(), 0.44, runs=turns)}) == []
    assert ORPHANS.condemned({1: silent(Orphan(), 0.46, runs=turns)}) == [1]
    assert Orphans.of(threads=32, drain=8).condemned({1: silent(Orphan(), 0.46, runs=turns)}) == []


def test_who_stops_handing_it_round_is_killed_soon():
    """Silence counts from the last time that the lock went round."""
    orphan = silent(Orphan(), 0.1, runs=turns)
    assert ORPHANS.condemned({1: silent(orphan, 0.04, runs=lambda now: turns(0.1))}) == []
    assert ORPHANS.condemned({1: silent(orphan, 0.06, runs=lambda now: turns(0.1))}) == [1]


def test_a_kernel_that_does_not_tell():
    """Where it is not known which thread runs, it may be that the lock goes round."""
    orphan = Orphan(ran={1: 1.0})
    for _ in range(100):
        orphan = orphan.after(0.004, {})
    assert ORPHANS.condemned({1: orphan}) == []
    assert ORPHANS.condemned({1: orphan.after(0.06, {})}) == [1]


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
