"""Field lines: names, colons, blanks, folding, control characters, line ends (RFC 9112 §5, RFC 9110 §5)."""

from kit.cases import GET, ROOT, asked, get, head, refused, taken, unfinished

_LINE = b"GET / HTTP/1.1"
_CONTROLS = (*range(9), 11, 12, *range(14, 32), 127)
_NOT_TOKEN = b'()<>@,;\\"/[]?={} '


def _value(name: str, raw: bytes, value: str, rfc: str = "9110 §5.5"):
    """`X: raw` has this value."""
    return taken(name, rfc, get(b"X:" + raw), asked(HTTP_X=value))


CASES = (
    # Values
    _value("no blank", b"y", "y"),
    _value("blanks around", b" \t y \t", "y"),
    _value("blanks within are kept", b" y \t z", "y \t z"),
    _value("an empty value", b"", ""),
    _value("a value of blanks", b" \t ", ""),
    _value("a colon", b" :", ":"),
    _value("a value like a field", b" Host: b", "Host: b"),
    _value("quotes", b' "a, b\\" \\\\"', '"a, b\\" \\\\"'),
    _value("Latin-1", b" \xe9", "\xe9"),
    _value("UTF-8 is its bytes", b" \xc3\xa9", "\xc3\xa9"),
    _value("every byte beyond ASCII", b" " + bytes(range(128, 256)), bytes(range(128, 256)).decode("latin-1")),
    _value("no-break spaces are no blanks", b" \xa0y\xa0", "\xa0y\xa0"),
    _value("NEL is no line end", b" a\x85b", "a\x85b"),
    _value("every visible character", b" " + bytes(range(0x21, 0x7F)), bytes(range(0x21, 0x7F)).decode()),
    _value("commas", b" a,,b", "a,,b"),
    *(refused(f"control {c:#04x} in a value", "9110 §5.5", get(b"X: a%cb" % c)) for c in _CONTROLS),
    refused("control first in a value", "9110 §5.5", get(b"X:\x0by")),
    refused("control last in a value", "9110 §5.5", get(b"X: y\x0c")),
    refused("NUL last in a value", "9110 §5.5", get(b"X: y\x00")),
    refused("an empty value but for a NUL", "9110 §5.5", get(b"X:\x00")),
    # Names
    taken("any token is a name", "9110 §5.1", get(b"X!.1~: y"), asked(**{"HTTP_X!.1~": "y"})),
    taken(
        "every kind of character in a name",
        "9110 §5.6.2",
        get(b"!#$%&'*+.^`|~09azAZ: y"),
        asked(**{"HTTP_!#$%&'*+.^`|~09AZAZ": "y"}),
    ),
    taken("a name of one character", "9110 §5.1", get(b"X: y"), asked(HTTP_X="y")),
    taken("a name in any case", "9110 §5.1", get(b"x-FoO: y"), asked(HTTP_X_FOO="y")),
    taken("a name of digits", "9110 §5.1", get(b"1: y"), asked(HTTP_1="y")),
    taken("a name that ends in hyphens", "9110 §5.1", get(b"X--: y"), asked(HTTP_X__="y")),
    *(refused(f"{chr(c)!r} in a name", "9110 §5.1", get(b"X%cY: z" % c)) for c in _NOT_TOKEN),
    *(refused(f"control {c:#04x} in a name", "9110 §5.1", get(b"X%cY: z" % c)) for c in (*_CONTROLS, 9)),
    refused("name beyond ASCII", "9110 §5.1", get(b"X\xe9: y")),
    refused("name in UTF-8", "9110 §5.1", get(b"\xc3\xa9: y")),
    refused("the Kelvin sign is no K", "9110 §5.1", get(b"\xe2\x84\xaaeep-Alive: 1")),
    refused("long s is no s", "9110 §5.1", head(_LINE, b"Ho\xc5\xbft: a")),
    refused("no name", "9112 §5", get(b": y")),
    refused("no name nor value", "9112 §5", get(b":")),
    refused("no colon", "9112 §5", get(b"X")),
    refused("no colon but an equals sign", "9112 §5", get(b"X=y")),
    refused("a request line among the fields", "9112 §5", get(b"GET /x HTTP/1.1")),
    refused("space before the colon", "9112 §5.1", get(b"X : y")),
    refused("tab before the colon", "9112 §5.1", get(b"X\t: y")),
    refused("space before the colon of the first field", "9112 §5.1", head(_LINE, b"X : y", b"Host: a")),
    refused("space before Content-Length's colon", "9112 §5.1", get(b"Content-Length : 0")),
    refused("space before Transfer-Encoding's colon", "9112 §5.1", get(b"Transfer-Encoding : chunked")),
    refused("quotes around a name", "9110 §5.1", get(b'"X": y')),
    # Folding (RFC 9112 §5.2) and lines that begin with a blank
    refused("folded", "9112 §5.2", get(b"X: a", b" b")),
    refused("folded by a tab", "9112 §5.2", get(b"X: a", b"\tb")),
    refused("folded before the value", "9112 §5.2", get(b"X:", b" b")),
    refused("folded twice", "9112 §5.2", get(b"X: a", b" b", b" c")),
    refused("folded by a blank line", "9112 §5.2", get(b"X: a", b" ")),
    refused("folded into a field", "9112 §5.2", get(b"X: a", b" Content-Length: 1")),
    refused("folded Content-Length", "9112 §5.2", get(b"Content-Length:", b" 1") + b"x"),
    refused("folded Transfer-Encoding", "9112 §5.2", get(b"Transfer-Encoding:", b" chunked") + b"0\r\n\r\n"),
    refused("blank before the first field", "9112 §2.2", head(_LINE, b" Host: a")),
    refused("tab before the first field", "9112 §2.2", head(_LINE, b"\tHost: a")),
    refused("a blank line before the first field", "9112 §2.2", head(_LINE, b" ", b"Host: a")),
    # Line ends
    refused("LF after a field", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    refused("LF after the last field", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\n\r\n"),
    refused("LF as the empty line", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\n"),
    refused("LF LF as the end", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\n\n"),
    refused("LF in a value", "9112 §2.2", get(b"X: a\nb")),
    refused("LF and a field in a value", "9112 §2.2", get(b"X: a\nY: b")),
    refused("CR in a value", "9112 §2.2", get(b"X: a\rb")),
    refused("CR and a field in a value", "9112 §2.2", get(b"X: a\rY: b")),
    refused("CR first in a value", "9112 §2.2", get(b"X:\ry")),
    refused("CR in a name", "9112 §2.2", get(b"X\rY: z")),
    refused("CR before the colon", "9112 §2.2", get(b"X\r: z")),
    refused("CR CR LF after a field", "9112 §2.2", head(_LINE, b"Host: a\r")),
    refused("CR CR LF as the empty line", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n"),
    refused("CR as the empty line", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n\r\n"),
    refused("CR CR as the end", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\rX\r\n\r\n"),
    refused("LF CR LF as the end", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\n\r\nX\r\n\r\n"),
    refused("a line of CR", "9112 §2.2", get(b"\r")),
    refused("only LF follows the request line", "9112 §2.2", b"GET / HTTP/1.1\r\n\n"),
    # Many
    taken("a hundred fields", "6585 §5", get(*(b"X: %d" % n for n in range(99))), asked(HTTP_X=",".join(map(str, range(99))))),
    taken("the same field in two lines", "9110 §5.3", get(b"X: a", b"x: b"), asked(HTTP_X="a,b")),
    taken("in the order they came", "9110 §5.3", get(b"X: b", b"Y: c", b"X: a"), asked(HTTP_X="b,a", HTTP_Y="c")),
    taken("an empty line among them", "9110 §5.3", get(b"X: a", b"X:", b"X: b"), asked(HTTP_X="a,,b")),
    taken("the end of the head is exact", "9112 §2.1", GET + GET, ROOT, ROOT),
    unfinished("within a name", "9112 §2.1", b"GET / HTTP/1.1\r\nHo"),
    unfinished("within a value", "9112 §2.1", b"GET / HTTP/1.1\r\nHost: a"),
    unfinished("CR of a field", "9112 §2.1", b"GET / HTTP/1.1\r\nHost: a\r"),
)
