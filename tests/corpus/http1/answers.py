"""What an application may give as its response, and what would split it, frame it twice, or speak for us
(RFC 9112 §4, §6, §11.1; RFC 9110 §5.5, §7.6.1, §8.6; PEP 3333, "Specification Details").
"""

from typing import Any, NamedTuple


class Answer(NamedTuple):
    """A status and headers, and the lines that they must become; None: refused, and not a byte of it is sent."""

    name: str
    source: str
    status: Any
    headers: Any
    lines: tuple[bytes, ...] | None


class Text(str):
    """A str like any other, though of its own class."""

    __slots__ = ()


_OK = "200 OK"
_CONTROLS = (*range(9), *range(10, 32), 127)
_NOT_TOKEN = '()<>@,;:\\"/[]?={} \t'
_HOP_BY_HOP = (
    *("Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Trailers"),
    *("Transfer-Encoding", "Upgrade", "connection", "TRANSFER-ENCODING", "uPgRaDe"),
)
_BAD_STATUSES = (
    *(
        "",
        " ",
        "2",
        "20",
        "200OK",
        "2000 OK",
        "0200 OK",
        " 200 OK",
        "\t200 OK",
        "20x OK",
        "OK 200",
        "+20 OK",
        "-20 OK",
        "2.0 OK",
        "2_0 OK",
    ),
    *(
        "0x8 OK",
        "\xb2\xb2\xb2 OK",
        "\u0662\u0660\u0660 OK",
        "\uff12\uff10\uff10 OK",
        "200\tOK",
        "200-OK",
        "000 OK",
        "099 OK",
        "100 Continue",
    ),
    *("101 Switching Protocols", "102 Processing", "103 Early Hints", "199 x", "HTTP/1.1 200 OK"),
    *(
        "200 OK\r\n",
        "200 OK\r\nX: y",
        "200 OK\r\n\r\nbody",
        "200 OK\n",
        "200 OK\nX: y",
        "200 OK\r",
        "200\r\nX: y",
        "200 \x00",
        "200 \x7f",
        "200 O\x0bK",
    ),
    *("200 \u20ac", "200 \u0101", "200 OK\u010aX: y", "200 OK\u560d\u560aX: y", "200 OK\u2028X: y", "200 \ud800"),
)
_BAD_LENGTHS = (
    *(
        "",
        " ",
        "-1",
        "+1",
        "1.0",
        "1e1",
        "0x1",
        "1_0",
        "1 ",
        " 1",
        "1,1",
        "1, 1",
        "one",
        "\xb2",
        "\u0661",
        "1" * 19,
        "1\r\n",
        "1\x00",
        "None",
    ),
)


def _good(name: str, status: str, headers: list[tuple[str, str]], *lines: bytes) -> Answer:
    return Answer(name, "9112 §4", status, headers, lines)


def _value(name: str, value: str, line: bytes) -> Answer:
    return Answer(name, "9110 §5.5", _OK, [("X", value)], (b"HTTP/1.1 200 OK", line))


def _bad(name: str, source: str, headers: Any, status: Any = _OK) -> Answer:
    return Answer(name, source, status, headers, None)


