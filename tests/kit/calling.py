"""One WSGI call without any socket: a request in bytes, an application, and all that came of it."""

import io
import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from adapter.gateway.environ import Endpoint, Surroundings, common, environ
from adapter.gateway.file_wrapper import Part
from adapter.gateway.out import ClientGone
from adapter.gateway.wsgi import Response, respond
from adapter.protocols.http1.events import Head
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver

DATE = b"Date: Tue, 24 Nov 2026 03:37:02 GMT\r\n"


class Outcome(NamedTuple):
    sends: list[bytes]
    """What each `send` was given."""
    failures: list[str]
    keep_alive: bool
    parts: list[Part]
    """The files that went out without being read."""

    @property
    def data(self) -> bytes:
        return b"".join(self.sends)

    @property
    def status(self) -> str:
        return self.data.partition(b"\r\n")[0].removeprefix(b"HTTP/1.1 ").decode("latin-1")

    @property
    def fields(self) -> dict[str, str]:
        lines = self.data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines)

    @property
    def content(self) -> bytes:
        """The content as it was framed."""
        return self.data.partition(b"\r\n\r\n")[2]


def request(raw: bytes) -> tuple[Head, bytes]:
    """The head and content of this one request."""
    head, *rest = Receiver(Limits()).feed(raw)
    assert isinstance(head, Head), head
    return head, b"".join(piece for piece in rest if isinstance(piece, bytes))


def environ_of(raw: bytes, **changes: Any) -> dict[str, Any]:
    """The environ of this request; `changes` are arguments of `environ`."""
    head, content = request(raw)
    ends = {"server": Endpoint("127.0.0.1", "8000"), "client": Endpoint("192.0.2.1", "4711"), "scheme": "http"}
    ends |= {name: changes.pop(name) for name in ends.keys() & changes}
    errors = changes.pop("errors", sys.stderr)
    facts: dict[str, Any] = {"multithread": True, "multiprocess": False, **changes}
    return environ(head, io.BytesIO(content), Surroundings(common(**facts), **ends), errors)


class Sink:
    """Takes what a response sends, until the client has left."""

    def __init__(self, gone_after: int | None, on_send: Callable[[bytes], None], *, files: bool) -> None:
        self.sends: list[bytes] = []
        self.parts: list[Part] = []
        self._gone_after = gone_after
        self._on_send = on_send
        self._files = files

    def send(self, data: bytes) -> None:
        if self._gone_after is not None and len(self.sends) >= self._gone_after:
            raise ClientGone("gone")
        self.sends.append(data)
        self._on_send(data)

    def finish(self, data: bytes, closing: bool) -> None:  # noqa: FBT001 -- as gateway.out
        self.send(data)

    def finish_file(self, head: bytes, part: Part) -> bool:
        if self._files:
            self.send(head + os.pread(part.fd, part.size, part.offset))
            self.parts.append(part)
        return self._files


def call(
    app: Callable[..., Any],
    raw: bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    *,
    gone_after: int | None = None,
    on_send: Callable[[bytes], None] = lambda data: None,
    files: bool = False,
) -> Outcome:
    """Call the application with this request. `gone_after`: the client has left after so many sends. `files`: it can take them whole."""
    sink = Sink(gone_after, on_send, files=files)
    response = Response(request(raw)[0], sink, lambda: DATE, keep_alive=True)
    respond(app, environ_of(raw), response)
    return Outcome(sink.sends, list(response.failures), response.keep_alive, sink.parts)
