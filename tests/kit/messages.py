"""HTTP/1 messages as data: what must be understood, each with the section of the RFC that says so (`refusals` has the others).

Every one is fed whole, and cut at every byte (`unit/protocols`), and in random pieces (`model/test_http1.py`).
"""

from typing import NamedTuple

from adapter.protocols.http1.limits import Limits

SMALL = Limits(request_line=64, header_count=4, header_bytes=128, body=32)
"""Limits that a test message can pass."""


class Request(NamedTuple):
    """What a valid message must mean."""

    method: str
    target: str
    body: bytes = b""
    version: str = "HTTP/1.1"
    keep_alive: bool = True
    expect: bool = False
    headers: tuple[tuple[str, str], ...] | None = None
    """All of them; None: this message is not about them."""


class Valid(NamedTuple):
    name: str
    rfc: str
    raw: bytes
    requests: tuple[Request, ...]
    limits: Limits = Limits()


def get(fields: bytes, line: bytes = b"GET / HTTP/1.1") -> bytes:
    """A request without content."""
    return line + b"\r\n" + fields + b"\r\n"


def post(fields: bytes, body: bytes) -> bytes:
    """A request with content, and whatever follows it."""
    return b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n" + body


def chunked(body: bytes) -> bytes:
    """A chunked request: `body` is as it is sent."""
    return post(b"Transfer-Encoding: chunked\r\n", body)


HOST = b"Host: a\r\n"
_ROOT = Request("GET", "/")
_OLD = Request("GET", "/", version="HTTP/1.0", keep_alive=False)


def _posted(body: bytes) -> tuple[Request, ...]:
    return (Request("POST", "/", body),)


