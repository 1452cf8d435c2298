"""Looks how busy the workers are, once a second, while their number follows the load; else never."""

import time

from adapter.lifecycle.adaptive import LOOK
from adapter.lifecycle.events import Event, Measured
from adapter.lifecycle.state import Stage, State
from adapter.roles.master.board import Board
from adapter.roles.master.listening import Listeners
from adapter.scoreboard.busyness import busyness
from adapter.scoreboard.figures import Record
from adapter.unix.queues import queue_of


class Gauge:
    """What the scoreboard said at the last look, and when the next one is due."""

    def __init__(self, board: Board, listeners: Listeners) -> None:
        self._board = board
        self._listeners = listeners
        self._before: dict[int, Record] = {}
        self._looked = 0.0
        self.deadline: float | None = None

    def follow(self, state: State) -> None:
        """Look, or do not, as this state asks for."""
        if not state.limits.most or state.asleep or state.leaving is not None or state.change is not None:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = time.monotonic() + LOOK
            self._before, self._looked = {}, 0.0

    def look(self, now: float, state: State) -> list[Event]:
        """A sample, if one is due. Of a worker that was not there at the last look nothing is known yet."""
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = now + LOOK
        ledger = self._board.read()
        serving = [each.id for each in state.workers if each.stage is Stage.READY]
        records = {worker: ledger.record(worker) for worker in serving}
        shares = [
            busyness(self._before[worker], record, now - self._looked)
            for worker, record in records.items()
            if worker in self._before
        ]
        self._before, self._looked = records, now
        queues = [queue_of(listener.socket) for listener, _ in self._listeners.all()]
        waiting = sum(each.waiting for each in queues if each is not None)
        return [Measured(sum(shares) / len(shares), waiting)] if shares else []
