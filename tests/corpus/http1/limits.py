"""Limits, each at its limit and one past it (RFC 9110 §15.5.14, §15.5.15, RFC 6585 §5). `SMALL`: line 64, fields 6 of 256 bytes, content 64."""

from adapter.protocols.http1.limits import Limits
from kit.cases import EMPTY_CHUNK, GET, ROOT, SMALL, asked, chunked, coded, get, head, post, refused, sized, taken, unfinished

_FIELD = len(b"X: \r\n")
_REST = SMALL.header_bytes - len(b"Host: a\r\n") - _FIELD
_PATH = SMALL.request_line - len(b"GET / HTTP/1.1")
_WIDE = Limits(SMALL.request_line, SMALL.header_count, SMALL.header_bytes, body=1 << 20)


def _line(size: int) -> bytes:
    """A request whose line has so many bytes more than the shortest."""
    return get(line=b"GET /" + b"x" * size + b" HTTP/1.1")


def _greedy(last: int) -> bytes:
    """34 chunks of one byte, with extensions of 500 bytes and in the end of so many: each has 16 bytes of framing for nothing, and two
    for its content; 33 of them and one of 292 spend 16384 bytes beyond that.
    """
    return (b"1;" + b"e" * 500 + b"\r\nx\r\n") * 33 + b"1;" + b"e" * last + b"\r\nx\r\n"


