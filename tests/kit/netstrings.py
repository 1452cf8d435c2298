"""Packets of SCGI as data: what must be understood, and what must be refused. Its variables are those of kit.packets."""

from kit.packets import LEAST, Bad, Pairs

FIRST = ((b"CONTENT_LENGTH", b"0"), (b"SCGI", b"1"))
REST: Pairs = tuple((name, value) for name, value in LEAST.items() if name != b"CONTENT_LENGTH")


def netstring(data: bytes) -> bytes:
    """As D. J. Bernstein wrote it."""
    return b"%d:%b," % (len(data), data)


def packet(pairs: Pairs, body: bytes = b"") -> bytes:
    """A packet and the content after it."""
    return netstring(b"".join(word + b"\0" for pair in pairs for word in pair)) + body


def asked(*more: tuple[bytes, bytes], body: bytes = b"") -> bytes:
    """The packet of `GET /p%20q?a=b`, with these variables after its own, and content."""
    return packet(((b"CONTENT_LENGTH", b"%d" % len(body)), (b"SCGI", b"1"), *REST, *more), body)


_NO_NETSTRING, _NO_LENGTH, _PAIRS = "no netstring", "or has no length", "not names and values"

BAD = (
    Bad("HTTP", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "is it HTTP"),
    Bad("uwsgi", b"\0\4\0\0" + b"abcd", _NO_NETSTRING),
    Bad("a sign", b"+1:a,", _NO_NETSTRING),
    Bad("a blank", b" 1:a,", _NO_NETSTRING),
    Bad("digits that are not ASCII", "\u0661:a,".encode(), _NO_NETSTRING),
    Bad("no digits", b":a,", "length is no number"),
    Bad("a leading zero", b"01:a,", "length is no number"),
    Bad("seven digits", b"1000000:", _NO_LENGTH),
    Bad("digits without end", b"1" * 100, _NO_LENGTH),
    Bad("too long", b"131073:", "longer than 131072", 431),
    Bad("no comma", b"3:abcd", "in a comma"),
    Bad("nothing", b"0:,", "is not CONTENT_LENGTH"),
    Bad("a name only", netstring(b"CONTENT_LENGTH\0"), _PAIRS),
    Bad("no NUL at the end", netstring(b"CONTENT_LENGTH\0000"), _PAIRS),
    Bad("three words", netstring(b"CONTENT_LENGTH\0000\0SCGI\0"), _PAIRS),
    Bad("another one first", packet((*REST, *FIRST)), "is not CONTENT_LENGTH"),
    Bad("an empty length", packet(((b"CONTENT_LENGTH", b""), (b"SCGI", b"1"), *REST)), "CONTENT_LENGTH is empty"),
    Bad("no SCGI", packet((FIRST[0], *REST)), "SCGI is not 1"),
    Bad("another SCGI", packet((FIRST[0], (b"SCGI", b"2"), *REST)), "SCGI is not 1"),
    Bad("SCGI twice", asked((b"SCGI", b"1")), "SCGI is not 1"),
    Bad("no name", asked((b"", b"x")), "without a name"),
    Bad("two lengths", asked((b"CONTENT_LENGTH", b"5")), "twice, and differs"),
    Bad("a length that is none", packet(((b"CONTENT_LENGTH", b"+5"), (b"SCGI", b"1"), *REST)), "not a decimal number"),
    Bad("a name with a dot", asked((b"wsgi.input", b"x")), "not the front end's"),
    Bad("a line end in a field", asked((b"HTTP_X", b"a\r\nb")), "a control character"),
    Bad("no method", packet(FIRST), "REQUEST_METHOD is missing"),
)
