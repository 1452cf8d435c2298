"""The master's end of the scoreboard: gives each worker a cell, reads them, and keeps the account of the living and the dead."""

import os
from collections.abc import Collection
from typing import Any

from adapter.log import Log
from adapter.scoreboard import cells
from adapter.scoreboard.ledger import Ledger
from adapter.unix import sharedcells

NOWHERE = -1
"""The cell of a worker that has none: it counts for nobody."""


class Board:
    """One for the server's whole life: carried over, it grows with the number of workers. Without memory for it we serve all the same."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._fd = -1
        self._cells: dict[int, int] = {}  # by worker
        self._ledger = Ledger()

    def cell_for(self, worker: int, slot: int) -> tuple[int, list[int]]:
        """A cell for a worker that is about to be, and the descriptor to write it by; NOWHERE and none when there can be none."""
        self._ledger.opened(worker, slot)
        taken = set(self._cells.values())
        cell = next(each for each in range(len(taken) + 1) if each not in taken)
        try:
            if self._fd < 0:
                self._fd = sharedcells.create(cells.header())
            sharedcells.clear(self._fd, cells.offset(cell), cells.SIZE)
        except OSError as error:
            self._log.warning("no place on the scoreboard: a worker's numbers are lost", worker=worker, reason=error.strerror)
            return NOWHERE, []
        self._cells[worker] = cell
        return cell, [self._fd]

    def keep_only(self, workers: Collection[int]) -> None:
        """The others are gone: what they had counted stays."""
        for worker in set(self._ledger.workers).difference(workers):
            self._read(worker)
            self._cells.pop(worker, None)
            self._ledger.closed(worker)

    def read(self) -> Ledger:
        """The account, with what everybody says by now."""
        for worker in self._cells:
            self._read(worker)
        return self._ledger

    def _read(self, worker: int) -> None:
        if (cell := self._cells.get(worker)) is None:
            return
        try:
            found = cells.read(sharedcells.read(self._fd, cells.offset(cell), cells.SIZE))
        except OSError:
            return
        if found is not None:
            self._ledger.heard(worker, *found)

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {"fd": self._fd, "cells": self._cells, "ledger": self._ledger.to_plain()}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover. A scoreboard of a layout that we do not know is left to those who write it: a new one begins."""
        self._ledger = Ledger.from_plain(plain.get("ledger", {}))
        fd = plain.get("fd", NOWHERE)
        if fd < 0:
            return
        os.set_inheritable(fd, False)
        shape = cells.shape(sharedcells.read(fd, 0, cells.SIZE))
        if shape != cells.Shape(cells.VERSION, cells.SIZE):
            os.close(fd)
            self._log.warning("a scoreboard of another version: the numbers of older workers are lost from here on")
            return
        self._fd = fd
        self._cells = {int(worker): cell for worker, cell in plain.get("cells", {}).items()}

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [self._fd] if self._fd >= 0 else []