VALID = (
    Valid("the least", "9112 §3.2", get(HOST), (Request("GET", "/", headers=(("host", "a"),)),)),
    Valid("query", "9112 §3.2.1", get(HOST, b"GET /a/b?c=d&e=/?: HTTP/1.1"), (Request("GET", "/a/b?c=d&e=/?:"),)),
    Valid("two slashes are a path", "9112 §3.2.1", get(HOST, b"GET //b/c HTTP/1.1"), (Request("GET", "//b/c"),)),
    Valid("unescaped but visible", "9112 §3.2", get(HOST, b'GET /?q={"a|b"} HTTP/1.1'), (Request("GET", '/?q={"a|b"}'),)),
    Valid("any token is a method", "9110 §9.1", get(HOST, b"Brew!-1 / HTTP/1.1"), (Request("Brew!-1", "/"),)),
    Valid("method of 32", "9110 §9.1", get(HOST, b"M" * 32 + b" / HTTP/1.1"), (Request("M" * 32, "/"),)),
    Valid("asterisk", "9112 §3.2.4", get(HOST, b"OPTIONS * HTTP/1.1"), (Request("OPTIONS", "*"),)),
    Valid(
        "absolute-form replaces Host",
        "9112 §3.2.2",
        get(HOST + b"X: y\r\n", b"GET http://b.example:8080/p?q HTTP/1.1"),
        (Request("GET", "/p?q", headers=(("host", "b.example:8080"), ("x", "y"))),),
    ),
    Valid("absolute, no path", "9112 §3.2.1", get(HOST, b"GET HTTPS://b HTTP/1.1"), (Request("GET", "/"),)),
    Valid("absolute, query only", "9112 §3.2.1", get(HOST, b"GET http://b?q/r HTTP/1.1"), (Request("GET", "/?q/r"),)),
    Valid("absolute OPTIONS of a query", "9112 §3.2.4", get(HOST, b"OPTIONS http://b?q HTTP/1.1"), (Request("OPTIONS", "/?q"),)),
    Valid("absolute OPTIONS", "9112 §3.2.4", get(HOST, b"OPTIONS http://b HTTP/1.1"), (Request("OPTIONS", "*"),)),
    Valid("empty Host", "9112 §3.2", get(b"Host:\r\n"), (Request("GET", "/", headers=(("host", ""),)),)),
    Valid("Host with port", "9110 §7.2", get(b"Host: a_b.example:81\r\n"), (_ROOT,)),
    Valid("Host IPv6", "9110 §7.2", get(b"Host: [::1]:81\r\n"), (_ROOT,)),
    Valid("Host escaped", "3986 §3.2.2", get(b"Host: %41\r\n"), (_ROOT,)),
    Valid("1.0 without Host", "9112 §3.2", get(b"", b"GET / HTTP/1.0"), (_OLD,)),
    Valid("1.0 with Host", "9112 §3.2", get(HOST, b"GET / HTTP/1.0"), (_OLD,)),
    Valid(
        "1.0 keep-alive", "9112 §9.3", get(b"Connection: Keep-Alive\r\n", b"GET / HTTP/1.0"), (_OLD._replace(keep_alive=True),)
    ),
    Valid("1.0 both", "9112 §9.3", get(b"Connection: keep-alive, close\r\n", b"GET / HTTP/1.0"), (_OLD,)),
    Valid("close", "9112 §9.6", get(HOST + b"Connection: x, CLOSE\r\n"), (_ROOT._replace(keep_alive=False),)),
    Valid(
        "close, two lines",
        "9110 §5.3",
        get(HOST + b"Connection: x\r\nConnection: close\r\n"),
        (_ROOT._replace(keep_alive=False),),
    ),
    Valid(
        "blanks around values",
        "9112 §5",
        get(b"host:a\r\nX: \t b c\t \r\nY:\r\nZ: \xe9\r\n"),
        (Request("GET", "/", headers=(("host", "a"), ("x", "b c"), ("y", ""), ("z", "\xe9"))),),
    ),
    Valid(
        "any token is a name",
        "9110 §5.1",
        get(HOST + b"X!.1~: y\r\n"),
        (Request("GET", "/", headers=(("host", "a"), ("x!.1~", "y"))),),
    ),
    Valid(
        "underscore",
        "3875 §4.1.18",
        get(HOST + b"X_Y: z\r\nX-Y: a\r\n"),
        (Request("GET", "/", headers=(("host", "a"), ("x-y", "a"))),),
    ),
    Valid("an empty line before", "9112 §2.2", b"\r\n" + get(HOST), (_ROOT,)),
    Valid("content", "9112 §6.2", post(b"Content-Length: 5\r\n", b"hello"), _posted(b"hello")),
    Valid("no content", "9112 §6.3", post(b"Content-Length: 0\r\n", b""), _posted(b"")),
    Valid("leading zeros", "9110 §8.6", post(b"Content-Length: 005\r\n", b"hello"), _posted(b"hello")),
    Valid("content of a GET", "9110 §9.3.1", get(HOST + b"Content-Length: 2\r\n") + b"ab", (Request("GET", "/", b"ab"),)),
    Valid(
        "content like a request",
        "9112 §6.2",
        post(b"Content-Length: 4\r\n", b"\r\n\r\n") + get(HOST),
        (*_posted(b"\r\n\r\n"), _ROOT),
    ),
    Valid("a CRLF after content", "9112 §2.2", post(b"Content-Length: 1\r\n", b"a\r\n") + get(HOST), (*_posted(b"a"), _ROOT)),
    Valid("chunked", "9112 §7.1", chunked(b"5\r\nhello\r\n1\r\n \r\n00\r\n\r\n"), _posted(b"hello ")),
    Valid("chunked, any case", "9112 §7", post(b"Transfer-Encoding: Chunked\r\n", b"0\r\n\r\n"), _posted(b"")),
    Valid(
        "sizes", "9112 §7.1", chunked(b"00A\r\n0123456789\r\nb\r\n0123456789\r\r\n0\r\n\r\n"), _posted(b"01234567890123456789\r")
    ),
    Valid("chunk holds CRLF", "9112 §7.1", chunked(b"7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), _posted(b"\r\n0\r\n\r\n")),
    Valid("extensions", "9112 §7.1.1", chunked(b'1;a;b=c ; d = "e\\";\xe9";f\r\nx\r\n0;g\r\n\r\n'), _posted(b"x")),
    Valid("extension at its limit", "9112 §7.1.1", chunked(b"1;a=" + b"b" * 1020 + b"\r\nx\r\n0\r\n\r\n"), _posted(b"x")),
    Valid(
        "trailers are dropped",
        "9112 §7.1.2",
        chunked(b"1\r\nx\r\n0\r\nHost: b\r\nX: y\r\n\r\n") + get(HOST),
        (*_posted(b"x"), _ROOT),
    ),
    Valid("pipelined", "9112 §9.3.2", get(HOST) * 3, (_ROOT,) * 3),
    Valid("pipelined after chunked", "9112 §9.3.2", chunked(b"1\r\nx\r\n0\r\n\r\n") * 2 + get(HOST), (*_posted(b"x") * 2, _ROOT)),
    Valid(
        "expect",
        "9110 §10.1.1",
        post(b"Expect: 100-Continue\r\nContent-Length: 1\r\n", b"x"),
        (Request("POST", "/", b"x", expect=True),),
    ),
    Valid("expect, no content", "9110 §10.1.1", get(HOST + b"Expect: 100-continue\r\n"), (_ROOT,)),
    Valid(
        "expect on 1.0",
        "9110 §10.1.1",
        get(b"Expect: x\r\nContent-Length: 1\r\n", b"GET / HTTP/1.0") + b"x",
        (_OLD._replace(body=b"x"),),
    ),
    Valid(
        "upgrade is ignored",
        "9110 §7.8",
        get(HOST + b"Connection: upgrade\r\nUpgrade: websocket\r\n") + get(HOST),
        (_ROOT, _ROOT),
    ),
    Valid(
        "upgrade with content",
        "9110 §7.8",
        post(b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n", b"ab") + get(HOST),
        (*_posted(b"ab"), _ROOT),
    ),
    Valid(
        "line at its limit", "9112 §3", get(HOST, b"GET /" + b"x" * 50 + b" HTTP/1.1"), (Request("GET", "/" + "x" * 50),), SMALL
    ),
    Valid("fields at their number", "6585 §5", get(HOST + b"X: y\r\n" * 3), (_ROOT,), SMALL),
    Valid("fields at their size", "6585 §5", get(HOST + b"X: " + b"y" * 114 + b"\r\n"), (_ROOT,), SMALL),
    Valid("content at its limit", "9110 §15.5.14", post(b"Content-Length: 32\r\n", b"x" * 32), _posted(b"x" * 32), SMALL),
    Valid(
        "chunks at the limit",
        "9110 §15.5.14",
        chunked(b"10\r\n" + b"x" * 16 + b"\r\n") + (b"10\r\n" + b"y" * 16 + b"\r\n0\r\n\r\n"),
        _posted(b"x" * 16 + b"y" * 16),
        SMALL,
    ),
)
