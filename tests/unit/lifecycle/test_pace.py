"""When calls are handed on to other threads, and for how long."""

from adapter.lifecycle.pace import SLOW, SURELY, TICK, Pace, held_up, kept_from_processor, surely_slow


def _no() -> bool:
    return False


def test_a_call_that_waits_for_something_holds_the_leader_up():
    """When the one who asks had not to wait for the interpreter: then the leader is not working."""
    assert held_up(10.0, 10.0 + SLOW, late=0.0, kept=_no)
    assert not held_up(10.0, 10.0 + SLOW / 2, late=0.0, kept=_no)


def test_a_busy_machine_is_not_a_slow_call():
    """One who wakes up late cannot tell a leader at work from one that the processor was taken from; but not for ever."""
    assert not held_up(10.0, 10.0 + SLOW * 2, late=0.004, kept=_no)
    assert held_up(10.0, 10.1, late=0.004, kept=_no)


def test_who_has_no_processor_is_not_held_up():
    """Where others take the leader's processor, another thread of ours would get no more of it; but not for ever."""
    assert not held_up(10.0, 10.0 + SLOW, late=0.0, kept=lambda: True)
    assert held_up(10.0, 10.0 + SURELY, late=0.0, kept=lambda: True)


def test_who_computes_without_the_interpreter_has_a_processor():
    """It leaves the interpreter to others, so that they are better handed to them; who is ready to run and does not is kept from it."""
    assert not kept_from_processor(TICK)
    assert kept_from_processor(TICK / 2)


def test_each_time_longer():
    """Slow calls again and again are handed on for longer each time, up to two seconds."""
    pace, now, spans = Pace(), 100.0, []
    for _ in range(9):
        pace = pace.handing_on(now)
        spans.append(round(pace.until - now, 3))
        now = pace.until
        pace = pace.quick(now)
        now += 0.01
    assert spans == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]


def test_no_need_to_try():
    """While calls that were handed on prove slow, the quick way is not tried: each puts that off by the whole while, none shortens it."""
    pace = Pace().handing_on(100.0)
    assert round(pace.slow(100.04).until, 3) == 100.09
    assert pace.slow(99.0).until == pace.until


def test_a_slow_call_that_still_runs():
    """It tells of others like it, until it may as well be a stream; one that waits for a thread tells nothing."""
    assert not surely_slow(100.0, 100.0 + SURELY / 2)
    assert surely_slow(100.0, 100.1)
    assert not surely_slow(100.0, 101.0)
    assert not surely_slow(0.0, 100.0)


def test_a_rare_slow_call_is_forgotten():
    """After a while of quick calls the next slow one counts as the first."""
    pace = Pace().handing_on(100.0).quick(100.05).handing_on(100.06).quick(100.2)
    assert round(pace.handing_on(101.0).until - 101.0, 3) == 0.05
