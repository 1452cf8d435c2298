"""What the master's children leave behind: who was at which request, and the stacks they showed."""

import os
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from adapter.lifecycle.state import Worker
from adapter.log import Log
from adapter.unix.witness import Witness

_OWN_DOING = re.compile(r"Fatal Python error: (?!Aborted)")  # a thread may abort itself, and we abort who does not leave
_THREAD = re.compile(r"^(Current t|T)hread 0x([0-9a-f]+)[^\n]*\n((?:  [^\n]*\n?)*)", re.MULTILINE)
_CALL = '/adapter/roles/serving/showing.py", line '
_NOTHING = "it shows no stack: it is stopped, waits for a disk, or took our signal for another use"
_MANY = 3  # requests in one line of the log


class Words(NamedTuple):
    """The request that was the death of a worker, or those it was at, for people; and the stacks."""

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
        return Words(_requests(stack, witness.requests()) if stack else "", stack)

    def tell(self, log: Log, worker: Worker) -> dict[str, object]:
        """Put the stacks that this worker was asked for into the log; and the same as a record."""
        request, stack = self.take(worker.id)
        fields = {"worker": worker.id, "slot": worker.slot, "generation": worker.generation, "pid": worker.pid}
        if not stack:
            log.warning(_NOTHING, **fields)
            return {**fields, "request": "", "stack": "", "error": _NOTHING}
        log.info("traceback", **fields, **({"request": request} if request else {}))
        log.block(stack)
        return {**fields, "request": request, "stack": stack}

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


def _requests(stack: str, taken_up: Mapping[int, str]) -> str:
    """Of the threads whose stack shows them in a call, the current one first, and alone if what killed it was its own doing."""
    calling = [(current == "T", int(ident, 16)) for current, ident, frames in _THREAD.findall(stack) if _CALL in frames]
    at = [taken_up[ident] for _, ident in sorted(calling) if ident in taken_up]
    if _OWN_DOING.match(stack) and calling and not min(calling)[0]:
        at = at[:1]
    return ", ".join(at[:_MANY]) + (f", and {len(at) - _MANY} more" if len(at) > _MANY else "")
