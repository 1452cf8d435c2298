"""A conversation with an instance's control socket inside supervisord's own loop: it asks, and hears when there is something to hear.

supervisord polls whatever is in asyncore's socket map. Nothing here waits: a question is shorter than any socket's buffer, and an
answer comes when it comes, or the time is over.
"""

import json
import os
import socket
import time
from collections import deque
from typing import Any

from adapter.exits import Misuse, SystemFailure
from adapter.unix import peers, startedwith

_MOST = 1 << 20  # bytes of one line; a status of a thousand workers is shorter
_KEPT = 50  # of what the log says on the way
_HURRY = 0.1  # seconds after an answer in which supervisord's loop is kept from going to sleep


class Exchange:
    """With the instance that is process `pid`; `name` is what errors call it. `seconds`: until it is given up.

    `answer` is its last answer; `lost` says in words why there will be none. Raises Misuse and SystemFailure when there is nobody to
    ask, above all when it is another process that listens: supervisord may be root, and a path is only a path.
    """

    def __init__(self, supervisord: Any, name: str, pid: int, seconds: float) -> None:
        self._loop = supervisord.options
        self._name = name
        self._until = time.monotonic() + seconds
        self._received = b""
        self._answered = 0.0
        self.answer: dict[str, Any] | None = None
        self.lost = ""
        self.heard: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._socket = _connected(name, pid)
        self._fd = self._socket.fileno()
        self._loop.get_socket_map()[self._fd] = self

    def ask(self, question: dict[str, object]) -> None:
        """The answer is `answer` once it is not None."""
        self.answer = None
        try:
            self._socket.send(json.dumps(question).encode() + b"\n", socket.MSG_NOSIGNAL)
        except OSError as error:
            self.close(f"{self._name} does not hear: {error.strerror}")

    def close(self, why: str = "") -> None:
        """Hang up. Twice does no harm."""
        if self._fd < 0:
            return
        self.lost = why
        self._loop.get_socket_map().pop(self._fd, None)
        for forget in (self._loop.poller.unregister_readable, self._loop.poller.unregister_writable):
            try:
                forget(self._fd)
            except (KeyError, OSError):
                pass  # it was never polled for
        self._socket.close()
        self._fd = -1

    @property
    def open(self) -> bool:
        """Can it still be asked?"""
        return self._fd >= 0

    # -- what supervisord's loop asks of whatever it polls -------------------------------------------------------------

    def readable(self) -> bool:
        """Asked at each turn of the loop, at least once a second."""
        if time.monotonic() >= self._until:
            self.close(f"no answer from {self._name} in time: it may still be at it; see its log")
        return self.open

    def writable(self) -> bool:
        """What we say fits, so it is no matter of room. But with an answer just here the loop must come round once more, soon.

        It asks for deferred answers every 50 ms at most, and sleeps up to a second in between: so we keep it awake for these.
        """
        return self.open and self.answer is not None and time.monotonic() - self._answered < _HURRY

    def handle_write_event(self) -> None:
        """Nothing to write."""

    def handle_read_event(self) -> None:
        """There is something to hear."""
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        *lines, self._received = (self._received + data).split(b"\n")
        try:
            for line in lines:
                self._take(json.loads(line))
        except (ValueError, TypeError, RecursionError):
            self.close(f"what answers for {self._name} is no control socket of adapter")
            return
        if not data:
            self.close(f"{self._name} ended before it answered")
        elif len(self._received) > _MOST:
            self.close(f"what answers for {self._name} is no control socket of adapter")

    def handle_error(self) -> None:
        """supervisord tells of an exception in the above this way."""
        self.close(f"the conversation with {self._name} failed")

    def _take(self, said: object) -> None:
        if not isinstance(said, dict) or not {"ok", "progress"} & said.keys():
            raise TypeError
        if "progress" in said:
            self.heard.append(said)
        else:
            self.answer, self._answered = said, time.monotonic()


def _connected(name: str, pid: int) -> socket.socket:
    path = startedwith.control_path(pid)
    if path is None:
        raise Misuse(
            f"{name} (pid {pid}) has no control socket: start it as `adapter serve --control PATH`, with exec if a shell does it"
        )
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        wire.connect(path)
        listening = peers.peer(wire).pid
    except OSError as error:
        wire.close()
        raise SystemFailure(f"cannot ask {name} at its control socket {path}: {os.strerror(error.errno or 0)}") from error
    if listening != pid:
        wire.close()
        raise Misuse(
            f"the control socket {path} of {name} is not that of pid {pid}, but of pid {listening}: each needs its own --control"
        )
    return wire
