"""A little HTTP server that answers kit.load rightly, until it is told to spoil one answer: the referee of the referee."""

import importlib.util
import io
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from kit.exchange import BIG

Spoil = Callable[["Talk", bytes], bool]
"""Does something to the right answer's bytes and the connection; whether the connection goes on."""

_spec = importlib.util.spec_from_file_location("exact_app", Path(__file__).parent.parent / "apps" / "exact.py")
assert _spec
assert _spec.loader
_exact: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_exact)
assert _exact.BIG == BIG, "kit.exchange and tests/apps/exact.py have parted"


class Talk:
    """One accepted connection."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.file = wire.makefile("rb")

    def question(self) -> tuple[str, str, bytes] | None:
        """Path, query and body of the next request, None at EOF."""
        line = self.file.readline().decode()
        if not line:
            return None
        length, self.wants_close = 0, False
        while (field := self.file.readline().decode().strip().lower()) != "":
            length = int(field.partition(":")[2]) if field.startswith("content-length") else length
            self.wants_close |= field == "connection: close"
        path, _, query = line.split()[1].partition("?")
        return path, query, self.file.read(length)

    def send(self, data: bytes) -> None:
        """All of it."""
        self.wire.sendall(data)

    def reset(self) -> bool:
        """Close with a reset (RST), whatever was not read or sent."""
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.file.close()
        self.wire.close()
        return False


def right_answer(path: str, query: str, body: bytes, *, close: bool) -> bytes:
    """What a right server sends: the application's answer, counted or (when it gives no length) chunked."""
    said: list[Any] = []
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(body)}
    parts = list(_exact.application(environ, lambda status, headers: said.extend((status, headers))))
    fields = [*said[1], ("Connection", "close")] if close else said[1]
    chunked = "Content-Length" not in dict(fields)
    if chunked:
        fields = [*fields, ("Transfer-Encoding", "chunked")]
        parts = [b"%x\r\n%s\r\n" % (len(part), part) for part in [*filter(None, parts), b""]]
    head = f"HTTP/1.1 {said[0]}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode() + b"\r\n" + b"".join(parts)


class BadServer:
    """Spoils the `at`-th answer of all that it gives (counted from 1), all others are right. `spoil=None`: a good one."""

    def __init__(
        self, spoil: Spoil | None = None, *, at: int = 3, family: int = socket.AF_INET, place: Any = ("127.0.0.1", 0)
    ) -> None:
        self.spoil, self.at = spoil, at
        self.given = 0
        self.listener = socket.socket(family)
        self.listener.bind(place)
        self.listener.listen(128)
        name = self.listener.getsockname()
        self.address = f"unix:{name}" if family == socket.AF_UNIX else f"{name[0]}:{name[1]}"
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._wires: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        for wire in self._wires:
            wire.close()
        for thread in self._threads:
            thread.join()

    def refuse(self) -> None:
        """Listen no more."""
        if self.listener.fileno() >= 0:
            self.listener.shutdown(socket.SHUT_RDWR)
            self._threads[0].join()
            self.listener.close()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                wire = self.listener.accept()[0]
            except OSError:
                return
            self._wires.append(wire)
            self._start(self._serve, wire)

    def _serve(self, wire: socket.socket) -> None:
        talk = Talk(wire)
        try:
            while (asked := talk.question()) and self._answer(talk, *asked):
                continue
        except OSError:
            pass
        finally:
            talk.file.close()
            wire.close()

    def _answer(self, talk: Talk, path: str, query: str, body: bytes) -> bool:
        answer = right_answer(path, query, body, close=talk.wants_close)
        with self._lock:
            self.given += 1
            spoil = self.spoil if self.given == self.at else None
        if spoil:
            return spoil(talk, answer)
        talk.send(answer)
        return not talk.wants_close
