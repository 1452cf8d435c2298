"""What each thread of a worker is doing: asked for, insisted on, told."""

from collections.abc import Callable, Iterable

from adapter.lifecycle.messages import TellStacks
from adapter.lifecycle.state import Worker
from adapter.log import Log
from adapter.roles.lastwords import Words
from adapter.roles.master.board import Board
from adapter.roles.master.crew import Crew
from adapter.unix import processes
from adapter.unix.witness import SHOW


class Stacks:
    """Of workers that live, and of those that are gone. `show` hands a worker's stacks to those who asked for them."""

    def __init__(self, log: Log, crew: Crew, board: Board, show: Callable[[int, dict[str, object]], None]) -> None:
        self._log = log
        self._show = show
        self._crew = crew
        self._board = board

    def ask(self, workers: Iterable[int]) -> None:
        """Have these workers, by id, tell theirs."""
        self._crew.tell(TellStacks(), workers)

    def insist(self, workers: Iterable[Worker]) -> None:
        """Have theirs told by their kernel."""
        for worker in workers:
            processes.kill(worker.pid, SHOW)

    def tell(self, workers: Iterable[Worker]) -> None:
        """Put what they told into the log, and hand it to who asked."""
        for worker in workers:
            self._show(worker.id, self._crew.of_workers.tell(self._log, worker))

    def last_words(self, worker: int) -> Words:
        """What there is to tell of a worker that is gone: by its stacks which request it was at, else by the scoreboard, not long before."""
        words = self._crew.of_workers.take(worker)
        return words if words.stack else Words(", ".join(each.line for each in self._board.read().record(worker).running))
