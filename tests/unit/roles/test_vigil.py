"""The timer that runs out when a call keeps everybody from running, and never else."""

from time import monotonic

from adapter.roles.serving.tasks import Task
from adapter.roles.serving.threads import GO_ON, Threads
from adapter.roles.worker.vigil import Vigil


class Timer:
    """Remembers how it was set last; None: not at all."""

    def __init__(self):
        self.last = None
        self.times = 0

    def set(self, seconds):
        self.last = seconds
        self.times += 1


class Call(Task):
    """Looks at the timer while it runs."""

    def __init__(self, timer):
        super().__init__()
        self._timer = timer
        self.seen = None

    def run(self):
        self.seen = self._timer.last

    def done(self, now):
        pass


def kept(seconds=10.0):
    """A worker's threads, and its timer."""
    threads, timer = Threads(1, lambda call: call(monotonic()), lambda: GO_ON, lambda now: None), Timer()
    return threads, timer, Vigil(threads, timer, lambda: bool(threads.tasks), lambda: seconds)


def test_it_is_set_before_the_call():
    """By the very first, also when calls are handed on: nobody may run until its end."""
    for handing_on in (False, True):
        threads, timer, _ = kept()
        threads.handing_on = handing_on
        threads.pending.append(call := Call(timer))
        threads.go_on(1.0)
        assert timer.last == 10.5
        assert call.seen == (None if handing_on else 10.5)


def test_it_costs_calls_nothing():
    """While it is set, neither more calls nor a look a moment later set it again."""
    threads, timer, vigil = kept()
    for _ in range(100):
        threads.pending.append(Call(timer))
        threads.go_on(1.0)
    vigil.mind()
    threads.handing_on = True
    threads.pending.append(Call(timer))
    threads.go_on(1.0)
    vigil.mind()
    assert timer.times == 2 + 1  # set, taken back by the look, set


def test_it_is_put_off_while_calls_run():
    """Whoever looks shows that we can run."""
    threads, timer, vigil = kept(seconds=0.0)
    threads.handing_on = True
    threads.pending.append(Call(timer))
    threads.go_on(1.0)
    vigil.mind()
    assert (timer.times, timer.last) == (2, 0.5)


def test_it_is_taken_back_at_rest():
    """A worker that has nothing to do wakes nobody up."""
    threads, timer, _ = kept()
    threads.pending.append(Call(timer))
    threads.go_on(1.0)
    threads.rests()
    assert timer.last == 0
    assert threads.unwatched


def test_a_call_that_begins_while_it_is_taken_back_is_watched():
    """Who takes it back looks once more."""
    threads, timer, vigil = kept()
    vigil.begin()
    taken_back = timer.set

    def meanwhile(seconds):
        taken_back(seconds)
        if seconds == 0:
            threads._own = Call(timer)

    timer.set = meanwhile
    vigil.mind()
    assert timer.last == 10.5
    assert not threads.unwatched
