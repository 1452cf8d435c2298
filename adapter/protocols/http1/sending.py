"""Responses become bytes, framed so that the client knows where they end (RFC 9112 §6), whatever the application did."""

from __future__ import annotations

from .events import CGI, Head
from .fields import field_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
"""Tells a client with `expect_continue` to send its content (RFC 9110 §15.2.1)."""

_CLOSE: Final = b"Connection: close\r\n"
_BODILESS: Final = frozenset({"204", "205", "304"})
_REASONS: Final = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    417: "Expectation Failed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
}


class Reply:
    """Frames the one response to `head`: `start`, `data` for each piece, `finish`. Each returns the bytes to send.

    As long as none of these has been sent, it may be started anew with another response.
    """

    # Defaults of the class and not of __init__: this is made once per request.
    started = False
    bodiless = False
    """The response has no content, whatever the application gives (HEAD, 204, 205, 304)."""
    remaining: int | None = None
    """Bytes still owed of the Content-Length; None without one."""
    status = ""
    """The three digits of what was proposed last."""
    content = 0
    """Bytes of content framed so far."""
    _lines = b""
    _told: int | None = None  # the Content-Length that the application gave
    _dated = False
    _chunked = False

    def __init__(self, head: Head, *, keep_alive: bool) -> None:
        self._head = head
        self._wanted = self.keep_alive = keep_alive and head.keep_alive
        """`keep_alive`: may the connection go on after this response; certain after `finish`."""

    def start(self, status: Any, headers: Any, *, date: bytes, length: int | None = None) -> bytes:
        """`propose`, then `begin`. Raises ValueError."""
        self.propose(status, headers)
        return self.begin(date=date, length=length)

    def propose(self, status: Any, headers: Any) -> None:
        """Judge status and fields, and keep them for `begin`; a later proposal replaces this one.

        Raises ValueError with a sentence: what the application gave must not split the response (RFC 9112 §11.1), nor
        speak of the connection, which is ours (PEP 3333).
        """
        self._lines, self._told, self._dated = field_lines(status, headers)
        self.status = status[:3]

    def begin(self, *, date: bytes, length: int | None = None) -> bytes:
        """The head of what was proposed. `date`: the whole Date line. `length`: bytes of content, when known though the
        application did not say.
        """
        self.started = True
        if self._dated:
            date = b""
        if self._head.method == "HEAD" or self.status in _BODILESS:
            return self._begin_bodiless(date, length)
        self.keep_alive, self.bodiless, self._chunked = self._wanted, False, False
        self.remaining = known = length if self._told is None else self._told
        if known is not None:
            own = b"Content-Length: %d\r\n" % known
        elif self._head.version == "HTTP/1.1":
            self._chunked = True
            own = b"Transfer-Encoding: chunked\r\n"
        else:
            self.keep_alive = False
            own = b""
        return b"%b%b%b%b\r\n" % (self._began(), own, date, self._connection())

    def whole(self, body: bytes, date: bytes) -> bytes | None:
        """All of the response, when its content is this, and when there is nothing unusual about it; None: do it step by step."""
        size, told = len(body), self._told
        if self.started or (told is not None and told != size):
            return None
        if self.status in _BODILESS or self._head.method == "HEAD" or self._head.version != "HTTP/1.1":
            return None
        self.started = True
        self.content = size
        date = b"" if self._dated else date
        return b"%bContent-Length: %d\r\n%b%b\r\n%b" % (self._lines, size, date, b"" if self._wanted else _CLOSE, body)

    def data(self, chunk: bytes) -> bytes:
        """This piece of content, framed; nothing for a response without content. Raises ValueError past the Content-Length."""
        if not self.started:
            raise ValueError("content before the head of the response")
        if self.bodiless or not chunk:
            return b""
        self._count(len(chunk))
        return b"%x\r\n%b\r\n" % (len(chunk), chunk) if self._chunked else chunk

    def aside(self, size: int) -> None:
        """So many bytes of content go out by another way. Only after a `begin` with their number. Raises ValueError as `data`."""
        self._count(size)

    def finish(self) -> bytes:
        """What ends the content. A response shorter than its Content-Length leaves `keep_alive` False: only closing tells the client."""
        if self.remaining:
            self.keep_alive = False
        return b"0\r\n\r\n" if self._chunked else b""

    def _count(self, size: int) -> None:
        if self.remaining is not None:
            if size > self.remaining:
                raise ValueError(f"{size - self.remaining} bytes more than the Content-Length says")
            self.remaining -= size
        self.content += size

    def _begin_bodiless(self, date: bytes, length: int | None) -> bytes:
        """HEAD, 204, 205 and 304 (RFC 9110 §8.6, §15.3.5, §15.3.6, §15.4.5)."""
        self.keep_alive, self.bodiless, self._chunked, self.remaining = self._wanted, True, False, None
        own, known = b"", length or None if self._told is None else self._told
        if self.status == "205":
            own = b"Content-Length: 0\r\n"
        elif self.status != "204" and known is not None:
            own = b"Content-Length: %d\r\n" % known
        return b"%b%b%b%b\r\n" % (self._began(), own, date, self._connection())

    def _began(self) -> bytes:
        return self._lines if self._head.version != CGI else _as_cgi(self._lines)

    def _connection(self) -> bytes:
        if not self.keep_alive:
            return _CLOSE
        return b"Connection: keep-alive\r\n" if self._head.version == "HTTP/1.0" else b""


def refusal_body(status: int) -> bytes:
    """The content of `refusal`."""
    return f"{status} {_REASONS.get(status, 'Error')}\n".encode()


def _as_cgi(response: bytes) -> bytes:
    """The same, begun as a CGI program does."""
    return b"Status:" + response[len("HTTP/1.1") :]


def refusal(status: int, *, date: bytes, cgi: bool = False) -> bytes:
    """A whole small response that ends the connection; the reason stays in our log. `date`: the whole Date line."""
    body = refusal_body(status)
    line = f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}\r\n".encode()
    fields = b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n" % len(body)
    response = b"%b%b%bConnection: close\r\n\r\n%b" % (line, fields, date, body)
    return _as_cgi(response) if cgi else response
