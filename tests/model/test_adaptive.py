"""The number of workers follows the load, at once upwards, slowly downwards, and never to and fro under a constant one."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.lifecycle.adaptive import LONGEST, LOOK, Pace, Sample, wish

WINDOW = 30.0

ranges = st.tuples(st.integers(1, 8), st.integers(0, 24)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def run(load, bounds, seconds, slots, pace=None, now=1000.0):
    """`load(now)`: work that comes, in workers' capacities. The numbers of workers, second by second."""
    least, most = bounds
    pace = pace or Pace()
    history = [slots]
    for _ in range(int(seconds / LOOK)):
        now += LOOK
        work = load(now)
        sample = Sample(min(1.0, work / slots), waiting=max(0, int(work - slots)))
        slots, pace = wish(slots, sample, now, pace, least=least, most=most, calm=WINDOW)
        history.append(slots)
    return history, pace


@settings(deadline=None)
@given(bounds=ranges, work=st.floats(0, 40), start=st.integers(1, 40))
def test_a_constant_load_comes_to_rest(bounds, work, start):
    """Once it has gone down it never goes up again, and in the end nothing changes any more; always within the range."""
    least, most = bounds
    history, _ = run(lambda _now: work, bounds, (most + 2) * (WINDOW + LOOK) + 60, min(max(start, least), most))
    steps = [after - before for before, after in pairwise(history)]
    downs = [at for at, step in enumerate(steps) if step < 0]

    assert all(least <= each <= most for each in history)
    assert not downs or all(step <= 0 for step in steps[downs[0] :]), history
    assert len(set(history[-int(WINDOW) :])) == 1, history


@settings(deadline=None)
@given(bounds=ranges, work=st.floats(0, 40))
def test_enough_and_not_too_many(bounds, work):
    """Where it comes to rest the work is done with room to spare, if the range allows; and one worker less would be too few."""
    least, most = bounds
    slots = run(lambda _now: work, bounds, (most + 2) * (WINDOW + LOOK) + 60, least)[0][-1]

    assert slots == most or work / slots < 0.75
    assert slots == least or work >= 0.5 * (slots - 1) - 1e-9


@settings(deadline=None)
@given(bounds=ranges, work=st.floats(0, 40))
def test_up_at_once(bounds, work):
    """From the least to enough for any load in a few looks, though it does not begin before there is need."""
    history, _ = run(lambda _now: work, bounds, 12, bounds[0])
    first = next((at for at, each in enumerate(history) if work / each < 0.75 or each == bounds[1]), None)

    assert first is not None
    assert first <= 10


@settings(deadline=None)
@given(work=st.lists(st.tuples(st.floats(0, 20), st.integers(1, 60)), min_size=1, max_size=20), bounds=ranges)
def test_never_down_within_a_window(work, bounds):
    """Whatever comes: between the last moment of need and the first worker that goes lies a whole window, and one goes at a time."""
    seconds = [load for load, length in work for _ in range(length)]
    history, _ = run(lambda now: seconds[int(now - 1001)], bounds, len(seconds), bounds[0])
    changed = [at for at in range(1, len(history)) if history[at] != history[at - 1]]
    for at in changed:
        if history[at] < history[at - 1]:
            assert history[at] == history[at - 1] - 1
            former = max((each for each in changed if each < at), default=0)
            assert (at - former) * LOOK >= WINDOW


def test_waves_lengthen_the_window():
    """A load that comes and goes in waves is followed less and less: workers stay for the next wave."""

    def waves(now):
        return 6.0 if int(now) % 80 < 10 else 0.0

    history, pace = run(waves, (1, 8), 3600, 1)
    half = len(history) // 2
    ups = [sum(1 for before, after in pairwise(part) if after > before) for part in (history[:half], history[half:])]

    assert pace.windows > 1
    assert ups[1] < ups[0], ups


def test_a_long_calm_forgets():
    """After a long time without need the window is the usual one again."""
    _, pace = run(lambda _now: 0.0, (2, 8), 20 * LONGEST * WINDOW, 8, Pace(windows=LONGEST))

    assert pace.windows == 1


def test_an_asked_number_out_of_range_is_led_back():
    """Somebody asked for more than the most, or the range is a new one: the next look leads back into it."""
    assert wish(20, Sample(), 1.0, Pace(), least=2, most=8, calm=WINDOW)[0] == 8
    assert wish(1, Sample(), 1.0, Pace(), least=2, most=8, calm=WINDOW)[0] == 2
