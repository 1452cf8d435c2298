"""The control socket: one JSON object per line in, one per line out. No client can delay the master.

`{"command": "reload", "wait": true}` is answered when the reload has ended, a stop with `wait` right before we exit, everything else
at once. With `"progress": true` who waits hears meanwhile what the log says. It is carried over a reexec with its socket.
"""

import errno
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.exits import STOPPED, SystemFailure
from adapter.lifecycle.commands import CHANGES, NO_NUMBER, NUMBERS, Command
from adapter.lifecycle.events import Asked, Event
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.unix import listeners
from adapter.unix.listeners import Listener
from adapter.unix.spare import Spare

_CLIENTS = 16  # that are owed nothing; of more the oldest is let go
_WAITING = 64  # that wait for an outcome; more are refused: each keeps a descriptor of ours for as long as it likes
_LINE = 4096
_COMMANDS = {each.value: each for each in Command if each is not Command.NOTHING}


@dataclass(eq=False)
class _Client:
    socket: socket.socket
    pid: int
    received: bytes = b""
    left: bytes = b""  # of what was said to it, still to be sent
    waits_for: list[int] = field(default_factory=list)  # how many answers to let pass before its own
    waits_for_end: bool = False  # it asked us to stop, and wants to know how that ends
    curious: bool = False  # wants to hear what happens while it waits

    @property
    def waits(self) -> bool:
        """Is it owed an answer?"""
        return bool(self.waits_for) or self.waits_for_end


