"""The control socket: one JSON object per line in, one per line out. No client can delay the master.

`{"command": "reload", "wait": true}` is answered when the reload has ended, `traceback` with `wait` when the stacks are there, a stop
right before we exit, everything else at once. With `"progress": true` who waits hears meanwhile what the log says. It is carried over
a reexec with its socket.
"""

import json
import os
import socket
from collections.abc import Callable, Collection, Mapping
from typing import Any

from adapter.exits import STOPPED, SystemFailure
from adapter.lifecycle.commands import CHANGES, NO_NUMBER, NUMBERS, Command
from adapter.lifecycle.events import Asked, Event
from adapter.log import Log
from adapter.roles.master.desk import CLIENTS, Client, Desk
from adapter.roles.master.watch import Watch
from adapter.unix import listeners, peers

_WAITING = 64  # that wait for an outcome; more are refused: each keeps a descriptor of ours for as long as it likes
_LINE = 4096
_COMMANDS = {each.value: each for each in Command if each is not Command.NOTHING}
_STOPS = (Command.STOP, Command.STOP_NOW)


class _Client(Client):
    def __init__(self, sock: socket.socket, pid: int) -> None:
        super().__init__(sock)
        self.pid = pid
        self.waits_for: list[int] = []  # how many answers to let pass before its own
        self.waits_for_end = False  # it asked us to stop, and wants to know how that ends
        self.shown: dict[int, dict[str, object]] | None = None  # it wants to see these workers' stacks; what they showed so far
        self.curious = False  # wants to hear what happens while it waits

    @property
    def waits(self) -> bool:
        """Is it owed an answer?"""
        return bool(self.waits_for) or self.waits_for_end or self.shown is not None


