"""Who leads, where the schedule that matters can be made by hand (tests/model/test_leading.py has them all)."""

from adapter.roles.serving.tasks import Task
from adapter.roles.serving.threads import GO_ON, Threads


class LedMeanwhile(Task):
    """A call during which somebody else takes the lead, and lays it down again."""

    def __init__(self, threads):
        super().__init__()
        self._threads = threads
        self.told = 0

    def run(self):
        assert self._threads._take_lead()
        self._threads._lay_down()

    def done(self, now):
        self.told += 1


def test_who_was_relieved_stays_so():
    """Whose call outlasts the lead of another does not lead on with what it once polled; its call is told over, once, and forgotten."""
    posted = []
    threads = Threads(2, posted.append, lambda: GO_ON, lambda now: None)
    task = LedMeanwhile(threads)
    threads.pending.append(task)

    assert threads.go_on(1.0) == 0.0
    assert len(threads._box) == 1
    assert threads.busy == 1
    assert threads._take_lead()
    [call] = posted
    call(2.0)
    assert (task.told, threads.busy) == (1, 0)
