"""All that the master knows, as one record: what the control socket, --stats and --metrics tell, each in its own way."""

import os
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import adapter
from adapter.lifecycle.state import State
from adapter.lifecycle.status import status
from adapter.roles.master.board import Board
from adapter.scoreboard import told
from adapter.unix.listeners import Listener
from adapter.unix.queues import queue_of

_KEPT = 20


class Recent:
    """The last sentences of the master's log, for those who come to look afterwards."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, str, str]] = deque(maxlen=_KEPT)

    def note(self, level: str, sentence: str, fields: Mapping[str, object]) -> None:
        """It was said just now."""
        more = "".join(
            f" {name}={value:.3g}" if isinstance(value, float) else f" {name}={value}" for name, value in fields.items()
        )
        self._said.append((time.monotonic(), level, sentence + more))

    def told(self, now: float) -> list[dict[str, Any]]:
        """The oldest first."""
        return [{"seconds": round(now - when, 1), "level": level, "sentence": said} for when, level, said in self._said]

    def to_plain(self) -> list[list[Any]]:
        """For the carryover."""
        return [list(each) for each in self._said]

    def restore(self, plain: Iterable[Iterable[Any]]) -> None:
        """From the carryover."""
        self._said.extend((when, level, said) for when, level, said in plain)


def overview(
    state: State, board: Board, listeners: Iterable[tuple[Listener, str]], recent: Recent, directory: str
) -> dict[str, Any]:
    """The record, JSON-able."""
    now = time.monotonic()
    ledger = board.read()
    record = status(state, now)
    for each in record["workers"]:
        each.update(told.worker(ledger.record(each["id"]), time.monotonic_ns()))
    names = [each.address for each, _ in listeners]
    return {
        **record,
        "version": adapter.__version__,
        "pid": os.getpid(),
        "uid": os.getuid(),
        "gid": os.getgid(),
        "directory": directory,
        "listeners": names,
        "queues": [
            {"listener": each.address, "protocol": spoken, "waiting": queue.waiting, "most": queue.most}
            for each, spoken in listeners
            if (queue := queue_of(each.socket)) is not None
        ],
        **told.counted(ledger, state.slots),
        "events": recent.told(now),
    }
