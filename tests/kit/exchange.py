"""One question and its answer on one connection, believing nothing.

The socket is blocking and its timeouts are the kernel's (SO_RCVTIMEO, SO_SNDTIMEO): one system call per step, and
a full backlog of a UNIX socket waits as it does for any ordinary client instead of failing with EAGAIN.
What the application must answer is agreed with `tests/apps/exact.py`.
"""

import hashlib
import random
import re
import socket
import struct
import time
from collections.abc import Mapping
from typing import NamedTuple

BIG = 100_000
"""Bytes of the answers to `big` and `stream`."""
POST = 1 << 20
"""Bytes of the body of `post`."""

_BLOB = random.Random(2).randbytes(POST - 16)
_BLOB_HASH = hashlib.sha256(_BLOB)
_STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [^\r\n\x00]*")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\x00]*?)[ \t]*")
_HEAD_LIMIT = 65536


class Lost(Exception):
    """A question without its whole and right answer.

    `kind`: `refused` nobody listens · `reset` ECONNRESET or EPIPE once connected · `truncated` EOF within the answer ·
    `empty` EOF before its first byte · `wrong` bytes that must not be · `timeout` silence.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


class Question(NamedTuple):
    """A request and the only right body of its answer; `pause` is how long the application was asked to take, seconds."""

    name: str
    head: bytes
    body: bytes
    answer: bytes
    pause: float = 0.0


class Answer(NamedTuple):
    """What matters of a right answer: its fields, names in lower case; must we close; was the close a reset."""

    fields: Mapping[str, str]
    close: bool
    rude: bool = False


def question(name: str, number: int, *, close: bool = False, pause: float = 0.0) -> Question:
    """The question `name` (small, big, stream, slow or post); `number` makes its answer unlike any other's."""
    nonce = f"{number:016d}"
    token = nonce.encode()
    method, query, body = "GET", "", b""
    line = token + b"\n"
    answer = line * (BIG // len(line) + 1)
    if name in {"small", "slow"}:
        answer = line
        query = f"&seconds={pause}" if name == "slow" else ""
    elif name == "post":
        method, body = "POST", _BLOB + token
        whole = _BLOB_HASH.copy()
        whole.update(token)
        answer = f"{whole.hexdigest()} {POST} {nonce}\n".encode()
    head = f"{method} /{name}?nonce={nonce}{query} HTTP/1.1\r\nHost: load.test\r\n"
    head += f"Content-Length: {POST}\r\n" if method == "POST" else ""
    head += "Connection: close\r\n" if close else ""
    expected = answer[:BIG] if name in {"big", "stream"} else answer
    return Question(name, f"{head}\r\n".encode(), body, expected, pause)


def connect(address: str, timeout: float) -> socket.socket:
    """A blocking connection to `HOST:PORT`, `[V6]:PORT` or `unix:PATH`; raises Lost (refused, timeout), or OSError when it is our own fault."""
    unix = address.startswith("unix:")
    host, _, port = address.rpartition(":")
    family = socket.AF_UNIX if unix else socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    wire = socket.socket(family, socket.SOCK_STREAM)
    limit = struct.pack("ll", int(timeout), int(timeout % 1 * 1_000_000))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    try:
        wire.connect(_place(address.removeprefix("unix:")) if unix else (host.strip("[]"), int(port)))
    except (ConnectionRefusedError, FileNotFoundError) as error:
        wire.close()
        raise Lost("refused", str(error)) from error
    except ConnectionResetError as error:
        wire.close()
        raise Lost("reset", f"while connecting: {error}") from error
    except (BlockingIOError, TimeoutError) as error:
        wire.close()
        raise Lost("timeout", f"no connection within {timeout} s") from error
    except BaseException:
        wire.close()
        raise
    if not unix:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def _place(path: str) -> str:
    return "\0" + path[1:] if path.startswith("@") else path


class Wire:
    """One connection, and the counters of the exchange that is going on: `sent` and `seen`, bytes.

    `asked` counts its questions; `worker` is who gave its last answer (X-Worker), as text.
    """

    def __init__(self, address: str, timeout: float) -> None:
        self._socket = connect(address, timeout)
        self._buffer = b""
        self.asked = 0
        self.worker = ""
        self.sent = self.seen = 0

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()

    def gone(self) -> bool:
        """Whether the server closed it while it was idle; raises Lost when it spoke unasked instead."""
        try:
            unasked = self._socket.recv(100, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
        if unasked:
            raise Lost("wrong", f"bytes that nobody asked for: {unasked!r}")
        return True

    def exchange(self, asked: Question, *, halt: float = 0.0) -> Answer:
        """The answer to `asked`, right in every byte; raises Lost. After Lost, or an answer with `close`, close it.

        With `halt` the question goes out in four parts, that many seconds apart: it is not whole for a while.
        """
        self.asked += 1
        self.sent = self.seen = 0
        if halt:
            self._send_haltingly(asked, halt)
        else:
            self._send(asked.head)
            self._send(asked.body)
        status, fields = self._head()
        chunked = _framing(fields)
        body = self._chunks() if chunked else self._exactly(int(fields["content-length"]))
        if status != 200:
            raise Lost("wrong", f"status {status}: {body[:300]!r}")
        if body != asked.answer:
            raise Lost("wrong", f"a body of {len(body)} bytes, {_difference(body, asked.answer)}")
        if self._buffer:
            raise Lost("wrong", f"{len(self._buffer)} bytes beyond the answer: {self._buffer[:100]!r}")
        tokens = {token.strip().lower() for token in fields.get("connection", "").split(",")}
        close = "close" in tokens
        self.worker = fields.get("x-worker", "")
        if b"\r\nConnection: close\r\n" in asked.head and not close:
            raise Lost("wrong", "we asked for a close and the answer does not promise it")
        return Answer(fields, close, rude=close and self._farewell())

    def _send_haltingly(self, asked: Question, halt: float) -> None:
        for whole in filter(None, (asked.head, asked.body)):
            middle = len(whole) // 2
            for part in (whole[:middle], whole[middle:]):
                self._send(part)
                time.sleep(halt)  # a slow client is what we play here; nothing is waited for

    def _send(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                count = self._socket.send(left)
                self.sent += count
                left = left[count:]
        except ConnectionError as error:
            raise Lost("reset", f"while we were sending: {error}{self._last_words()}") from error
        except BlockingIOError as error:
            raise Lost("timeout", f"the server has stopped reading{self._last_words()}") from error

    def _last_words(self) -> str:
        """What the server had said before it broke off: evidence only."""
        try:
            heard = self._socket.recv(300, socket.MSG_DONTWAIT)
        except OSError:
            return ""
        return f"; it had said {heard!r}" if heard else "; it had said nothing"

    def _more(self) -> None:
        try:
            data = self._socket.recv(262144)
        except ConnectionError as error:
            raise Lost("reset", f"while we were reading: {error}") from error
        except BlockingIOError as error:
            raise Lost("timeout", "the server is silent") from error
        if not data:
            raise Lost("truncated" if self.seen else "empty", f"end of file after {self.seen} bytes of the answer")
        self.seen += len(data)
        self._buffer += data

    def _until(self, mark: bytes, limit: int) -> bytes:
        while mark not in self._buffer:
            if len(self._buffer) > limit:
                raise Lost("wrong", f"no {mark!r} within {limit} bytes: {self._buffer[:100]!r}")
            self._more()
        text, _, self._buffer = self._buffer.partition(mark)
        return text

    def _exactly(self, length: int) -> bytes:
        parts, missing = [], length
        while missing:
            if not self._buffer:
                self._more()
            part, self._buffer = self._buffer[:missing], self._buffer[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _head(self) -> tuple[int, dict[str, str]]:
        first, *lines = self._until(b"\r\n\r\n", _HEAD_LIMIT).split(b"\r\n")
        status = _STATUS.fullmatch(first)
        if not status:
            raise Lost("wrong", f"not a status line: {first[:100]!r}")
        fields: dict[str, str] = {}
        for line in lines:
            field = _FIELD.fullmatch(line)
            if not field:
                raise Lost("wrong", f"not a header line: {line[:100]!r}")
            name = field[1].decode().lower()
            if name in fields and name in {"content-length", "transfer-encoding", "connection", "date"}:
                raise Lost("wrong", f"{name} twice")
            fields[name] = field[2].decode("latin-1")
        return int(status[1]), fields

    def _chunks(self) -> bytes:
        parts = []
        while True:
            size = self._until(b"\r\n", 20)
            if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size):
                raise Lost("wrong", f"not a chunk size: {size!r}")
            parts.append(self._exactly(int(size, 16)))
            if self._exactly(2) != b"\r\n":
                raise Lost("wrong", "a chunk that does not end where it said")
            if not parts[-1]:
                return b"".join(parts)

    def _farewell(self) -> bool:
        """After a promised close: nothing more but EOF. True when a reset came in its place (rude, yet nothing was lost)."""
        whole = self.seen
        try:
            self._more()
        except Lost as end:
            if end.kind == "timeout":
                raise Lost("timeout", "it promised to close and does not") from end
            return end.kind == "reset"
        raise Lost("wrong", f"{self.seen - whole} bytes beyond the answer: {self._buffer[:100]!r}")


def _framing(fields: Mapping[str, str]) -> bool:
    """True when chunked, False when counted; raises Lost when neither or both."""
    counted, coding = fields.get("content-length"), fields.get("transfer-encoding")
    if counted is None and coding is not None and coding.lower() == "chunked":
        return True
    if coding is not None or counted is None or not re.fullmatch("[0-9]{1,12}", counted):
        raise Lost("wrong", f"no one can tell where this answer ends: content-length {counted!r}, transfer-encoding {coding!r}")
    return False


def _difference(body: bytes, expected: bytes) -> str:
    at = next((i for i, (a, b) in enumerate(zip(body, expected, strict=False)) if a != b), min(len(body), len(expected)))
    return f"not the {len(expected)} expected; they part at byte {at}: {body[at : at + 60]!r} for {expected[at : at + 60]!r}"
