"""Responses become bytes, framed so that the client knows where they end (RFC 9112 §6), whatever the application did."""

from typing import Any, Final

from .events import Head
from .head import TOKEN

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
"""Tells a client with `expect_continue` to send its content (RFC 9110 §15.2.1)."""

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "trailers", "transfer-encoding", "upgrade"}
    | {"proxy-authenticate", "proxy-authorization"}
)
"""What only we may say (PEP 3333, "Other HTTP Features"; RFC 9110 §7.6.1)."""

_JUDGED = _HOP_BY_HOP | {"content-length", "date"}
_TEXT = bytes(c for c in range(256) if c >= 0x20 and c != 0x7F) + b"\t"
_FIRST_FINAL = "200"
_LENGTH_DIGITS = 18
_REASONS = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    417: "Expectation Failed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}

Headers = list[tuple[str, str]]


class Reply:
    """Frames the one response to `head`: `start`, `data` for each piece, `finish`. Each returns the bytes to send.

    As long as none of these has been sent, it may be started anew with another response.
    """

    __slots__ = ("_chunked", "_code", "_head", "_judged", "_lines", "_wanted", "bodiless", "keep_alive", "remaining", "started")

    def __init__(self, head: Head, *, keep_alive: bool) -> None:
        self._head = head
        self._wanted = keep_alive and head.keep_alive
        self._code = ""
        self._lines = b""
        self._judged: dict[str, str] = {}
        self._chunked = False
        self.keep_alive = self._wanted
        """May the connection go on after this response; certain after `finish`."""
        self.started = False
        self.bodiless = False
        """The response has no content, whatever the application gives (HEAD, 204, 205, 304)."""
        self.remaining: int | None = None
        """Bytes still owed of the Content-Length; None without one."""

    def start(self, status: str, headers: Headers, *, date: str, length: int | None = None) -> bytes:
        """`propose`, then `begin`. Raises ValueError."""
        self.propose(status, headers)
        return self.begin(date=date, length=length)

    def propose(self, status: str, headers: Headers) -> None:
        """Judge status and fields, and keep them for `begin`; a later proposal replaces this one.

        Raises ValueError with a sentence: what the application gave must not split the response (RFC 9112 §11.1), nor
        speak of the connection, which is ours (PEP 3333).
        """
        line = f"HTTP/1.1 {_status(status)}\r\n".encode("latin-1")
        lines, judged = _field_lines(headers)
        self._lines, self._judged, self._code = line + lines, judged, status[:3]

    def begin(self, *, date: str, length: int | None = None) -> bytes:
        """The head of what was proposed. `length`: bytes of content, when known though the application did not say."""
        own = self._own_fields(length)
        if "date" not in self._judged:
            own += f"Date: {date}\r\n"
        if not self.keep_alive:
            own += "Connection: close\r\n"
        elif self._head.version == "HTTP/1.0":
            own += "Connection: keep-alive\r\n"
        self.started = True
        return b"%b%b\r\n" % (self._lines, own.encode("latin-1"))

    def data(self, chunk: bytes) -> bytes:
        """This piece of content, framed; nothing for a response without content. Raises ValueError past the Content-Length."""
        if not self.started:
            raise ValueError("content before the head of the response")
        if self.bodiless or not chunk:
            return b""
        if self._chunked:
            return b"%x\r\n%b\r\n" % (len(chunk), chunk)
        if self.remaining is not None:
            if len(chunk) > self.remaining:
                raise ValueError(f"{len(chunk) - self.remaining} bytes more than the Content-Length says")
            self.remaining -= len(chunk)
        return chunk

    def finish(self) -> bytes:
        """What ends the content. A response shorter than its Content-Length leaves `keep_alive` False: only closing tells the client."""
        if self.remaining:
            self.keep_alive = False
        return b"0\r\n\r\n" if self._chunked else b""

    def _own_fields(self, length: int | None) -> str:
        """Decide the framing (RFC 9112 §6.3) and return the fields that tell it."""
        told = self._judged.get("content-length")
        self.bodiless = self._head.method == "HEAD" or self._code in ("204", "205", "304")
        self.keep_alive, self._chunked, self.remaining = self._wanted, False, None
        if self._code in ("204", "205"):  # (RFC 9110 §8.6, §15.3.6)
            return "Content-Length: 0\r\n" if self._code == "205" else ""
        if self.bodiless:
            return f"Content-Length: {told or length}\r\n" if told or length else ""
        if told is not None or length is not None:
            self.remaining = length if told is None else int(told)
            return f"Content-Length: {self.remaining}\r\n"
        if self._head.version == "HTTP/1.1":
            self._chunked = True
            return "Transfer-Encoding: chunked\r\n"
        self.keep_alive = False
        return ""


def refusal(status: int, *, date: str) -> bytes:
    """A whole small response that ends the connection; the reason stays in our log."""
    phrase = _REASONS.get(status, "Error")
    body = f"{status} {phrase}\n"
    head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Date: {date}\r\nConnection: close\r\n\r\n{body}".encode("latin-1")


def _status(status: str) -> str:
    """The status line's end: three digits, a space, a reason that may be empty (RFC 9112 §4)."""
    if not isinstance(status, str):
        raise ValueError(f"the status is {type(status).__name__}, not str")  # noqa: TRY004 -- one kind of error for a bad response
    code, reason = status[:3], status[3:]
    good = len(code) == 3 and code.isascii() and code.isdigit() and reason[:1] in ("", " ")
    if not good or _encode(status).translate(None, _TEXT):
        raise ValueError(f"the status {status!r} is not three digits, a space and a reason")
    if code < _FIRST_FINAL:
        raise ValueError(f"the status {status!r} is an interim one: an application gives only final ones")
    return status if reason else status + " "


def _field_lines(headers: Headers) -> tuple[bytes, dict[str, str]]:
    """The application's fields as lines, without Content-Length, and what it said of the fields that matter to the framing."""
    judged: dict[str, str] = {}
    lines = []
    for name, value in _pairs(headers):
        lower = name.lower()
        if lower in _JUDGED:
            _judge(name, value, judged)
            if lower == "content-length":
                continue
        line = _encode(f"{name}: {value}")
        if not name or line[: len(name)].translate(None, TOKEN):
            raise ValueError(f"the header name {name!r} is not a token")
        if line.translate(None, _TEXT):
            raise ValueError(f"the header {name}: {value!r} has a control character")
        lines.append(line)
    lines.append(b"")
    return b"\r\n".join(lines), judged


def _pairs(headers: list[Any]) -> Headers:
    """The headers, when they are pairs of str."""
    for pair in headers:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], str)):
            raise ValueError(f"the header {pair!r} is not a tuple of two str")
    return headers


def _judge(name: str, value: str, judged: dict[str, str]) -> None:
    """Refuse what an application must not say; remember the rest, once each."""
    lower = name.lower()
    if lower in _HOP_BY_HOP:
        raise ValueError(f"the header {name} is about the connection: an application must not give it (PEP 3333)")
    if lower in judged:
        raise ValueError(f"the header {name} is given twice")
    if lower == "content-length" and not (value.isascii() and value.isdigit() and len(value) <= _LENGTH_DIGITS):
        raise ValueError(f"the Content-Length {value!r} is not a number")
    judged[lower] = value


def _encode(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"{text!r} has characters beyond ISO-8859-1 (PEP 3333)") from None
