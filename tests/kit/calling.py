"""One WSGI call without any socket: a request in bytes, an application, and all that came of it."""

import io
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from adapter.gateway.environ import Endpoint, environ
from adapter.gateway.wsgi import ClientGone, respond
from adapter.protocols.http1.events import Head
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver
from adapter.protocols.http1.sending import Reply

DATE = "Tue, 24 Nov 2026 03:37:02 GMT"


class Outcome(NamedTuple):
    sends: list[bytes]
    """What each `send` was given."""
    failures: list[str]
    keep_alive: bool

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
    facts: dict[str, Any] = {
        "server": Endpoint("127.0.0.1", "8000"),
        "client": Endpoint("192.0.2.1", "4711"),
        "errors": sys.stderr,
        "multithread": True,
        "multiprocess": False,
    }
    return environ(head, io.BytesIO(content), **facts | changes)


def call(
    app: Callable[..., Any],
    raw: bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    *,
    gone_after: int | None = None,
    on_send: Callable[[bytes], None] = lambda data: None,
) -> Outcome:
    """Call the application with this request. `gone_after`: the client has left after so many sends."""
    sends: list[bytes] = []
    failures: list[str] = []

    def send(data: bytes) -> None:
        if gone_after is not None and len(sends) >= gone_after:
            raise ClientGone("gone")
        sends.append(data)
        on_send(data)

    reply = Reply(request(raw)[0], keep_alive=True)
    respond(app, environ_of(raw), reply, send, lambda: DATE, failures.append)
    return Outcome(sends, failures, reply.keep_alive)