class Control(Desk[_Client]):
    """`describe` gives the status that a client may ask for; `wait_for` says of a change asked now how many other answers come
    before its own, or why it gets none; `showing` which workers a traceback asked now, of this slot or of all, would show.
    """

    def __init__(
        self,
        log: Log,
        watch: Watch,
        *,
        describe: Callable[[], dict[str, Any]],
        wait_for: Callable[[Command], int | str],
        showing: Callable[[int | None], Collection[int]],
    ) -> None:
        super().__init__(log, watch, "--control")
        self._describe = describe
        self._wait_for = wait_for
        self._showing = showing
        self._path: str | None = None
        self._asking: list[tuple[Asked, _Client]] = []  # who waits for the outcome of an event that is still to be taken in

    def follow(self, path: str | None) -> None:
        """Listen at this path, and no longer at another. Raises Fatal when it cannot be bound; the former goes on then."""
        if path == self._path:
            return
        try:
            new = listeners.bind_unix(path, backlog=CLIENTS, mode=0o600) if path else None
        except OSError as error:
            raise SystemFailure(f"cannot listen for commands at {path}: {error.strerror}") from error
        self.listen(new)
        self._path = path

    def close(self) -> None:
        """Stop listening; the file goes if it is still ours."""
        super().close()
        self._path = None

    # -- what those who wait are told ----------------------------------------------------------------------------------

    def answer(self, error: str, detail: str, **more: object) -> None:
        """A change ended: tell those who wait for it."""
        for client in list(self.clients):
            if not client.waits_for:
                continue
            if client.waits_for[0] > 0:
                client.waits_for[0] -= 1
                continue
            client.waits_for.pop(0)
            self._reply(client, {"ok": not error, "error": error, "detail": detail, **more})

    def show(self, worker: int, stack: dict[str, object]) -> None:
        """This worker showed its stacks."""
        for client in self.clients:
            if client.shown is not None and worker in client.shown:
                client.shown[worker] = stack

    def shown(self, still: Collection[int]) -> None:
        """Only these workers have yet to show their stacks: whoever waits for others only has seen all there will be."""
        for client in list(self.clients):
            if client.shown is not None and not client.shown.keys() & still:
                stacks, client.shown = [each for each in client.shown.values() if each], None
                self._reply(client, {"ok": True, "pid": os.getpid(), "stacks": stacks})

    def tell(self, level: str, sentence: str, fields: Mapping[str, object]) -> None:
        """The log says this: so do we, to those who wait and want to hear it."""
        for client in [each for each in self.clients if each.waits and each.curious]:
            self._reply(client, {"progress": sentence, "level": level, "fields": fields})

    def ended(self, code: int) -> None:
        """We are about to exit with this code."""
        error = "" if code == STOPPED else f"the server stopped with exit code {code}"
        for client in [each for each in self.clients if each.waits_for_end]:
            self._reply(client, {"ok": not error, "error": error, "code": code})

    def answer_all(self, error: str) -> None:
        """We stop: no change will end any more."""
        for client in list(self.clients):
            for _ in client.waits_for:
                self._reply(client, {"ok": False, "error": error})
            client.waits_for.clear()

    # -- what clients say ----------------------------------------------------------------------------------------------

    def welcome(self, sock: socket.socket) -> _Client:
        """Who it is stands beside its commands in the log."""
        return _Client(sock, peers.peer(sock).pid)

    def stays(self, client: _Client) -> bool:
        """While it waits."""
        return client.waits

    def heard(self, client: _Client) -> list[Event]:
        """Line by line; what comes after an answer that does not go at once has time until that is read."""
        events: list[Event] = []
        while b"\n" in client.received and not client.left and client in self.clients:
            line, _, client.received = client.received.partition(b"\n")
            events += self._understand(client, line)
        if len(client.received) > _LINE and not client.left:
            self._reply(client, {"ok": False, "error": f"a command is at most {_LINE} bytes and ends with a newline"})
            self.forget(client)
        return events

    def _understand(self, client: _Client, line: bytes) -> list[Event]:
        try:
            asked = json.loads(line)
            name = asked["command"]
            command = _COMMANDS[name]
        except (ValueError, KeyError, TypeError, RecursionError):
            names = ", ".join(sorted(_COMMANDS))
            self._refuse(client, f'not understood; say {{"command": NAME}} with one of: {names}')
            return []
        if command is Command.STATUS:
            self._reply(client, {"ok": True, "status": self._describe()})
            return []
        number = asked.get("number")
        takes = NUMBERS.get(command, NO_NUMBER)
        if not takes.allows(number):
            self._refuse(client, f"{name} takes no number" if takes is NO_NUMBER else f"{name} takes a number: {takes.says}")
            return []
        event = Asked(command, f"control, pid {client.pid}", number)
        waits = asked.get("wait") is True
        client.curious = client.curious or asked.get("progress") is True
        if waits and not client.waits and sum(each.waits for each in self.clients) >= _WAITING:
            self._refuse(client, f"{_WAITING} clients wait already: ask without wait")
            return []
        if waits and (command in CHANGES or command is Command.TRACEBACK):
            self._asking.append((event, client))
        elif waits and command in _STOPS:
            client.waits_for_end = True
        else:
            self._reply(client, {"ok": True, "pid": os.getpid()})
        return [event]

    def awaited(self, event: Event) -> None:
        """The event is about to be taken in. Whoever asked it waits from here on: for the change that is under way *now* to end
        first, if there is one, since a reload asked for meanwhile follows it.
        """
        for asked, client in self._asking:
            if asked is event:
                self._await(asked, client)
        self._asking = [each for each in self._asking if each[0] is not event]

    def _await(self, asked: Asked, client: _Client) -> None:
        if asked.command is Command.TRACEBACK:
            wanted = self._showing(asked.number)
            if not wanted:
                self._refuse(client, "no worker is there to show a stack")
            else:
                client.shown = {worker: {} for worker in wanted} | (client.shown or {})
            return
        before = self._wait_for(asked.command)
        if isinstance(before, int):
            client.waits_for.append(before)
        else:
            self._refuse(client, before)

    def _refuse(self, client: _Client, error: str) -> None:
        self._reply(client, {"ok": False, "error": error})

    def _reply(self, client: _Client, answer: dict[str, object]) -> None:
        if client.left:
            self.forget(client)  # it waits to hear what happens, and does not read
        elif client in self.clients:
            self.say(client, json.dumps(answer).encode() + b"\n")

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        clients = [
            {
                "fd": each.socket.fileno(),
                "pid": each.pid,
                "waits_for": each.waits_for,
                "waits_for_end": each.waits_for_end,
                "shown": None if each.shown is None else list(each.shown.items()),
                "curious": each.curious,
                "received": each.received.decode("latin-1"),
                "left": each.left.decode("latin-1"),
            }
            for each in self.clients
        ]
        return {**self.listener_to_plain(), "path": self._path, "clients": clients}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self.restore_listener(plain, f"unix:{plain.get('path')}")
        self._path = plain.get("path")
        for each in plain.get("clients", ()):
            client = self.restore_client(each["fd"], each["received"], str(each.get("left", "")))
            client.pid = each["pid"]
            client.waits_for = list(each["waits_for"])
            client.waits_for_end = bool(each.get("waits_for_end"))
            shown = each.get("shown")
            client.shown = None if shown is None else dict(shown)
            client.curious = bool(each.get("curious"))
            self.resume(client)