class Control:
    """The listener and its clients. `describe` gives the status that a client may ask for; `wait_for` says of a command
    asked now how many other answers come before its own, or why it gets none.
    """

    def __init__(
        self,
        log: Log,
        watch: Watch,
        *,
        describe: Callable[[], dict[str, Any]],
        wait_for: Callable[[Command], int | str],
    ) -> None:
        self._log = log
        self._watch = watch
        self._describe = describe
        self._wait_for = wait_for
        self._listener: Listener | None = None
        self._path: str | None = None
        self._clients: list[_Client] = []
        self._asking: list[tuple[Asked, _Client]] = []  # who waits for the outcome of an event that is still to be taken in
        self._spare = Spare()

    def follow(self, path: str | None) -> None:
        """Listen at this path, and no longer at another. Raises Fatal when it cannot be bound; the former goes on then."""
        if path == self._path:
            return
        try:
            new = listeners.bind_unix(path, backlog=_CLIENTS, mode=0o600) if path else None
        except OSError as error:
            raise SystemFailure(f"cannot listen for commands at {path}: {error.strerror}") from error
        self.close()
        self._listener, self._path = new, path
        if new is not None:
            self._watch.add(new.socket.fileno(), self._accept)

    def close(self) -> None:
        """Stop listening; the file goes if it is still ours."""
        if self._listener is not None:
            self._watch.remove(self._listener.socket.fileno())
            listeners.close(self._listener)
        self._listener = self._path = None

    def answer(self, error: str, detail: str, **more: object) -> None:
        """A change ended: tell those who wait for it."""
        for client in list(self._clients):
            if not client.waits_for:
                continue
            if client.waits_for[0] > 0:
                client.waits_for[0] -= 1
                continue
            client.waits_for.pop(0)
            self._reply(client, {"ok": not error, "error": error, "detail": detail, **more})

    def tell(self, level: str, sentence: str, fields: Mapping[str, object]) -> None:
        """The log says this: so do we, to those who wait and want to hear it."""
        for client in [each for each in self._clients if each.waits and each.curious]:
            self._reply(client, {"progress": sentence, "level": level, "fields": fields})

    def ended(self, code: int) -> None:
        """We are about to exit with this code."""
        error = "" if code == STOPPED else f"the server stopped with exit code {code}"
        for client in [each for each in self._clients if each.waits_for_end]:
            self._reply(client, {"ok": not error, "error": error, "code": code})

    def answer_all(self, error: str) -> None:
        """We stop: no change will end any more."""
        for client in list(self._clients):
            for _ in client.waits_for:
                self._reply(client, {"ok": False, "error": error})
            client.waits_for.clear()

    # -- clients -------------------------------------------------------------------------------------------------------

    def _accept(self) -> list[Event]:
        if self._listener is None:
            return []
        try:
            accepted, _ = self._listener.socket.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._spare.turn_away(self._listener.socket)
                self._log.warning("short of descriptors: a client of the control socket was turned away")
            return []  # else it hung up before we came
        credentials = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        self._attend(_Client(accepted, int.from_bytes(credentials[:4], "little")))
        idle = [each for each in self._clients if not each.waits]
        for oldest in idle[: max(0, len(idle) - _CLIENTS)]:
            self._forget(oldest)
        return []

    def _attend(self, client: _Client) -> None:
        client.socket.setblocking(False)
        self._clients.append(client)
        self._watch.add(client.socket.fileno(), lambda: self._hear(client))
        if client.left:
            self._await_room(client)

    def _hear(self, client: _Client) -> list[Event]:
        try:
            data = client.socket.recv(_LINE)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self._forget(client)
            return []
        client.received += data
        events: list[Event] = []
        while b"\n" in client.received:
            line, _, client.received = client.received.partition(b"\n")
            events += self._understand(client, line)
        if len(client.received) > _LINE:
            self._reply(client, {"ok": False, "error": f"a command is at most {_LINE} bytes and ends with a newline"})
            self._forget(client)
        return events

    def _understand(self, client: _Client, line: bytes) -> list[Event]:
        try:
            asked = json.loads(line)
            name = asked["command"]
            command = _COMMANDS[name]
        except (ValueError, KeyError, TypeError, RecursionError):
            names = ", ".join(sorted(_COMMANDS))
            self._reply(client, {"ok": False, "error": f'not understood; say {{"command": NAME}} with one of: {names}'})
            return []
        if command is Command.STATUS:
            self._reply(client, {"ok": True, "status": self._describe()})
            return []
        number = asked.get("number")
        takes = NUMBERS.get(command, NO_NUMBER)
        if not takes.allows(number):
            error = f"{name} takes no number" if takes is NO_NUMBER else f"{name} takes a number: {takes.says}"
            self._reply(client, {"ok": False, "error": error})
            return []
        event = Asked(command, f"control, pid {client.pid}", number)
        waits = asked.get("wait") is True
        client.curious = client.curious or asked.get("progress") is True
        if waits and not client.waits and sum(each.waits for each in self._clients) >= _WAITING:
            self._reply(client, {"ok": False, "error": f"{_WAITING} clients wait already: ask without wait"})
            return []
        if waits and command in CHANGES:
            self._asking.append((event, client))
        elif waits and command in (Command.STOP, Command.STOP_NOW):
            client.waits_for_end = True
        else:
            self._reply(client, {"ok": True, "pid": self._describe()["pid"]})
        return [event]

    def awaited(self, event: Event) -> None:
        """The event is about to be taken in. Whoever asked it waits from here on: for the change that is under way *now* to end
        first, if there is one, since a reload asked for meanwhile follows it.
        """
        for asked, client in self._asking:
            if asked is not event:
                continue
            before = self._wait_for(asked.command)
            if isinstance(before, int):
                client.waits_for.append(before)
            else:
                self._reply(client, {"ok": False, "error": before})
        self._asking = [each for each in self._asking if each[0] is not event]

    def _reply(self, client: _Client, answer: dict[str, object]) -> None:
        if client.left:
            self._forget(client)  # it asks, or waits to hear what happens, and does not read
            return
        client.left = json.dumps(answer).encode() + b"\n"
        if not self._send(client):
            self._await_room(client)

    def _send(self, client: _Client) -> bool:
        """As much as goes now; False: some is left. A client that is gone is forgotten."""
        try:
            sent = client.socket.send(client.left, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._forget(client)
            return True
        client.left = client.left[sent:]
        return not client.left

    def _await_room(self, client: _Client) -> None:
        self._watch.change(client.socket.fileno(), lambda: self._room(client), writable=True)

    def _room(self, client: _Client) -> list[Event]:
        if self._send(client) and client in self._clients:
            self._watch.change(client.socket.fileno(), lambda: self._hear(client))
        return self._hear(client) if client in self._clients else []

    def _forget(self, client: _Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._watch.remove(client.socket.fileno())
            client.socket.close()

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {
            "path": self._path,
            "listener": self._listener.socket.fileno() if self._listener else None,
            "inode": self._listener.inode if self._listener else None,
            "clients": [
                {
                    "fd": each.socket.fileno(),
                    "pid": each.pid,
                    "waits_for": each.waits_for,
                    "waits_for_end": each.waits_for_end,
                    "curious": each.curious,
                    "received": each.received.decode("latin-1"),
                    "left": each.left.decode("latin-1"),
                }
                for each in self._clients
            ],
        }

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        path, fd, inode = plain.get("path"), plain.get("listener"), plain.get("inode")
        if path and fd is not None:
            self._path = path
            self._listener = listeners.adopt(fd, address=f"unix:{path}", owned=True, inode=tuple(inode) if inode else None)
            self._watch.add(self._listener.socket.fileno(), self._accept)
        for each in plain.get("clients", ()):
            client = _Client(socket.socket(fileno=each["fd"]), each["pid"], each["received"].encode("latin-1"))
            client.left = str(each.get("left", "")).encode("latin-1")
            client.waits_for = list(each["waits_for"])
            client.waits_for_end = bool(each.get("waits_for_end"))
            client.curious = bool(each.get("curious"))
            self._attend(client)

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        listener = [self._listener.socket.fileno()] if self._listener else []
        return listener + [each.socket.fileno() for each in self._clients]
