"""When jobs are due; `rest` stands for waiting, and says that the worker drains."""

import time

from adapter.uwsgi.calendar import Times
from adapter.uwsgi.jobs import at, changed, every


def resting(times):
    """Rests so many times without waiting, then the worker drains; and the seconds it was asked to rest."""
    asked = []

    def rest(seconds):
        asked.append(seconds)
        return len(asked) > times

    return rest, asked


def test_every():
    """Due after each rest, which is never longer than the period; it ends when the worker drains."""
    rest, asked = resting(5)

    assert sum(1 for _ in every(10.0)(rest)) == 5
    assert all(0 <= seconds <= 10.0 * (number + 1) for number, seconds in enumerate(asked))
    assert 9.9 < asked[0] <= 10.0


def test_one_that_takes_longer_is_not_made_up_for():
    """After a job that took many periods the next one comes at once, and then at the usual pace."""
    rest, asked = resting(3)
    due = every(0.01)(rest)
    next(due)
    time.sleep(0.05)  # the job itself: there is no other clock to turn
    next(due)
    next(due)

    assert asked[1] <= 0
    assert 0 < asked[2] <= 0.01


def test_at():
    """A cron job rests until the next minute begins, and is due when that minute fits."""
    rest, asked = resting(4)

    assert sum(1 for _ in at(Times())(rest)) == 4
    assert all(0 < seconds <= 60 for seconds in asked)
    assert list(at(Times(month=13))(resting(4)[0])) == []


def test_changed(tmp_path):
    """Due when something happens to the file, or to anything in the directory; its neighbours do not matter, nor a worker that drains."""
    for path, happened in ((tmp_path / "watched", "watched"), (tmp_path, "any")):
        rest = iter([False] * 3)

        def step(_seconds, rest=rest, happened=happened):
            (tmp_path / "neighbour").write_text("x")
            (tmp_path / happened).write_text("x")
            return next(rest, True)

        assert sum(1 for _ in changed(str(path))(step)) == 3

    assert list(changed(str(tmp_path / "watched"))(lambda _seconds: True)) == []
