"""`adapter top`: the status of a running server, live. Asks by the control socket, shows, hears keys; nothing waits for anything."""

import json
import os
import select
import signal
import socket
import sys
import termios
import time
from collections import deque
from collections.abc import Mapping
from signal import Signals
from typing import Any

from adapter.exits import FAILED, STOPPED, Misuse, SystemFailure
from adapter.scoreboard.rates import Rates
from adapter.scoreboard.screen import Line, page
from adapter.scoreboard.view import QUIT, View, answered, pressed
from adapter.unix.signals import Trap
from adapter.unix.terminal import Terminal

_ENDING = (Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP, Signals.SIGQUIT)
_TRAPPED = (*_ENDING, Signals.SIGWINCH, Signals.SIGTSTP)
_LARGEST = 64 << 20  # bytes of one answer


def top(path: str, interval: float) -> int:
    """Until `q`. `interval`: seconds between two readings. Raises Misuse without a terminal, SystemFailure without a server."""
    if not (os.isatty(0) and os.isatty(1)):
        raise Misuse("adapter top needs a terminal; for a pipe there is `adapter status`, and `adapter status --json`")
    wire = _Wire(path)
    wire.connect()
    terminal = Terminal(0, 1, os.environ)
    trap = Trap(_TRAPPED)
    try:
        terminal.enter()
        code = _Top(wire, terminal, trap, interval).run()
    except (OSError, termios.error):
        return FAILED  # the terminal is gone, so there is nobody to tell
    finally:
        terminal.leave()
    sys.stdout.flush()
    return code


class _Wire:
    """The control socket, asked without waiting. After a loss it is tried again."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._received = b""
        self._asked: deque[str] = deque()  # what was asked and not answered yet, in order

    def connect(self) -> None:
        """Raises SystemFailure when nobody listens there."""
        wire = socket.socket(socket.AF_UNIX)
        try:
            wire.setblocking(False)
            wire.connect(self._path)
        except OSError as error:
            wire.close()
            raise SystemFailure(f"cannot reach the server at {self._path}: {error.strerror}; is it running?") from error
        self._socket, self._received = wire, b""
        self._asked.clear()

    @property
    def fd(self) -> int:
        """To be polled; -1 while there is no connection."""
        return self._socket.fileno() if self._socket else -1

    def ask(self, command: str) -> bool:
        """Send a command; False when it could not be sent. A status is not asked again before it is answered."""
        if command == "status" and "status" in self._asked:
            return True
        if self._socket is None:
            return False
        try:
            self._socket.send(json.dumps({"command": command}).encode() + b"\n", socket.MSG_NOSIGNAL)
        except OSError:
            return False
        self._asked.append(command)
        return True

    def hear(self) -> list[tuple[str, dict[str, Any]]]:
        """Commands and their answers. A server that hangs up, or talks nonsense, is lost: see `fd`."""
        if self._socket is None:
            return []
        try:
            data = self._socket.recv(1 << 20)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        *lines, self._received = (self._received + data).split(b"\n")
        if not data or len(self._received) > _LARGEST:
            self.lose()
        try:
            return [(self._asked.popleft(), dict(json.loads(line))) for line in lines]
        except (ValueError, TypeError, IndexError):
            self.lose()
            return []

    def lose(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _Top:
    def __init__(self, wire: _Wire, terminal: Terminal, trap: Trap, interval: float) -> None:
        self._wire = wire
        self._terminal = terminal
        self._trap = trap
        self._interval = interval
        self._view = View()
        self._status: Mapping[str, Any] | None = None
        self._rates = Rates()
        self._heard = time.monotonic()
        self._code: int | None = None

    def run(self) -> int:
        """Until a key or a signal ends it; the exit code."""
        due = time.monotonic()
        while self._code is None:
            now = time.monotonic()
            if now >= due:
                due = now + self._interval
                self._ask()
            self._show()
            self._wait(due - time.monotonic())
        return self._code

    def _wait(self, seconds: float) -> None:
        poll = select.poll()
        for fd in (0, self._trap.fileno(), self._wire.fd):
            if fd >= 0:
                poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll(max(seconds, 0) * 1000):
            if fd == 0:
                self._keys()
            elif fd == self._trap.fileno():
                self._signals()
            else:
                self._answers()

    def _ask(self) -> None:
        if self._wire.fd < 0:
            try:
                self._wire.connect()
            except SystemFailure:
                return
        self._wire.ask("status")

    def _answers(self) -> None:
        for command, answer in self._wire.hear():
            if command == "status" and isinstance(answer.get("status"), dict):
                status = answer["status"]
                try:
                    self._rates = Rates.between(status, self._status)
                    page(status, self._rates, 80)
                except (LookupError, TypeError, ValueError):
                    self._view = answered(self._view, command, "the server is of another version and tells other things")
                    continue
                self._status, self._heard = status, time.monotonic()
            elif command != "status":
                self._view = answered(self._view, command, str(answer.get("error") or ""))

    def _keys(self) -> None:
        keys = self._terminal.read()
        if not keys:
            self._code = FAILED  # the terminal is gone
        if keys.startswith("\x1b"):
            return  # an arrow, a function key: none of ours, and its letters are no keys
        for key in keys:
            if key == QUIT and not self._view.asking:
                self._code = STOPPED
                return
            self._view, command = pressed(self._view, key)
            if command and not self._wire.ask(command):
                self._view = answered(self._view, command, "the server does not hear")

    def _signals(self) -> None:
        came = self._trap.read()
        if any(each in _ENDING for each in came):
            self._code = STOPPED if Signals.SIGINT in came else FAILED
        elif Signals.SIGTSTP in came:
            self._terminal.leave()
            signal.raise_signal(Signals.SIGSTOP)
            self._terminal.enter()

    def _show(self) -> None:
        columns, lines = self._terminal.size()
        silent = time.monotonic() - self._heard
        foot = self._view.foot
        if self._wire.fd < 0 or silent > 3 * self._interval + 1:
            foot = f"NO ANSWER for {silent:.0f} s  {foot}"
        if self._status is None:
            self._terminal.show([Line("asking the server"), Line(foot)])
            return
        self._terminal.show(page(self._status, self._rates, columns, height=lines, sort=self._view.sort, foot=foot))
