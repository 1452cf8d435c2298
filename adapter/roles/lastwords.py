"""What the master's children leave behind: who was at which request, and the stacks they showed."""

import os
import re
from collections.abc import Collection
from typing import Any, NamedTuple

from adapter.lifecycle.state import Worker
from adapter.log import Log
from adapter.unix.witness import Witness

_FATAL = re.compile(r"Fatal Python error: ")
_CURRENT = re.compile(r"^Current thread 0x([0-9a-f]+)", re.MULTILINE)
_MANY = 3  # requests in one line of the log


class Words(NamedTuple):
    """The requests that were in progress (one, if the stack says which thread died), for people; and the stacks."""

    request: str = ""
    stack: str = ""


class LastWords:
    """The witnesses of one kind of child, by its number."""

    def __init__(self) -> None:
        self._witnesses: dict[int, Witness] = {}

    def open(self, number: int) -> int:
        """A witness for a child to be; the descriptor it must be given. Raises OSError."""
        self._witnesses[number] = witness = Witness.create()
        return witness.fd

    def take(self, number: int) -> Words:
        """What there is to tell of this child; stacks are told once."""
        witness = self._witnesses.get(number)
        if witness is None:
            return Words()
        stack = witness.take_stacks()
        requests = witness.requests()
        died = _CURRENT.search(stack) if _FATAL.match(stack) else None
        if died is not None and (own := requests.get(int(died[1], 16))):
            return Words(own, stack)
        more = [f"and {len(requests) - _MANY} more"] if len(requests) > _MANY else []
        return Words(", ".join([*list(requests.values())[:_MANY], *more]), stack)

    def tell(self, log: Log, worker: Worker) -> None:
        """Put the stacks that this worker was asked for into the log."""
        request, stack = self.take(worker.id)
        fields = {"worker": worker.id, "slot": worker.slot, "generation": worker.generation, "pid": worker.pid}
        if not stack:
            log.warning("it shows no stack: it is stopped, waits for a disk, or took our signal for another use", **fields)
            return
        log.info("traceback", **({"request": request} if request else {}), **fields)
        log.block(stack)

    def keep_only(self, numbers: Collection[int]) -> None:
        """Forget those who are no more."""
        for number in set(self._witnesses) - set(numbers):
            self._witnesses.pop(number).close()

    def to_plain(self) -> dict[int, int]:
        """For the carryover."""
        return {number: witness.fd for number, witness in self._witnesses.items()}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        for number, fd in plain.items():
            os.set_inheritable(fd, False)
            self._witnesses[int(number)] = Witness(fd)

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [witness.fd for witness in self._witnesses.values()]
