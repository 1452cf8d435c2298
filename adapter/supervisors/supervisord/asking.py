"""Things that one asks of an instance and waits for the end of, each looked at whenever supervisord's loop comes round: never waiting.

Each is a `Task`: `advance()` goes as far as it can now, `outcome` is there when it has ended.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from supervisor.states import ProcessStates, getProcessStateDescription

from adapter.exits import Fatal
from adapter.supervisors.supervisord.exchange import Exchange
from adapter.supervisors.supervisord.outcome import Outcome, of_drain, of_status, refused, standing

PROMPT = 10.0  # seconds a master may take to answer what it answers at once
_RUN = (ProcessStates.RUNNING, ProcessStates.STARTING)
_OVER = (ProcessStates.FATAL, ProcessStates.STOPPED, ProcessStates.UNKNOWN)
_BY_SIGNAL = -1  # supervisord's exit status of such an end
_AGAIN = 0.1  # seconds between two looks at a status that is not as it should be yet

Record = Mapping[str, Any]


class Task(Protocol):
    """One thing that was asked of one process."""

    outcome: Outcome | None

    def advance(self) -> None:
        """As far as it goes now."""


class Refused:
    """It cannot even be asked; one sentence says why."""

    def __init__(self, sentence: str) -> None:
        self.outcome: Outcome | None = Outcome(ok=False, sentence=sentence)

    def advance(self) -> None:
        """It has ended."""


class Once:
    """A question, and its answer, which `told` puts into words."""

    def __init__(self, exchange: Exchange, question: dict[str, object], told: Callable[[Record], Outcome]) -> None:
        self.outcome: Outcome | None = None
        self._exchange = exchange
        self._told = told
        exchange.ask(question)

    def advance(self) -> None:
        """Has it answered?"""
        if self._exchange.answer is not None:
            self.outcome = self._told(self._exchange.answer)
            self._exchange.close()
        elif not self._exchange.open:
            self.outcome = Outcome(ok=False, sentence=self._exchange.lost)


class Until:
    """A question, if any, and then a status until `held` holds for it, at most `seconds` long.

    `reach` makes the exchange. It is made again while the instance does not listen yet, until supervisord has given the process up.
    """

    def __init__(
        self,
        process: Any,
        reach: Callable[[float], Exchange],
        seconds: float,
        held: Callable[[Record], bool],
        question: dict[str, object] | None = None,
    ) -> None:
        self.outcome: Outcome | None = None
        self._process = process
        self._reach = reach
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self._held = held
        self._question = question
        self._exchange: Exchange | None = None
        self._asked = 0.0
        self._why = "it does not run"

    def advance(self) -> None:
        """One question further, or one look."""
        now = time.monotonic()
        if now >= self._until:
            self._finish(Outcome(ok=False, sentence=f"not so after {self._seconds:g} s: {self._why}"))
        elif self._process.get_state() in _OVER:
            state = getProcessStateDescription(self._process.get_state())
            self._finish(Outcome(ok=False, sentence=f"supervisord does not start it any more ({state}); see its log"))
        elif self._exchange is None or not self._exchange.open:
            self._begin(now)
        elif self._exchange.answer is not None:
            self._hear(self._exchange, self._exchange.answer, now)

    def _begin(self, now: float) -> None:
        if self._exchange is not None:
            self._why = self._exchange.lost
        try:
            self._exchange = self._reach(self._until - now)
        except Fatal as error:
            self._why = error.sentence
            if self._question is not None:
                self._finish(Outcome(ok=False, sentence=self._why))  # an order is for whoever runs now
            return
        self._exchange.ask(self._question or {"command": "status"})

    def _hear(self, exchange: Exchange, answer: Record, now: float) -> None:
        record = answer.get("status")
        if not answer.get("ok"):
            self._finish(refused("refused", answer))
        elif not isinstance(record, dict):  # the order was heard
            self._question = None
            exchange.ask({"command": "status"})
        elif self._held(record):
            self._finish(of_status(record))
        else:
            self._why = standing(record)
            if now - self._asked >= _AGAIN:
                self._asked = now
                exchange.ask({"command": "status"})

    def _finish(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if self._exchange is not None:
            self._exchange.close()


class Drain:
    """A stop by supervisord itself, so that it starts nothing anew, and what the instance says of how it went."""

    def __init__(self, process: Any, exchange: Exchange) -> None:
        self.outcome: Outcome | None = None
        self._process = process
        self._exchange = exchange
        self._begun = time.monotonic()
        self._pid = process.pid
        exchange.ask({"command": "stop", "wait": True, "progress": True})
        said = process.stop()
        if said is not None:
            self.outcome = Outcome(ok=False, sentence=f"supervisord cannot stop it: {said}")
            exchange.close()

    def advance(self) -> None:
        """Is it gone?"""
        self._process.stop_report()
        if self._process.pid == self._pid:
            return
        seconds = round(time.monotonic() - self._begun, 3)
        patience = float(self._process.config.stopwaitsecs)
        by_signal = self._process.exitstatus == _BY_SIGNAL
        self.outcome = of_drain(
            self._exchange.answer, self._exchange.heard, by_signal=by_signal, patience=patience, seconds=seconds
        )
        self._exchange.close()


def runs(process: Any) -> bool:
    """Is there a process to ask?"""
    return process.get_state() in _RUN and bool(process.pid)
