"""When calls are handed on to other threads, and for how long."""

from adapter.lifecycle.pace import MOMENT, QUICK, SLOW, SURELY, Pace, held_up


def test_a_call_that_waits_for_something_holds_the_leader_up():
    """When the one who asks had not to wait for the interpreter: then the leader is not working."""
    assert held_up(10.0, 10.0 + SLOW, late=0.0)
    assert not held_up(10.0, 10.0 + SLOW / 2, late=0.0)


def test_after_a_slow_one_a_moment_is_enough():
    """Who is wary takes a call for slow that quick ones end before."""
    assert held_up(10.0, 10.0 + MOMENT * 1.1, late=0.0, wary=True)
    assert not held_up(10.0, 10.0 + MOMENT / 2, late=0.0, wary=True)


def test_a_busy_machine_is_not_a_slow_call():
    """One who wakes up late cannot tell a leader at work from one that the processor was taken from; but not for ever."""
    for wary in (False, True):
        assert not held_up(10.0, 10.0 + SLOW * 2, late=0.004, wary=wary)
        assert held_up(10.0, 10.1, late=0.004, wary=wary)


def test_no_need_to_try():
    """While calls that were handed on prove slow, the quick way is not tried: each puts that off, none shortens it."""
    pace = Pace().handing_on(100.0)
    assert round(pace.until, 3) == 100.05
    assert round(pace.back(100.0, 100.04).until, 3) == 100.09
    assert pace.back(98.0, 99.0).until == pace.until


def test_one_quick_call_ends_it():
    """One that was handed on and was back at once says that the leader had better run the next one itself; one in between says nothing."""
    pace = Pace().handing_on(100.0)
    assert pace.back(100.02, 100.02 + QUICK / 2).until < 100.03
    assert pace.back(100.02, 100.02 + SURELY / 2) == pace


def test_wary_until_there_was_no_slow_one_for_a_while():
    """Each slow call makes us wary anew, whoever ran it; quick ones do not."""
    assert Pace().wary == 0.0
    wary = Pace().handing_on(100.0)
    assert wary.wary == wary.held(100.0).wary == 102.0
    assert wary.held(101.0).wary == 103.0
    assert wary.back(101.0, 101.1).wary == 103.1
    assert wary.back(101.0, 101.0001).wary == 102.0