CASES = (
    # The request line: 414
    taken("line at its limit", "9110 §15.5.15", _line(_PATH), asked(target="/" + "x" * _PATH), limits=SMALL),
    refused("line one past", "9110 §15.5.15", _line(_PATH + 1), 414, limits=SMALL),
    refused("line far past", "9110 §15.5.15", _line(_PATH + 500), 414, limits=SMALL),
    refused("line without end", "9110 §15.5.15", b"x" * 100, 414, limits=SMALL),
    refused("line without end, two past", "9110 §15.5.15", b"x" * 66, 414, limits=SMALL),
    taken(
        "a line may be longer than all fields",
        "9110 §15.5.15",
        _line(150),
        asked(target="/" + "x" * 150),
        limits=Limits(request_line=200, header_count=SMALL.header_count, header_bytes=32, body=SMALL.body),
    ),
    refused("line without end, one past with CR", "9110 §15.5.15", b"x" * 65 + b"\r\n", 414, limits=SMALL),
    refused("spaces without end", "9110 §15.5.15", b" " * 100, 414, limits=SMALL),
    refused("CRs without end", "9110 §15.5.15", b"\r" * 100, 414, limits=SMALL),
    refused("LF in the last byte allowed", "9112 §2.2", b"x" * 65 + b"\n", limits=SMALL),
    refused("LF past the limit", "9110 §15.5.15", b"x" * 66 + b"\n", 414, limits=SMALL),
    refused("a long line in a second request", "9110 §15.5.15", GET + _line(_PATH + 1), 414, after=(ROOT,), limits=SMALL),
    taken(
        "the empty line before does not count", "9112 §2.2", b"\r\n" + _line(_PATH), asked(target="/" + "x" * _PATH), limits=SMALL
    ),
    unfinished("line at its limit, not ended", "9110 §15.5.15", b"x" * 64, limits=SMALL),
    unfinished("line at its limit, with CR", "9110 §15.5.15", b"x" * 64 + b"\r", limits=SMALL),
    # The number of fields: 431
    taken("fields at their number", "6585 §5", get(*[b"X: y"] * 5), asked(HTTP_X="y,y,y,y,y"), limits=SMALL),
    refused("fields one past", "6585 §5", get(*[b"X: y"] * 6), 431, limits=SMALL),
    refused("fields without end", "6585 §5", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 30, 431, limits=SMALL),
    refused("dropped fields count", "6585 §5", get(*[b"X_Y: z"] * 6), 431, limits=SMALL),
    refused("fields one past, malformed too", "6585 §5", get(*[b"X y"] * 6), 431, limits=SMALL),
    refused("too many fields before an LF", "6585 §5", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 7 + b"\n", 431, limits=SMALL),
    refused("fields one past, and a bad line", "6585 §5", get(*[b"X: y"] * 6, line=b"GET  / HTTP/1.1"), 431, limits=SMALL),
    refused("fields one past, and a control", "6585 §5", get(*[b"X: y"] * 6, b"X: \x00"), 431, limits=SMALL),
    refused("fields one past, and a bare CR", "6585 §5", get(*[b"X: y"] * 6, b"X: \ry"), 431, limits=SMALL),
    refused(
        "fields past their size, and a bad line", "6585 §5", get(b"X: " + b"y" * 300, line=b"GET  / HTTP/1.1"), 431, limits=SMALL
    ),
    refused("as many fields as may be before an LF", "9112 §2.2", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 6 + b"\n", limits=SMALL),
    refused(
        "too many fields before an LF, and an end",
        "6585 §5",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 7 + b"\nX\r\n\r\n",
        431,
        limits=SMALL,
    ),
    taken("each request counts anew", "6585 §5", get(*[b"X: y"] * 5) * 2, *[asked(HTTP_X="y,y,y,y,y")] * 2, limits=SMALL),
    # The size of the fields: 431
    taken("fields at their size", "6585 §5", get(b"X: " + b"y" * _REST), asked(HTTP_X="y" * _REST), limits=SMALL),
    refused("fields one byte past", "6585 §5", get(b"X: " + b"y" * (_REST + 1)), 431, limits=SMALL),
    refused("a name one byte past", "6585 §5", get(b"X" + b"x" * (_REST + 2) + b":"), 431, limits=SMALL),
    refused("blanks count", "6585 §5", get(b"X:" + b" " * (_REST + 1) + b"y"), 431, limits=SMALL),
    refused("a field without end", "6585 §5", b"GET / HTTP/1.1\r\nX: " + b"y" * 400, 431, limits=SMALL),
    refused("a name without end", "6585 §5", b"GET / HTTP/1.1\r\n" + b"x" * 400, 431, limits=SMALL),
    refused("fields too large and malformed", "6585 §5", get(b"X y" + b"y" * 300 + b"\n"), 431, limits=SMALL),
    refused("LF before the limit", "9112 §2.2", b"GET / HTTP/1.1\nX: " + b"y" * 300, limits=SMALL),
    # The content: answered with 413
    taken("content at its limit", "9110 §15.5.14", post(b"x" * 64, b"Content-Length: 64"), sized(b"x" * 64), limits=SMALL),
    refused("content one past", "9110 §15.5.14", post(b"x" * 65, b"Content-Length: 65"), 413, limits=SMALL),
    refused("content one past, not sent", "9110 §15.5.14", post(b"", b"Content-Length: 65"), 413, limits=SMALL),
    refused("content one past, of a GET", "9110 §15.5.14", get(b"Content-Length: 65"), 413, limits=SMALL),
    refused(
        "content too large to wait for",
        "9110 §10.1.1",
        post(b"", b"Expect: 100-continue", b"Content-Length: 65"),
        413,
        limits=SMALL,
    ),
    taken(
        "a length with zeros is its number",
        "9110 §8.6",
        post(b"x" * 64, b"Content-Length: 000064"),
        sized(b"x" * 64, CONTENT_LENGTH="000064"),
        limits=SMALL,
    ),
    taken(
        "a chunk at the limit", "9110 §15.5.14", chunked(b"40\r\n" + b"x" * 64 + b"\r\n0\r\n\r\n"), coded(b"x" * 64), limits=SMALL
    ),
    taken(
        "chunks at the limit",
        "9110 §15.5.14",
        chunked((b"20\r\n" + b"x" * 32 + b"\r\n") * 2 + b"0\r\n\r\n"),
        coded(b"x" * 64),
        limits=SMALL,
    ),
    refused("a chunk one past", "9110 §15.5.14", chunked(b"41\r\n"), 413, limits=SMALL),
    refused(
        "a chunk one past, after one",
        "9110 §15.5.14",
        chunked(b"40\r\n" + b"x" * 64 + b"\r\n1\r\nx\r\n0\r\n\r\n"),
        413,
        limits=SMALL,
    ),
    # Framing of chunks: 413 (as in CVE-2023-39326)
    taken("extension at its limit", "9112 §7.1.1", chunked(b"1;a=" + b"b" * 1020 + b"\r\nx\r\n0\r\n\r\n"), coded(b"x")),
    refused("extension one past", "9112 §7.1.1", chunked(b"1;a=" + b"b" * 1021 + b"\r\nx\r\n0\r\n\r\n"), 413),
    refused("extension without end", "9112 §7.1.1", chunked(b"1;a=" + b"b" * 1100), 413),
    refused("a size without end", "9112 §7.1", chunked(b"0" * 1100), 413),
    taken(
        "tiny chunks pay for themselves",
        "9112 §7.1",
        chunked(b"1\r\nx\r\n" * 400 + b"0\r\n\r\n"),
        coded(b"x" * 400),
        limits=_WIDE,
    ),
    taken("framing at its limit", "9112 §7.1.1", chunked(_greedy(292) + EMPTY_CHUNK), coded(b"x" * 34)),
    refused("framing one past", "9112 §7.1.1", chunked(_greedy(293) + EMPTY_CHUNK), 413),
    refused(
        "extensions that nothing pays for", "9112 §7.1.1", chunked((b"1;" + b"e" * 500 + b"\r\nx\r\n") * 40), 413, limits=_WIDE
    ),
    # Trailers are held to the limits of fields: 431
    taken("trailers at their number", "6585 §5", chunked(b"0\r\n" + b"X: y\r\n" * 6 + b"\r\n"), coded(b""), limits=SMALL),
    refused("trailers one past", "6585 §5", chunked(b"0\r\n" + b"X: y\r\n" * 7 + b"\r\n"), 431, limits=SMALL),
    refused("trailers without end", "6585 §5", chunked(b"0\r\n" + b"X: y\r\n" * 60), 431, limits=SMALL),
    taken(
        "trailers at their size", "6585 §5", chunked(b"0\r\nX: " + b"y" * (256 - _FIELD) + b"\r\n\r\n"), coded(b""), limits=SMALL
    ),
    refused("trailers one byte past", "6585 §5", chunked(b"0\r\nX: " + b"y" * (257 - _FIELD) + b"\r\n\r\n"), 431, limits=SMALL),
    refused("a trailer without end", "6585 §5", chunked(b"0\r\nX: " + b"y" * 400), 431, limits=SMALL),
    # The limits as they are set when nobody sets any
    taken("line of 8190", "9110 §15.5.15", _line(8190 - 14), asked(target="/" + "x" * (8190 - 14))),
    refused("line of 8191", "9110 §15.5.15", _line(8191 - 14), 414),
    refused("101 fields", "6585 §5", get(*[b"X: y"] * 100), 431),
    taken("64 KiB of fields", "6585 §5", get(b"X: " + b"y" * (65536 - 14)), asked(HTTP_X="y" * (65536 - 14))),
    refused("64 KiB of fields and a byte", "6585 §5", get(b"X: " + b"y" * (65537 - 14)), 431),
    refused(
        "an absolute-form is held to the line's limit",
        "9110 §15.5.15",
        head(b"GET http://b/" + b"x" * 64 + b" HTTP/1.1", b"Host: b"),
        414,
        limits=SMALL,
    ),
)
