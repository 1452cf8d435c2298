"""One complete head, from bytes to a `Head`: every rule of RFC 9112 §3 and §5 that it must keep, and the stricter ones of our own.

The hot path of the server: each look at the bytes as a whole is one call of the interpreter's C code, and what is done once for each
field is a split, a look-up and an assignment. A parser in C with callbacks (httptools) was twice as slow, and did not see half-received
heads, a second Host, or `Transfer-Encoding` on HTTP/1.0; it is what the tests compare us with.
"""

from __future__ import annotations

from .events import Head, Refused
from .limits import Limits
from .names import TOKEN, USUAL, variable
from .target import is_authority, split_target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_TEXT: Final = bytes((*range(0x20, 0x7F), *range(0x80, 0x100))) + b"\t"  # what a line is made of (RFC 9110 §5.5)
_CRLF: Final = b"\r\n"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_LONGEST_METHOD: Final = 32  # any token may be one (RFC 9110 §9.1)
_LATEST: Final = "HTTP/1.1"
_VERSIONS: Final = frozenset({_LATEST, "HTTP/1.0"})
_LATER: Final = frozenset(f"HTTP/{major}{minor}" for major in "23456789" for minor in ("", ".0"))
_LENGTH_DIGITS: Final = 18  # 2**63 has 19
_HEX: Final = "0123456789abcdefABCDEF"
_CONNECTIONS: Final = {"close": False, "Close": False, "keep-alive": True, "Keep-Alive": True}
"""Whether it goes on, as clients mostly say it: with these the version does not matter."""
_ONCE: Final = frozenset({"HTTP_HOST", "CONTENT_LENGTH", "CONTENT_TYPE"})
_LIST: Final = ","
_JOINTS: Final = {"HTTP_COOKIE": "; "}  # RFC 9110 §5.3, RFC 6265 §5.4

Variables = dict[str, str]


def parse_head(section: bytes, limits: Limits) -> Head:
    """The head in this complete section: request line, field lines, empty line. Raises Refused."""
    lines = split_lines(section)
    if len(lines) - 3 > limits.header_count:
        raise Refused(431, f"more than {limits.header_count} fields")
    method, target, version, path, query, authority = _begin(lines[0])
    modern = version == _LATEST
    fields = {"SCRIPT_NAME": "", "SERVER_PROTOCOL": version}
    collect(lines, fields)
    host = fields.get("HTTP_HOST")
    if modern if host is None else not is_authority(host):  # empty is allowed: a target without authority
        raise Refused(400, "Host is missing, or not `name[:port]` (RFC 9110 §7.2, RFC 9112 §3.2)")
    if authority is not None:  # that of an absolute-form replaces Host (RFC 9112 §3.2.2)
        fields["HTTP_HOST"] = authority
    length: int | None = 0
    if "CONTENT_LENGTH" in fields or "HTTP_TRANSFER_ENCODING" in fields:
        length = _length(fields, limits.body, modern=modern)
    connection = fields.get("HTTP_CONNECTION")
    keep_alive = modern if connection is None else _keep_alive(connection, modern=modern)
    waits = "HTTP_EXPECT" in fields and _expects(fields["HTTP_EXPECT"], modern=modern) and length != 0
    return Head(method, target, version, fields, keep_alive, waits, length, path, query)


def parse_like(line: bytes, before: Head) -> Head | None:
    """The head that begins with this request line, without its CRLF, and goes on with the very bytes that `before` went on with;
    None: parse it as a whole. Raises Refused.
    """
    begun = line.decode("latin-1")
    if not begun.isprintable():  # stricter than a line must be, and quicker
        return None
    method, target, version, path, query, authority = _begin(begun)
    if authority is not None or version != before.version:
        return None
    fields, keep_alive, waits, length = before.fields, before.keep_alive, before.expect_continue, before.length
    return Head(method, target, version, fields, keep_alive, waits, length, path, query)


def _begin(line: str) -> tuple[str, str, str, str, str, str | None]:
    """What a request line says: method, target, version; path and query; the authority, when the target came in absolute-form.
    Raises Refused.
    """
    try:
        method, target, version = line.split(" ")
    except ValueError:
        raise Refused(400, "the request line is not `method SP target SP version` (RFC 9112 §3)") from None
    # The likeliest by themselves: to look a new string up costs its hash.
    if (version != _LATEST and version not in _VERSIONS) or (
        method != "GET" and method not in _METHODS and not _is_method(method)
    ):
        raise _bad_line(version)
    if not target.isascii() or "#" in target or "\t" in target:  # a fragment is never sent (RFC 9110 §7.1)
        raise Refused(400, "a character in the request target that no URI has (RFC 9112 §3.2)")
    authority = None
    if target[:1] != "/" or method == "CONNECT":
        target, authority = split_target(method, target)
    path, _, query = target.partition("?")
    if "%" in path or path == "*":
        path = _decoded(path)
    return method, target, version, path, query, authority


