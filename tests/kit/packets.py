"""Packets of the uwsgi protocol as data: what must be understood, and what must be refused.

A case says what it changes in `LEAST`, the variables that nginx' uwsgi_params sends for `GET /p%20q?a=b`.
"""

from typing import NamedTuple

from adapter.protocols.http1.limits import Limits

Pairs = tuple[tuple[bytes, bytes], ...]

SMALL = Limits(request_line=64, header_count=4, header_bytes=128, body=32)
LEAST: dict[bytes, bytes] = {
    b"QUERY_STRING": b"a=b",
    b"REQUEST_METHOD": b"GET",
    b"CONTENT_TYPE": b"",
    b"CONTENT_LENGTH": b"",
    b"REQUEST_URI": b"/p%20q?a=b",
    b"PATH_INFO": b"/p q",
    b"DOCUMENT_ROOT": b"/srv/html",
    b"SERVER_PROTOCOL": b"HTTP/1.1",
    b"REQUEST_SCHEME": b"http",
    b"REMOTE_ADDR": b"192.0.2.1",
    b"REMOTE_PORT": b"4711",
    b"SERVER_PORT": b"80",
    b"SERVER_NAME": b"a.example",
    b"HTTP_HOST": b"a.example",
}
MEANS: dict[str, str] = {
    "QUERY_STRING": "a=b",
    "REQUEST_METHOD": "GET",
    "REQUEST_URI": "/p%20q?a=b",
    "RAW_URI": "/p%20q?a=b",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/p q",
    "DOCUMENT_ROOT": "/srv/html",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REQUEST_SCHEME": "http",
    "REMOTE_ADDR": "192.0.2.1",
    "REMOTE_PORT": "4711",
    "SERVER_PORT": "80",
    "SERVER_NAME": "a.example",
    "HTTP_HOST": "a.example",
    "wsgi.url_scheme": "http",
}
"""What the application learns of `LEAST`."""


def block(pairs: Pairs) -> bytes:
    """The variables of a packet."""
    return b"".join(len(word).to_bytes(2, "little") + word for pair in pairs for word in pair)


def packet(pairs: Pairs, body: bytes = b"", *, modifiers: tuple[int, int] = (0, 0)) -> bytes:
    """A packet and the content after it."""
    variables = block(pairs)
    return bytes([modifiers[0]]) + len(variables).to_bytes(2, "little") + bytes([modifiers[1]]) + variables + body


def asked(changes: dict[bytes, bytes | None] | None = None, *more: tuple[bytes, bytes], body: bytes = b"") -> bytes:
    """The packet of `LEAST` with these variables changed (None: left out), others after it, and content."""
    changed = {**LEAST, **(changes or {})}
    kept = tuple((name, value) for name, value in changed.items() if value is not None)
    return packet((*kept, *more), body)


class Good(NamedTuple):
    name: str
    raw: bytes
    means: dict[str, str | None]
    """What differs from `MEANS`; None: it is not there."""
    body: bytes = b""
    target: str = "/p%20q?a=b"
    limits: Limits = Limits()


class Bad(NamedTuple):
    name: str
    raw: bytes
    why: str
    status: int = 400
    limits: Limits = Limits()


_UWSGI = b"SCRIPT MODULE CALLABLE FILE PYHOME HOME CHDIR SETENV APPID POSTFILE CACHE_GET TOUCH_RELOAD SCHEME X".split()
_SECURE: dict[str, str | None] = {"wsgi.url_scheme": "https"}

