"""Our end of a conversation with a control socket: one JSON object per line, there and back."""

import json
import os
import socket
import struct
import time
from typing import Any, Self

from adapter.exits import Misuse, SystemFailure
from adapter.unix import peers

PROMPT = 10.0  # seconds a master may take to answer what it answers at once
_MOST = 1 << 24  # bytes of one line: the stacks of many workers are a few MB


class Dialogue:
    """Connected. Raises Misuse for what is no control socket of ours, SystemFailure when the server is lost or silent."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._received = b""
        self._socket = socket.socket(socket.AF_UNIX)
        # By the kernel's own clock (socket(7)): with Python's, a full queue is an error at once instead of a reason to wait.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(PROMPT), 0))
        try:
            self._socket.connect(path)
        except BlockingIOError:
            raise self._silent() from None
        except ConnectionRefusedError as error:
            raise SystemFailure(f"nobody listens at {path}: the server is gone") from error
        except OSError as error:
            raise Misuse(f"cannot ask {path}: {error.strerror}; the control socket belongs to the user of the server") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def pid(self) -> int:
        """Who listens (SO_PEERCRED: the process that called listen(2))."""
        return peers.peer(self._socket).pid

    def say(self, question: dict[str, object]) -> None:
        """One question."""
        self._socket.settimeout(PROMPT)
        try:
            self._socket.sendall(json.dumps(question).encode() + b"\n")
        except OSError as error:
            raise self._lost(error) from error

    def hear(self, seconds: float | None) -> dict[str, Any] | None:
        """The next line, waited for so long (None: as long as it takes); None when there was none."""
        until = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._received:
            self._socket.settimeout(None if until is None else max(until - time.monotonic(), 0.001))
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                return None
            except OSError as error:
                raise self._lost(error) from error
            if not data:
                raise SystemFailure(f"lost the server at {self._path}: it ended before it answered")
            self._received += data
            if len(self._received) > _MOST:
                raise self._strange()
        line, _, self._received = self._received.partition(b"\n")
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not {"ok", "progress"} & answer.keys():
            raise self._strange()
        return answer

    def ask(self, question: dict[str, object]) -> dict[str, Any]:
        """One question that is answered at once, and its answer."""
        self.say(question)
        answer = self.hear(PROMPT)
        if answer is None:
            raise self._silent()
        return answer

    def _silent(self) -> SystemFailure:
        return SystemFailure(f"no answer from {self._path} in time; see the server's log")

    def _lost(self, error: OSError) -> SystemFailure:
        return SystemFailure(f"lost the server at {self._path}: {os.strerror(error.errno or 0)}")

    def _strange(self) -> Misuse:
        return Misuse(
            f"what listens at {self._path} is no control socket of adapter; name the server's --control socket or --pidfile"
        )


def ask(path: str, question: dict[str, object]) -> dict[str, Any]:
    """A whole conversation: one question that is answered at once."""
    with Dialogue(path) as line:
        return line.ask(question)