def split_lines(section: bytes) -> list[str]:
    """The lines of a section, and two empty ones at its end. Raises Refused for what no line has (RFC 9110 §5.5, RFC 9112 §2.2)."""
    lines = section.decode("latin-1").split("\r\n")
    # All that is left without the text must be the CRLFs that were split at: no control character, no bare CR, no bare LF. What is
    # printable has none, and is told ten times as fast from what is not; only a tab, or what is not ASCII, may be neither.
    if not "".join(lines).isprintable() and section.translate(None, _TEXT) != _CRLF * (len(lines) - 1):
        raise Refused(400, "a control character, or a bare CR or LF (RFC 9110 §5.5)")
    return lines


def collect(lines: list[str], variables: Variables) -> None:
    """Add the fields in all lines between the first and the last two. Raises Refused."""
    for line in lines[1:-2]:
        name, colon, value = line.partition(":")
        if not colon:
            raise Refused(400, "a field line has no colon (RFC 9112 §5)")
        key = USUAL.get(name)
        if key is None:
            key = variable(name)
        if key in variables:
            value = _joined(key, variables[key], value)
        if key:
            variables[key] = value.strip(" \t")


def _joined(key: str, before: str, value: str) -> str:
    """Several lines of one name (RFC 9110 §5.3)."""
    if key in _ONCE:
        raise Refused(400, "a field that may stand once stands twice (RFC 9110 §5.3)")
    return before + _JOINTS.get(key, _LIST) + value.strip(" \t")


def _is_method(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_METHOD and not text.strip(TOKEN)


def _bad_line(version: str) -> Refused:
    if version in _VERSIONS:
        return Refused(400, "the method is not a token of 1 to 32 characters (RFC 9110 §9.1)")
    return Refused(505 if version in _LATER else 400, "the version is neither HTTP/1.1 nor HTTP/1.0 (RFC 9112 §2.3)")


def _decoded(path: str) -> str:
    """The bytes of the path, each as one character (PEP 3333, "Unicode Issues"). What is no escape stays; `*` is no path."""
    if path == "*":
        return ""
    decoded, *rest = path.split("%")
    for each in rest:
        digits = each[:2]
        escape = len(digits) == 2 and not digits.strip(_HEX)
        decoded += chr(int(digits, 16)) + each[2:] if escape else "%" + each
    return decoded


def _length(variables: Variables, most: int, *, modern: bool) -> int | None:
    """Bytes of content; None when chunked (RFC 9112 §6.3). The coding is ours: the application does not hear of it."""
    coding, digits = variables.pop("HTTP_TRANSFER_ENCODING", None), variables.get("CONTENT_LENGTH")
    if coding is not None:
        if not modern or digits is not None:
            raise Refused(400, "Transfer-Encoding with HTTP/1.0, or beside Content-Length (RFC 9112 §6.1)")
        if coding.lower() != "chunked":
            raise Refused(501 if _foreign(coding) else 400, "Transfer-Encoding is not `chunked`, once (RFC 9112 §6.1)")
        return None
    if digits is None or not (digits.isascii() and digits.isdigit()):
        raise Refused(400, "Content-Length is not one decimal number (RFC 9110 §8.6)")
    if len(digits) > _LENGTH_DIGITS or int(digits) > most:
        raise Refused(413, f"Content-Length is more than {most} bytes")
    return int(digits)


def _foreign(coding: str) -> bool:
    """Some transfer coding other than `chunked` is asked for: 501 says so (RFC 9112 §6.1)."""
    return any(each.strip(" \t").lower() not in ("", "chunked") for each in coding.split(","))


def _keep_alive(connection: str, *, modern: bool) -> bool:
    """May the connection go on after this request, as far as the client is concerned (RFC 9112 §9.3)."""
    usual = _CONNECTIONS.get(connection)
    if usual is not None:
        return usual
    options = {option.strip(" \t").lower() for option in connection.split(",")}
    return "close" not in options and (modern or "keep-alive" in options)


def _expects(expect: str, *, modern: bool) -> bool:
    """Does the client wait for 100 (RFC 9110 §10.1.1); on HTTP/1.0 it cannot."""
    if modern and any(each.strip(" \t").lower() != "100-continue" for each in expect.split(",")):
        raise Refused(417, "an expectation other than 100-continue (RFC 9110 §10.1.1)")
    return modern
