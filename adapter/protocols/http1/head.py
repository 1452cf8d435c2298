"""One complete head, from bytes to a `Head`: the request line is judged here, the fields by llhttp and then more strictly here.

llhttp alone accepts what must be refused: no Host or two, `Transfer-Encoding` on HTTP/1.0, twice, or with other codings before
`chunked`. It knows a fixed list of methods, though any token may be one (RFC 9110 §9.1), and it stops reading the content of a
request that asks for an upgrade, which an origin server may ignore (RFC 9110 §7.8). So it sees only the fields, under a line of ours.
"""

from httptools.parser.errors import HttpParserError, HttpParserUpgrade
from httptools.parser.parser import HttpRequestParser

from .events import Head, Refused
from .limits import Limits
from .target import judge_host, split_target

TOKEN = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~"
"""The characters of a token (RFC 9110 §5.6.2)."""

_TEXT = bytes(c for c in range(256) if c >= 0x20 and c != 0x7F) + b"\t\r\n"  # what field lines are made of (RFC 9110 §5.5)
_METHOD_LENGTH = 32
_LENGTH_DIGITS = 18  # 2**63 has 19
_VERSIONS = {b"HTTP/1.1": "HTTP/1.1", b"HTTP/1.0": "HTTP/1.0"}
_JUDGED = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})

Fields = list[tuple[str, str]]
Values = dict[str, list[str]]


def parse_head(section: bytes, limits: Limits) -> Head:
    """The head in this complete section: request line, field lines, empty line. Raises Refused."""
    line, _, rest = section.partition(b"\r\n")
    method, raw_target, version = _request_line(line)
    fields = parse_fields(rest)
    values: Values = {}
    for name, value in fields:
        if name in _JUDGED:
            values.setdefault(name, []).append(value)
    modern = version == "HTTP/1.1"
    target, authority = split_target(method, raw_target)
    judge_host(values.get("host", []), required=modern)
    length = _length(values, limits.body, modern=modern)
    keep_alive = _keep_alive(values.get("connection"), modern=modern)
    waits = _expects(values.get("expect"), modern=modern) and length != 0
    return Head(method, target, version, _passed_on(fields, authority), keep_alive, waits, length)


def parse_fields(lines: bytes) -> Fields:
    """The fields in these lines and the empty line after them, names in lower case. Raises Refused."""
    if b"\n " in lines or b"\n\t" in lines or lines[:1] in (b" ", b"\t"):
        raise Refused(400, "a field line is folded, or begins with a blank (RFC 9112 §5.2)")
    if lines.translate(None, _TEXT) or lines.count(b"\r") != lines.count(b"\r\n"):
        raise Refused(400, "a control character in a field (RFC 9110 §5.5)")
    collector = _Collector()
    try:
        HttpRequestParser(collector).feed_data(b"GET / HTTP/1.1\r\n" + lines)
    except HttpParserUpgrade:
        pass
    except HttpParserError as error:
        codings = [value for name, value in collector.fields if name == "transfer-encoding"]
        raise Refused(501 if _foreign(codings) else 400, f"the fields are malformed: {error}") from None
    return collector.fields


class _Collector:
    """What llhttp calls back."""

    __slots__ = ("fields",)

    def __init__(self) -> None:
        self.fields: Fields = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))


def _request_line(line: bytes) -> tuple[str, bytes, str]:
    """Method, target and version between single spaces (RFC 9112 §3)."""
    try:
        method, target, protocol = line.split(b" ")
    except ValueError:
        raise Refused(400, "the request line is not `method SP target SP version` (RFC 9112 §3)") from None
    if not method or method.translate(None, TOKEN) or len(method) > _METHOD_LENGTH:
        raise Refused(400, f"the method is not a token of 1 to {_METHOD_LENGTH} characters (RFC 9110 §9.1)")
    version = _VERSIONS.get(protocol)
    if version is None:
        later = protocol[:5] == b"HTTP/" and protocol[5:6] in b"23456789" and protocol[6:] in (b"", b".0")
        raise Refused(505 if later else 400, "the version is neither HTTP/1.1 nor HTTP/1.0 (RFC 9112 §2.3)")
    return method.decode("ascii"), target, version


def _length(values: Values, most: int, *, modern: bool) -> int | None:
    """Bytes of content; None when chunked (RFC 9112 §6.3)."""
    lengths, codings = values.get("content-length"), values.get("transfer-encoding")
    if codings is not None:
        if not modern or lengths is not None:
            raise Refused(400, "Transfer-Encoding with HTTP/1.0, or beside Content-Length (RFC 9112 §6.1)")
        if len(codings) != 1 or codings[0].lower() != "chunked":
            raise Refused(501 if _foreign(codings) else 400, "Transfer-Encoding is not `chunked`, once (RFC 9112 §6.1)")
        return None
    if lengths is None:
        return 0
    digits = lengths[0]
    if len(lengths) != 1 or not (digits.isascii() and digits.isdigit()):
        raise Refused(400, "Content-Length is not one decimal number (RFC 9110 §8.6)")
    if len(digits) > _LENGTH_DIGITS or int(digits) > most:
        raise Refused(413, f"Content-Length is more than {most} bytes")
    return int(digits)


def _foreign(codings: list[str]) -> bool:
    """Some transfer coding other than `chunked` is asked for: 501 says so (RFC 9112 §6.1)."""
    return any(coding.strip(" \t").lower() not in ("", "chunked") for value in codings for coding in value.split(","))


def _keep_alive(connection: list[str] | None, *, modern: bool) -> bool:
    """May the connection go on after this request, as far as the client is concerned (RFC 9112 §9.3)."""
    if connection is None:
        return modern
    options = {option.strip(" \t").lower() for value in connection for option in value.split(",")}
    return "close" not in options and (modern or "keep-alive" in options)


def _expects(expect: list[str] | None, *, modern: bool) -> bool:
    """Does the client wait for 100 (RFC 9110 §10.1.1); on HTTP/1.0 it cannot."""
    if expect is None or not modern:
        return False
    if any(value.lower() != "100-continue" for value in expect):
        raise Refused(417, "an expectation other than 100-continue (RFC 9110 §10.1.1)")
    return True


def _passed_on(fields: Fields, authority: str | None) -> Fields:
    """The fields for the application. Names with an underscore are dropped: in CGI's spelling they could pose as
    their twin with a hyphen, which a proxy in front sets or removes. The authority of an absolute-form replaces
    Host (RFC 9112 §3.2.2).
    """
    if authority is None:
        return [field for field in fields if "_" not in field[0]]
    return [("host", authority), *(field for field in fields if "_" not in field[0] and field[0] != "host")]