ANSWERS = (
    # Statuses
    _good("a status", _OK, [], b"HTTP/1.1 200 OK"),
    _good("no reason", "200", [], b"HTTP/1.1 200 "),
    _good("an empty reason", "200 ", [], b"HTTP/1.1 200 "),
    _good("a reason of words", "404 Not Found Here", [], b"HTTP/1.1 404 Not Found Here"),
    _good("a reason in Latin-1", "299 t\xe9", [], b"HTTP/1.1 299 t\xe9"),
    _good("a tab in the reason", "200 a\tb", [], b"HTTP/1.1 200 a\tb"),
    _good("599", "599 x", [], b"HTTP/1.1 599 x"),
    _good("a status of another class", Text(_OK), [], b"HTTP/1.1 200 OK"),
    *(_bad(f"status {status!a}", "9112 §4", [], status) for status in _BAD_STATUSES),
    *(_bad(f"control {c:#04x} in the reason", "9112 §4", [], f"200 a{chr(c)}b") for c in _CONTROLS),
    *(
        _bad(f"status of {type(status).__name__}", "PEP 3333", [], status)
        for status in (200, 200.0, b"200 OK", None, ("200", "OK"), True)
    ),
    # Names
    _good("any token is a name", _OK, [("X!#$%&'*+-.^_`|~09", "y")], b"HTTP/1.1 200 OK", b"X!#$%&'*+-.^_`|~09: y"),
    _good(
        "the same name twice",
        _OK,
        [("Set-Cookie", "a"), ("set-cookie", "b")],
        b"HTTP/1.1 200 OK",
        b"Set-Cookie: a",
        b"set-cookie: b",
    ),
    _good("an underscore", _OK, [("X_Y", "z")], b"HTTP/1.1 200 OK", b"X_Y: z"),
    _good("text of another class", _OK, [(Text("X"), Text("y"))], b"HTTP/1.1 200 OK", b"X: y"),
    *(_bad(f"{c!a} in a name", "9110 §5.1", [(f"X{c}Y", "z")]) for c in _NOT_TOKEN),
    *(_bad(f"control {c:#04x} in a name", "9110 §5.1", [(f"X{chr(c)}Y", "z")]) for c in _CONTROLS),
    _bad("no name", "9110 §5.1", [("", "y")]),
    _bad("a space before a name", "9112 §5.2", [(" X", "y")]),
    _bad("a space after a name", "9112 §5.1", [("X ", "y")]),
    _bad("a colon in a name", "9112 §11.1", [("X: y\r\nZ", "a")]),
    _bad("a line end after a name", "9112 §11.1", [("X\r\n", "y")]),
    _bad("a head's end in a name", "9112 §11.1", [("X: y\r\n\r\n", "z")]),
    _bad("Latin-1 in a name", "9110 §5.1", [("X\xe9", "y")]),
    _bad("beyond Latin-1 in a name", "9110 §5.1", [("X\u0130", "y")]),
    _bad("the Kelvin sign in a name", "9110 §5.1", [("\u212aeep-Alive", "y")]),
    # Values
    _value("a value", "y", b"X: y"),
    _value("an empty value", "", b"X: "),
    _value("a tab in a value", "a\tb", b"X: a\tb"),
    _value("a colon in a value", ": a:b", b"X: : a:b"),
    _value("Latin-1 in a value", "\xe9\xff", b"X: \xe9\xff"),
    _value("NEL in a value is no line end", "a\x85b", b"X: a\x85b"),
    *(_bad(f"control {c:#04x} in a value", "9110 §5.5", [("X", f"a{chr(c)}b")]) for c in _CONTROLS),
    *(_bad(f"control {c:#04x} first in a value", "9110 §5.5", [("X", f"{chr(c)}b")]) for c in (0, 10, 13)),
    *(_bad(f"control {c:#04x} last in a value", "9110 §5.5", [("X", f"a{chr(c)}")]) for c in (0, 10, 13)),
    _bad("a field in a value", "9112 §11.1", [("X", "y\r\nSet-Cookie: evil=1")]),
    _bad("a response in a value", "9112 §11.1", [("X", "y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]),
    _bad("a folded value", "9112 §5.2", [("X", "y\r\n z")]),
    _bad("a value folded by LF", "9112 §5.2", [("X", "y\n\tz")]),
    _bad("a value that becomes CR LF when it is cut to a byte", "9112 §11.1", [("X", "a\u560d\u560aY: b")]),
    _bad("a value with another LF of Unicode", "9112 §11.1", [("X", "a\u010aY: b")]),
    _bad("a line separator in a value", "PEP 3333", [("X", "a\u2028Y: b")]),
    _bad("a lone surrogate in a value", "PEP 3333", [("X", "\udc0a")]),
    _bad("the euro in a value", "PEP 3333", [("X", "\u20ac")]),
    _bad("a good header, then a bad one", "9112 §11.1", [("X", "y"), ("Z", "a\r\nb")]),
    # What only we may say
    *(_bad(f"{name} is ours", "9110 §7.6.1", [(name, "x")]) for name in _HOP_BY_HOP),
    _bad("Transfer-Encoding: chunked is ours", "PEP 3333", [("Transfer-Encoding", "chunked")]),
    _bad("Connection: close is ours", "PEP 3333", [("Connection", "close")]),
    _bad("an empty Connection is ours", "PEP 3333", [("Connection", "")]),
    # Lengths
    _good("a length", _OK, [("Content-Length", "5")], b"HTTP/1.1 200 OK", b"Content-Length: 5"),
    _good("a length in another case", _OK, [("cOnTeNt-LeNgTh", "5")], b"HTTP/1.1 200 OK", b"Content-Length: 5"),
    _good("a length of zero", _OK, [("Content-Length", "0")], b"HTTP/1.1 200 OK", b"Content-Length: 0"),
    _good("a length of 18 digits", _OK, [("Content-Length", "9" * 18)], b"HTTP/1.1 200 OK", b"Content-Length: " + b"9" * 18),
    _good("a date", _OK, [("Date", "then")], b"HTTP/1.1 200 OK", b"Date: then"),
    _good("a date in another case", _OK, [("dATE", "then")], b"HTTP/1.1 200 OK", b"dATE: then"),
    *(_bad(f"length {value!a}", "9110 §8.6", [("Content-Length", value)]) for value in _BAD_LENGTHS),
    _bad("two lengths", "9110 §8.6", [("Content-Length", "5"), ("Content-Length", "6")]),
    _bad("the same length twice", "9110 §8.6", [("Content-Length", "5"), ("content-length", "5")]),
    _bad("a length as a number", "PEP 3333", [("Content-Length", 5)]),
    _bad("two dates", "9110 §6.6.1", [("Date", "a"), ("date", "b")]),
    # Types
    _bad("a name of bytes", "PEP 3333", [(b"X", "y")]),
    _bad("a value of bytes", "PEP 3333", [("X", b"y")]),
    _bad("a value that is a number", "PEP 3333", [("X", 5)]),
    _bad("a value that is None", "PEP 3333", [("X", None)]),
    _bad("a value that is a list", "PEP 3333", [("X", ["y"])]),
    _bad("a name that is None", "PEP 3333", [(None, "y")]),
    _bad("a header of one", "PEP 3333", [("X",)]),
    _bad("a header of three", "PEP 3333", [("X", "y", "z")]),
    _bad("a header that is a list", "PEP 3333", [["X", "y"]]),
    _bad("a header that is a str", "PEP 3333", ["Xy"]),
    _bad("a header that is None", "PEP 3333", [None]),
    _bad("a header that is a dict", "PEP 3333", [{"X": "y"}]),
)
