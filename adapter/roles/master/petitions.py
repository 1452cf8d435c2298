"""What an application asks of the master, by its worker's channel (`adapter.api`)."""

import json
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

from adapter.lifecycle.commands import Command
from adapter.lifecycle.events import Asked, Event
from adapter.lifecycle.messages import Asks

_COMMANDS = {each.value: each for each in (Command.RELOAD, Command.STOP)}


class Petitions:
    """`describe` gives the record of the whole server."""

    def __init__(self, describe: Callable[[], dict[str, Any]]) -> None:
        self._describe = describe

    def take(self, worker: int, asks: Asks, fds: Sequence[int]) -> list[Event]:
        """Take one in. Descriptors that came with it are ours now: the first is for the answer."""
        if asks.command == "workers" and fds:
            _answer(fds[0], self._describe()["workers"])
        for fd in fds:
            os.close(fd)
        command = _COMMANDS.get(asks.command)
        return [] if command is None else [Asked(command, f"the application, worker {worker}")]


def _answer(fd: int, record: object) -> None:
    """One write that never waits: there is room for hundreds of workers, and one that does not read gets a part of it."""
    try:
        asked = socket.socket(fileno=os.dup(fd))
    except OSError:
        return  # it was no socket
    with asked:
        try:
            asked.send(json.dumps(record).encode(), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError:
            return  # it does not wait for it any more
