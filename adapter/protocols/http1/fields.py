"""The status and fields that an application gives, judged and made into lines.

What it gives must not split the response (RFC 9112 §11.1), nor speak of the connection, which is ours (PEP 3333). It is `Any` until
it is judged: applications make mistakes in types too.
"""

from __future__ import annotations

from .names import TOKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_TEXT: Final = bytes((*range(0x20, 0x7F), *range(0x80, 0x100))) + b"\t"
_FIRST_FINAL: Final = "200"
_LENGTH_DIGITS: Final = 18
_HARMLESS: Final = 0
_OURS: Final = 1
_LENGTH: Final = 2
_DATE: Final = 3
_JUDGED: Final = {
    **dict.fromkeys(("connection", "keep-alive", "proxy-connection", "te", "trailer", "trailers", "transfer-encoding"), _OURS),
    **dict.fromkeys(("upgrade", "proxy-authenticate", "proxy-authorization"), _OURS),
    "content-length": _LENGTH,
    "date": _DATE,
}
"""What only we may say (PEP 3333, "Other HTTP Features"; RFC 9110 §7.6.1), and what we must know."""
_STATUSES: Final = (
    "200 OK", "201 Created", "202 Accepted", "204 No Content", "206 Partial Content", "301 Moved Permanently", "302 Found",
    "303 See Other", "304 Not Modified", "307 Temporary Redirect", "308 Permanent Redirect", "400 Bad Request", "401 Unauthorized",
    "403 Forbidden", "404 Not Found", "405 Method Not Allowed", "409 Conflict", "410 Gone", "422 Unprocessable Entity",
    "429 Too Many Requests", "500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable",
)  # fmt: skip
_LINES: Final = {status: f"HTTP/1.1 {status}\r\n" for status in _STATUSES}
KINDS: Final[dict[str, int]] = {}
"""What the usual names are, when `usual` has filled it."""


def field_lines(status: Any, headers: Any) -> tuple[bytes, int | None, bool]:
    """The status line and the field lines without Content-Length; that length, if it was given; whether a Date was.

    Raises ValueError with a sentence.
    """
    text = _LINES.get(status) or f"HTTP/1.1 {_status(status)}\r\n"
    length: int | None = None
    dated = False
    name: str
    value: str
    for given in headers:
        if type(given) is not tuple or len(given) != 2:
            _pair(given)
        pair: tuple[Any, Any] = given
        if type(pair[0]) is not str or type(pair[1]) is not str:
            _pair(given)
        name, value = pair
        kind = KINDS.get(name)
        if kind is None:
            kind = kind_of(name)
        if kind:
            if kind == _LENGTH:
                length = _content_length(value, length)
                continue
            _refuse(name, kind, dated=dated)
            dated = True
        if not value.isprintable():  # quick, and stricter than the rule
            _check(f"the header {name}: {value!r}", value)
        text += f"{name}: {value}\r\n"
    try:
        return text.encode("latin-1"), length, dated
    except UnicodeEncodeError as error:
        name, _, value = text[text.rindex("\n", 0, error.start) + 1 : text.index("\r", error.start)].partition(": ")
        raise _foreign(f"the header {name}: {value!r}") from None


def _status(status: Any) -> str:
    """The status line's end: three digits, a space, a reason that may be empty (RFC 9112 §4)."""
    if not isinstance(status, str):
        raise ValueError(f"the status is {type(status).__name__}, not str")  # noqa: TRY004 -- one kind of error for a bad response
    code = status[:3]
    if len(code) != 3 or not code.isascii() or not code.isdigit() or status[3:4] not in ("", " "):
        raise ValueError(f"the status {status!r} is not three digits, a space and a reason")
    if code < _FIRST_FINAL:
        raise ValueError(f"the status {status!r} is an interim one: an application gives only final ones")
    _check(f"the status {status!r}", status)
    return status if len(status) > 3 else status + " "


def _pair(given: Any) -> None:
    """It is a pair of two str after all, of kinds of their own."""
    if not (isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], str)):
        raise ValueError(f"the header {given!r} is not a tuple of two str")


def kind_of(name: str) -> int:
    """What a name is, in whatever spelling."""
    if not name or name.strip(TOKEN):
        raise ValueError(f"the header name {name!r} is not a token")
    return _JUDGED.get(name.lower(), _HARMLESS)


def _refuse(name: str, kind: int, *, dated: bool) -> None:
    """A name that an application must not give, or not again."""
    if kind == _OURS:
        raise ValueError(f"the header {name} is about the connection: an application must not give it (PEP 3333)")
    if dated:
        raise ValueError(f"the header {name} is given twice")


def _content_length(value: str, before: int | None) -> int:
    if before is not None:
        raise ValueError("the header Content-Length is given twice")
    if not (value.isascii() and value.isdigit() and len(value) <= _LENGTH_DIGITS):
        raise ValueError(f"the Content-Length {value!r} is not a number")
    return int(value)


def _check(what: str, text: str) -> None:
    """What no line may have (RFC 9110 §5.5)."""
    try:
        bad = text.encode("latin-1").translate(None, _TEXT)
    except UnicodeEncodeError:
        raise _foreign(what) from None
    if bad:
        raise ValueError(f"{what} has a control character")


def _foreign(what: str) -> ValueError:
    return ValueError(f"{what} has characters beyond ISO-8859-1 (PEP 3333)")
