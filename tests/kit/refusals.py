"""HTTP/1 messages that must be refused, as data: each with the status and the section of the RFC that says so."""

from typing import NamedTuple

from adapter.protocols.http1.limits import Limits

from .messages import HOST, SMALL, chunked, get, post


class Invalid(NamedTuple):
    name: str
    rfc: str
    raw: bytes
    status: int
    limits: Limits = Limits()
    before: int = 0
    """Whole requests that come before the refusal."""


INVALID = (
    # The request line
    Invalid("bare LF", "9112 §2.2", b"GET / HTTP/1.1\nHost: a\n\n", 400),
    Invalid("bare LF after a field", "9112 §2.2", get(b"Host: a\nX: y\r\n"), 400),
    Invalid("bare LF as the empty line", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    Invalid("bare LF first", "9112 §2.2", b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Invalid("bare CR in the line", "9112 §2.2", get(HOST, b"GET /\r HTTP/1.1"), 400),
    Invalid("bare CR in a value", "9112 §2.2", get(HOST + b"X: a\rb\r\n"), 400),
    Invalid("CR CR LF", "9112 §2.2", get(b"Host: a\r\r\n"), 400),
    Invalid("two empty lines before", "9112 §2.2", b"\r\n\r\n" + get(HOST), 400),
    Invalid("no version", "9112 §3", get(HOST, b"GET /"), 400),
    Invalid("two spaces", "9112 §3", get(HOST, b"GET  / HTTP/1.1"), 400),
    Invalid("space at the end", "9112 §3", get(HOST, b"GET / HTTP/1.1 "), 400),
    Invalid("space first", "9112 §3", get(HOST, b" GET / HTTP/1.1"), 400),
    Invalid("tab", "9112 §3", get(HOST, b"GET\t/ HTTP/1.1"), 400),
    Invalid("space in the target", "9112 §3.2", get(HOST, b"GET /a b HTTP/1.1"), 400),
    Invalid("no method", "9112 §3.1", get(HOST, b" / HTTP/1.1"), 400),
    Invalid("method no token", "9110 §9.1", get(HOST, b"G(T / HTTP/1.1"), 400),
    Invalid("method not ASCII", "9110 §9.1", get(HOST, b"G\xc3\x89T / HTTP/1.1"), 400),
    Invalid("method of 33", "9110 §9.1", get(HOST, b"M" * 33 + b" / HTTP/1.1"), 400),
    Invalid("version 0.9", "9112 §2.3", get(HOST, b"GET / HTTP/0.9"), 400),
    Invalid("version 1.2", "9112 §2.3", get(HOST, b"GET / HTTP/1.2"), 400),
    Invalid("version 2.0", "9112 §2.3", get(HOST, b"GET / HTTP/2.0"), 505),
    Invalid("HTTP/2 preface", "9113 §3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    Invalid("version 1.10", "9112 §2.3", get(HOST, b"GET / HTTP/1.10"), 400),
    Invalid("version in lower case", "9112 §2.3", get(HOST, b"GET / http/1.1"), 400),
    Invalid("not HTTP", "9112 §2.3", get(HOST, b"GET / RTSP/1.0"), 400),
    Invalid("TLS", "8446 §4", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n", 400),
    # The target
    Invalid("CONNECT", "9110 §9.3.6", get(HOST, b"CONNECT a:443 HTTP/1.1"), 501),
    Invalid("fragment", "9110 §7.1", get(HOST, b"GET /a#b HTTP/1.1"), 400),
    Invalid("target not ASCII", "9112 §3.2", get(HOST, b"GET /\xe9 HTTP/1.1"), 400),
    Invalid("NUL in the target", "9112 §3.2", get(HOST, b"GET /\x00 HTTP/1.1"), 400),
    Invalid("asterisk but not OPTIONS", "9112 §3.2.4", get(HOST, b"GET * HTTP/1.1"), 400),
    Invalid("no slash", "9112 §3.2.1", get(HOST, b"GET a HTTP/1.1"), 400),
    Invalid("authority-form", "9112 §3.2.3", get(HOST, b"GET a:80 HTTP/1.1"), 400),
    Invalid("other scheme", "9112 §3.2.2", get(HOST, b"GET ftp://a/ HTTP/1.1"), 400),
    Invalid("absolute without host", "9110 §4.2.1", get(HOST, b"GET http:///a HTTP/1.1"), 400),
    Invalid("absolute with a port only", "9110 §4.2.1", get(HOST, b"GET http://:80/ HTTP/1.1"), 400),
    Invalid("user in the authority", "9110 §4.2.4", get(HOST, b"GET http://u@a/ HTTP/1.1"), 400),
    # Host
    Invalid("no Host", "9112 §3.2", get(b""), 400),
    Invalid("two Hosts", "9112 §3.2", get(HOST + b"host: a\r\n"), 400),
    Invalid("two Hosts on 1.0", "9112 §3.2", get(HOST * 2, b"GET / HTTP/1.0"), 400),
    Invalid("absolute without Host", "9112 §3.2.2", get(b"", b"GET http://a/ HTTP/1.1"), 400),
    Invalid("Host with a path", "9110 §7.2", get(b"Host: a/b\r\n"), 400),
    Invalid("Host with a user", "9110 §7.2", get(b"Host: u@a\r\n"), 400),
    Invalid("Host list", "9110 §7.2", get(b"Host: a b\r\n"), 400),
    Invalid("Host with a bad port", "9110 §7.2", get(b"Host: a:8x\r\n"), 400),
    Invalid("Host with an open bracket", "9110 §7.2", get(b"Host: [::1\r\n"), 400),
    Invalid("Host with empty brackets", "9110 §7.2", get(b"Host: []\r\n"), 400),
    Invalid("Host with digits after brackets", "9110 §7.2", get(b"Host: [::1]x1\r\n"), 400),
    Invalid("Host with text after brackets", "9110 §7.2", get(b"Host: [::1]a:1\r\n"), 400),
    # Field lines
    Invalid("folded", "9112 §5.2", get(HOST + b"X: a\r\n b\r\n"), 400),
    Invalid("folded by a tab", "9112 §5.2", get(HOST + b"X: a\r\n\tb\r\n"), 400),
    Invalid("blank before the first field", "9112 §2.2", get(b" Host: a\r\n"), 400),
    Invalid("space before the colon", "9112 §5.1", get(b"Host : a\r\n"), 400),
    Invalid("no colon", "9112 §5", get(HOST + b"X\r\n"), 400),
    Invalid("no name", "9112 §5", get(HOST + b": y\r\n"), 400),
    Invalid("name no token", "9110 §5.1", get(HOST + b"X(: y\r\n"), 400),
    Invalid("name not ASCII", "9110 §5.1", get(HOST + b"X\xe9: y\r\n"), 400),
    Invalid("NUL in a value", "9110 §5.5", get(HOST + b"X: a\x00b\r\n"), 400),
    Invalid("control in a value", "9110 §5.5", get(HOST + b"X: a\x0bb\r\n"), 400),
    Invalid("DEL in a value", "9110 §5.5", get(HOST + b"X: \x7f\r\n"), 400),
    # Where the content ends
    Invalid("two lengths", "9112 §6.3", post(b"Content-Length: 1\r\nContent-Length: 1\r\n", b"x"), 400),
    Invalid("list of lengths", "9112 §6.3", post(b"Content-Length: 1, 1\r\n", b"x"), 400),
    Invalid("signed length", "9110 §8.6", post(b"Content-Length: +1\r\n", b"x"), 400),
    Invalid("negative length", "9110 §8.6", post(b"Content-Length: -1\r\n", b"x"), 400),
    Invalid("length with an underscore", "9110 §8.6", post(b"Content-Length: 1_0\r\n", b"x"), 400),
    Invalid("hexadecimal length", "9110 §8.6", post(b"Content-Length: 0x1\r\n", b"x"), 400),
    Invalid("length with a superscript", "9110 §8.6", post(b"Content-Length: \xb2\r\n", b"x"), 400),
    Invalid("empty length", "9110 §8.6", post(b"Content-Length:\r\n", b""), 400),
    Invalid("length past 64 bits", "9110 §8.6", post(b"Content-Length: 18446744073709551617\r\n", b"x"), 413),
    Invalid("length and coding", "9112 §6.1", post(b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), 400),
    Invalid("coding and length", "9112 §6.1", post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n"), 400),
    Invalid("coding on 1.0", "9112 §6.1", get(HOST + b"Transfer-Encoding: chunked\r\n", b"POST / HTTP/1.0") + b"0\r\n\r\n", 400),
    Invalid("chunked twice", "9112 §6.1", post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), 400),
    Invalid("two codings, two lines", "9112 §6.1", post(b"Transfer-Encoding: chunked\r\n" * 2, b"0\r\n\r\n"), 400),
    Invalid("empty coding", "9112 §6.1", post(b"Transfer-Encoding:\r\n", b""), 400),
    Invalid("chunked in a list", "9112 §6.1", post(b"Transfer-Encoding: ,chunked\r\n", b"0\r\n\r\n"), 400),
    Invalid("gzip", "9112 §6.1", post(b"Transfer-Encoding: gzip\r\n", b""), 501),
    Invalid("gzip, chunked", "9112 §6.1", post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 501),
    Invalid("identity", "9112 §7", post(b"Transfer-Encoding: identity\r\n", b""), 501),
    Invalid("quoted coding", "9112 §7", post(b'Transfer-Encoding: "chunked"\r\n', b""), 501),
    Invalid("coding with a vertical tab", "9112 §6.1", post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"), 400),
    Invalid("coding with a parameter", "9112 §7.1", post(b"Transfer-Encoding: chunked;a=b\r\n", b"0\r\n\r\n"), 501),
    # Chunks
    Invalid("no size", "9112 §7.1", chunked(b"\r\nhello\r\n0\r\n\r\n"), 400),
    Invalid("size not hexadecimal", "9112 §7.1", chunked(b"g\r\n"), 400),
    Invalid("size with 0x", "9112 §7.1", chunked(b"0x1\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("signed size", "9112 §7.1", chunked(b"+1\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("size with an underscore", "9112 §7.1", chunked(b"1_0\r\n"), 400),
    Invalid("space before the size", "9112 §7.1", chunked(b" 1\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("space after the size", "9112 §7.1", chunked(b"1 \r\nx\r\n0\r\n\r\n"), 400),
    Invalid("size of 16 digits", "9112 §7.1", chunked(b"0000000000000001\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("size line ends in LF", "9112 §7.1", chunked(b"1\nx\r\n0\r\n\r\n"), 400),
    Invalid("long size line ends in LF", "9112 §7.1", chunked(b"12\nx\r\n0\r\n\r\n"), 400),
    Invalid("size line ends in CR", "9112 §7.1", chunked(b"1\rx\r\n0\r\n\r\n"), 400),
    Invalid("chunk ends in LF", "9112 §7.1", chunked(b"1\r\nx\n0\r\n\r\n"), 400),
    Invalid("chunk too long", "9112 §7.1", chunked(b"1\r\nxy\r\n0\r\n\r\n"), 400),
    Invalid("chunk ends in CR only", "9112 §7.1", chunked(b"1\r\nx\rx0\r\n\r\n"), 400),
    Invalid("last chunk ends in LF", "9112 §7.1", chunked(b"0\n\r\n"), 400),
    Invalid("trailer section ends in LF", "9112 §7.1", chunked(b"0\r\n\n"), 400),
    Invalid("extension ends in LF", "9112 §7.1.1", chunked(b"1;\n\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("empty extension", "9112 §7.1.1", chunked(b"1;\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("extension without value", "9112 §7.1.1", chunked(b"1;a=\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("extension with an open quote", "9112 §7.1.1", chunked(b'1;a="b\r\nx\r\n0\r\n\r\n'), 400),
    Invalid("extension with a control", "9112 §7.1.1", chunked(b"1;a\x00\r\nx\r\n0\r\n\r\n"), 400),
    Invalid("bad trailer", "9112 §7.1.2", chunked(b"0\r\nX y\r\n\r\n"), 400),
    Invalid("folded trailer", "9112 §7.1.2", chunked(b"0\r\nX: y\r\n z\r\n\r\n"), 400),
    # Expectations
    Invalid("other expectation", "9110 §10.1.1", post(b"Expect: 200-ok\r\nContent-Length: 1\r\n", b"x"), 417),
    Invalid("two expectations", "9110 §10.1.1", post(b"Expect: 100-continue, x\r\nContent-Length: 1\r\n", b"x"), 417),
    # Limits
    Invalid("line past its limit", "9112 §3", get(HOST, b"GET /" + b"x" * 51 + b" HTTP/1.1"), 414, SMALL),
    Invalid("line without end", "9112 §3", b"x" * 100, 414, SMALL),
    Invalid("too many fields", "6585 §5", get(HOST + b"X: y\r\n" * 4), 431, SMALL),
    Invalid("fields without end", "6585 §5", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 30, 431, SMALL),
    Invalid("too many fields before a bare LF", "6585 §5", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5 + b"\n", 431, SMALL),
    Invalid("fields too large", "6585 §5", get(HOST + b"X: " + b"y" * 115 + b"\r\n"), 431, SMALL),
    Invalid("fields too large and malformed", "6585 §5", get(HOST + b"X y" + b"y" * 125 + b"\n"), 431, SMALL),
    Invalid("bare LF before the limit", "9112 §2.2", b"GET / HTTP/1.1\nX: " + b"y" * 300, 400, SMALL),
    Invalid("bare LF in the last byte allowed", "9112 §2.2", b"x" * 65 + b"\n", 400, SMALL),
    Invalid("bare LF past the limit", "9112 §3", b"x" * 66 + b"\n", 414, SMALL),
    Invalid("content too large", "9110 §15.5.14", post(b"Content-Length: 33\r\n", b""), 413, SMALL),
    Invalid(
        "content too large to wait for", "9110 §10.1.1", post(b"Expect: 100-continue\r\nContent-Length: 33\r\n", b""), 413, SMALL
    ),
    Invalid("chunk too large", "9110 §15.5.14", chunked(b"21\r\n"), 413, SMALL),
    Invalid("chunks too large", "9110 §15.5.14", chunked(b"20\r\n" + b"x" * 32 + b"\r\n1\r\nx\r\n0\r\n\r\n"), 413, SMALL),
    Invalid("trailers too many", "6585 §5", chunked(b"0\r\n" + b"X: y\r\n" * 5 + b"\r\n"), 431, SMALL),
    Invalid("trailers too large", "6585 §5", chunked(b"0\r\nX: " + b"y" * 200), 431, SMALL),
    Invalid("extensions without end", "9112 §7.1.1", chunked(b"1;a=" + b"b" * 1100), 413),
    Invalid("extension past its limit", "9112 §7.1.1", chunked(b"1;a=" + b"b" * 1021 + b"\r\n"), 413),
    # What came before a refusal is not lost
    Invalid("second request", "9112 §9.3.2", get(HOST) + post(b"Content-Length: 1\r\n", b"x") + get(b""), 400, before=2),
    Invalid("smuggled by a length of 0", "9112 §11.2", post(b"Content-Length: 0\r\n", b"5\r\nhello\r\n0\r\n\r\n"), 400, before=1),
)