GOOD = (
    Good("the least", asked(), {}),
    Good("empty values say nothing", asked(dict.fromkeys((b"SERVER_NAME", b"SERVER_PORT", b"REMOTE_ADDR", b"HTTP_HOST"), b"")),
         {"SERVER_NAME": None, "SERVER_PORT": None, "REMOTE_ADDR": None, "REMOTE_PORT": None, "HTTP_HOST": ""}),
    Good("nobody says who", asked(dict.fromkeys((b"REMOTE_ADDR", b"REMOTE_PORT", b"SERVER_NAME", b"SERVER_PORT", b"HTTP_HOST"))),
         dict.fromkeys(("REMOTE_ADDR", "REMOTE_PORT", "SERVER_NAME", "SERVER_PORT", "HTTP_HOST"))),
    Good("a server without a name has the client's for it", asked({b"SERVER_NAME": b"", b"HTTP_HOST": b"b.example:81"}),
         {"SERVER_NAME": "b.example", "HTTP_HOST": "b.example:81"}),
    Good("an IPv6 address as name", asked({b"SERVER_NAME": b"", b"HTTP_HOST": b"[::1]"}), {"SERVER_NAME": "[::1]", "HTTP_HOST": "[::1]"}),
    Good("a name without a port", asked({b"SERVER_PORT": b"", b"HTTPS": b"on"}), {"SERVER_PORT": "443", "HTTPS": "on", **_SECURE}),
    Good("an address without a port", asked({b"REMOTE_PORT": None}), {"REMOTE_PORT": ""}),
    Good("nginx' client on a UNIX socket", asked({b"REMOTE_ADDR": b"unix:", b"REMOTE_PORT": b""}), {"REMOTE_ADDR": "", "REMOTE_PORT": ""}),
    Good("only REQUEST_URI", asked(dict.fromkeys((b"PATH_INFO", b"QUERY_STRING"))), {}),
    Good("only PATH_INFO", asked(dict.fromkeys((b"REQUEST_URI", b"QUERY_STRING"))),
         {"REQUEST_URI": None, "RAW_URI": None, "QUERY_STRING": ""}, target="/p q"),
    Good("SCRIPT_NAME is the front end's", asked({b"SCRIPT_NAME": b"/app"}), {"SCRIPT_NAME": "/app"}),
    Good("PATH_INFO of any bytes but NUL", asked({b"PATH_INFO": b"/\xc3\xa9\n\x01"}), {"PATH_INFO": "/\xc3\xa9\n\x01"}),
    Good("OPTIONS *", asked({b"REQUEST_METHOD": b"OPTIONS", b"REQUEST_URI": b"*", b"PATH_INFO": b"", b"QUERY_STRING": b""}),
         {"REQUEST_METHOD": "OPTIONS", "REQUEST_URI": "*", "RAW_URI": "*", "PATH_INFO": "", "QUERY_STRING": ""}, target="*"),
    Good("any token is a method", asked({b"REQUEST_METHOD": b"M-SEARCH"}), {"REQUEST_METHOD": "M-SEARCH"}),
    Good("HTTP/2 in front", asked({b"SERVER_PROTOCOL": b"HTTP/2.0"}), {"SERVER_PROTOCOL": "HTTP/2.0"}),
    Good("no SERVER_PROTOCOL", asked({b"SERVER_PROTOCOL": None}), {"SERVER_PROTOCOL": "HTTP/1.0"}),
    Good("variables of the operator's", asked({}, (b"DEPLOYMENT", b"blue"), (b"lower-case", b"x"), (b"EMPTY", b"")),
         {"DEPLOYMENT": "blue", "lower-case": "x", "EMPTY": ""}),
    Good("the last one counts", asked({}, (b"REMOTE_ADDR", b"198.51.100.9"), (b"PATH_INFO", b"/other")),
         {"REMOTE_ADDR": "198.51.100.9", "PATH_INFO": "/other"}),
    Good("said twice, the same", asked({}, (b"REQUEST_METHOD", b"GET"), (b"HTTP_HOST", b"a.example")), {}),
    Good("all that begins with UWSGI_ is left out", asked({}, *((b"UWSGI_" + name, b"/tmp/x.py") for name in _UWSGI)), {}),
    # Fields of the client's
    Good("fields in two lines", asked({}, (b"HTTP_X", b"1"), (b"HTTP_X", b"2"), (b"HTTP_COOKIE", b"a=b"), (b"HTTP_COOKIE", b"c=d")),
         {"HTTP_X": "1,2", "HTTP_COOKIE": "a=b; c=d"}),
    Good("a field of ISO-8859-1", asked({}, (b"HTTP_X", b"\xe9\tb")), {"HTTP_X": "\xe9\tb"}),
    Good("a field whose name has a dot", asked({}, (b"HTTP_X.Y", b"1")), {"HTTP_X.Y": "1"}),
    Good("Proxy sets no proxy", asked({}, (b"HTTP_PROXY", b"evil")), {}),
    Good("as many fields as allowed", asked({}, *((b"HTTP_X%d" % n, b"") for n in range(3))),
         {f"HTTP_X{n}": "" for n in range(3)}, limits=SMALL),
    # Content
    Good("content", asked({b"REQUEST_METHOD": b"POST", b"CONTENT_LENGTH": b"5", b"CONTENT_TYPE": b"x/y"}, body=b"hello"),
         {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "5", "CONTENT_TYPE": "x/y"}, b"hello"),
    Good("content, and its fields too", asked({b"CONTENT_LENGTH": b"5", b"CONTENT_TYPE": b"x/y"}, (b"HTTP_CONTENT_LENGTH", b"5"),
         (b"HTTP_CONTENT_TYPE", b"x/y"), body=b"hello"), {"CONTENT_LENGTH": "5", "CONTENT_TYPE": "x/y"}, b"hello"),
    Good("content, told by its fields only", asked({b"CONTENT_LENGTH": None, b"CONTENT_TYPE": None}, (b"HTTP_CONTENT_LENGTH", b"5"),
         (b"HTTP_CONTENT_TYPE", b"x/y"), body=b"hello"), {"CONTENT_LENGTH": "5", "CONTENT_TYPE": "x/y"}, b"hello"),
    Good("content that was chunked", asked({b"CONTENT_LENGTH": b"5"}, (b"HTTP_TRANSFER_ENCODING", b"chunked"), body=b"hello"),
         {"CONTENT_LENGTH": "5"}, b"hello"),
    Good("no content, in figures", asked({b"CONTENT_LENGTH": b"0"}), {"CONTENT_LENGTH": "0"}),
    Good("as much content as allowed", asked({b"CONTENT_LENGTH": b"32"}, body=b"x" * 32), {"CONTENT_LENGTH": "32"}, b"x" * 32, limits=SMALL),
    Good("what comes after it is dropped", asked({b"CONTENT_LENGTH": b"2"}, body=b"hi" + b"\0\0\0\0junk"), {"CONTENT_LENGTH": "2"}, b"hi"),
    # The scheme
    Good("HTTPS on", asked({b"HTTPS": b"on"}), {"HTTPS": "on", **_SECURE}),
    Good("HTTPS 1", asked({b"HTTPS": b"1"}), {"HTTPS": "1", **_SECURE}),
    Good("HTTPS off", asked({b"HTTPS": b"off", b"REQUEST_SCHEME": b"https"}), {"HTTPS": "off", "REQUEST_SCHEME": "https"}),
    Good("HTTPS empty", asked({b"HTTPS": b""}), {"HTTPS": ""}),
    Good("REQUEST_SCHEME https", asked({b"REQUEST_SCHEME": b"https"}), {"REQUEST_SCHEME": "https", **_SECURE}),
    Good("UWSGI_SCHEME wins", asked({b"UWSGI_SCHEME": b"https", b"HTTPS": b"off"}), {"HTTPS": "off", **_SECURE}),
    Good("UWSGI_SCHEME http", asked({b"UWSGI_SCHEME": b"http", b"HTTPS": b"on"}), {"HTTPS": "on"}),
    Good("a client cannot say it", asked({}, (b"HTTP_X_FORWARDED_PROTO", b"https"), (b"HTTP_HTTPS", b"on")),
         {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HTTPS": "on"}),
    Good("a packet of 65535", asked({}, (b"X", b"x" * (65535 - len(asked()) + 4 - 5))),
         {"X": "x" * (65535 - len(asked()) + 4 - 5)}),
)  # fmt: skip

_LONGER, _NOT_OURS, _TWICE, _CONTROL = (
    "longer than what is left",
    "not the front end's",
    "twice, and differs",
    "a control character",
)

BAD = (
    # The packet
    Bad("HTTP", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "speaks HTTP"),
    Bad("HTTP, a POST", b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "speaks HTTP"),
    Bad("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", "modifiers 22 and 2"),
    *(Bad(f"modifier1 {n}", packet(tuple(LEAST.items()), modifiers=(n, 0)), f"modifiers {n} and 0")
      for n in (1, 5, 9, 17, 30, 72, 100, 110, 111, 173, 224, 255)),
    Bad("modifier2", packet(tuple(LEAST.items()), modifiers=(0, 1)), "modifiers 0 and 1"),
    Bad("no variables", packet(()), "REQUEST_METHOD"),
    Bad("half a length", packet(()) [:1] + b"\1\0\0" + b"\5", _LONGER),
    Bad("a length and nothing", b"\0\2\0\0" + b"\5\0", _LONGER),
    Bad("a name too long", b"\0\4\0\0" + b"\5\0XY", _LONGER),
    Bad("a name and no value", b"\0\4\0\0" + b"\2\0XY", _LONGER),
    Bad("half a length of a value", b"\0\5\0\0" + b"\2\0XY\0", _LONGER),
    Bad("a value too long", b"\0\7\0\0" + b"\2\0XY\2\0x", _LONGER),
    Bad("the longest name there is", b"\0\4\0\0" + b"\xff\xffXY", _LONGER),
    Bad("no name", asked({}, (b"", b"x")), "without a name"),
    # Names
    Bad("a name of ISO-8859-1", asked({}, (b"X\xe9", b"x")), "characters that no name has"),
    Bad("a name of UTF-8", asked({}, ("\uff28TTP_HOST".encode(), b"x")), "characters that no name has"),
    Bad("a name with a blank", asked({}, (b"HTTP_HOST ", b"x")), "characters that no name has"),
    Bad("a name with a NUL", asked({}, (b"HTTP_HOST\0", b"x")), "characters that no name has"),
    Bad("a name with a line end", asked({}, (b"HTTP_\nX", b"x")), "characters that no name has"),
    *(Bad(name.decode(), asked({}, (name, b"x")), _NOT_OURS)
      for name in (b"wsgi.url_scheme", b"wsgi.input", b"wsgi.errors", b"wsgi.version", b"wsgi.run_once", b"uwsgi.version", b"a.b", b".")),
    # Values
    Bad("a NUL in PATH_INFO", asked({b"PATH_INFO": b"/a\0b"}), _NOT_OURS),
    Bad("a NUL in a variable", asked({}, (b"X", b"\0")), _NOT_OURS),
    Bad("a NUL in a field", asked({}, (b"HTTP_X", b"\0")), _CONTROL),
    Bad("a line end in a field", asked({}, (b"HTTP_X", b"a\r\nb")), _CONTROL),
    Bad("a DEL in a field", asked({}, (b"HTTP_X", b"\x7f")), _CONTROL),
    Bad("a blank in REQUEST_URI", asked({b"REQUEST_URI": b"/a b"}), "no URI has"),
    Bad("a line end in REQUEST_URI", asked({b"REQUEST_URI": b"/a\r\nb"}), "no URI has"),
    Bad("a NUL in REQUEST_URI", asked({b"REQUEST_URI": b"/a\0"}), _NOT_OURS),
    Bad("a line end in QUERY_STRING", asked({b"QUERY_STRING": b"a\nb"}), "no URI has"),
    Bad("no target", asked(dict.fromkeys((b"REQUEST_URI", b"PATH_INFO"))), "neither REQUEST_URI"),
    Bad("no method", asked({b"REQUEST_METHOD": None}), "REQUEST_METHOD is missing"),
    Bad("an empty method", asked({b"REQUEST_METHOD": b""}), "REQUEST_METHOD is missing"),
    Bad("a method no token", asked({b"REQUEST_METHOD": b"G T"}), "REQUEST_METHOD is missing"),
    Bad("a method with a line end", asked({b"REQUEST_METHOD": b"GET\n"}), "REQUEST_METHOD is missing"),
    Bad("a method of 33", asked({b"REQUEST_METHOD": b"M" * 33}), "REQUEST_METHOD is missing"),
    Bad("CONNECT", asked({b"REQUEST_METHOD": b"CONNECT"}), "for proxies", 501),
    Bad("a protocol that is not HTTP", asked({b"SERVER_PROTOCOL": b"INCLUDED"}), "no version of HTTP"),
    Bad("a protocol with a line end", asked({b"SERVER_PROTOCOL": b"HTTP/1.1\r\nX: y"}), "no version of HTTP"),
    Bad("two methods", asked({}, (b"REQUEST_METHOD", b"POST")), _TWICE),
    Bad("two protocols", asked({}, (b"SERVER_PROTOCOL", b"HTTP/1.0")), _TWICE),
    Bad("two Hosts", asked({}, (b"HTTP_HOST", b"b.example")), _TWICE),
    Bad("Host with a path", asked({b"HTTP_HOST": b"a/b"}), "Host is not"),
    # Content
    Bad("two lengths", asked({b"CONTENT_LENGTH": b"5"}, (b"CONTENT_LENGTH", b"6")), _TWICE),
    Bad("a length first empty, then not", asked({}, (b"CONTENT_LENGTH", b"6")), _TWICE),
    Bad("a length that its field denies", asked({b"CONTENT_LENGTH": b"5"}, (b"HTTP_CONTENT_LENGTH", b"6")), "differ"),
    *(Bad(f"a length of {text!r}", asked({b"CONTENT_LENGTH": text}), "not a decimal number")
      for text in (b"-1", b"+5", b" 5", b"5 ", b"5, 5", b"0x5", b"1e3", b"5\n", b"\xb2", b"five", b"5.0")),
    Bad("a length of 19 digits", asked({b"CONTENT_LENGTH": b"9" * 19}), "is more than", 413),
    Bad("too much content", asked({b"CONTENT_LENGTH": b"33"}, body=b"x" * 33), "is more than 32", 413, SMALL),
    Bad("chunked content without a length", asked({}, (b"HTTP_TRANSFER_ENCODING", b"chunked")), "must buffer", 411),
    # Limits
    Bad("too many fields", asked({}, *((b"HTTP_X%d" % n, b"") for n in range(4))), "more than 4 fields", 431, SMALL),
    Bad("too many of one field", asked({}, *((b"HTTP_X", b"") for n in range(4))), "more than 4 fields", 431, SMALL),
    Bad("a long field", asked({}, (b"HTTP_X", b"x" * 129)), "or 128 bytes of them", 431, SMALL),
    Bad("a long REQUEST_URI", asked({b"REQUEST_URI": b"/" * 65}), "longer than 64", 414, SMALL),
)  # fmt: skip
