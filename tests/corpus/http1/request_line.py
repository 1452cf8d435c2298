"""The request line: methods, spaces, versions, HTTP/0.9, what may come before it (RFC 9112 §2.2, §2.3, §3; RFC 9110 §9.1)."""

from kit.cases import GET, ROOT, asked, get, head, old, refused, taken, unfinished

_H = b"Host: a"
_METHODS = (
    *(b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"PATCH"),
    *(b"PROPFIND", b"QUERY", b"PRI", b"SOURCE"),
)
_SEPARATORS = b'()<>@,;:\\"/[]?={}'
_VERSIONS = (
    *(b"HTTP/0.9", b"HTTP/0.0", b"HTTP/1.2", b"HTTP/1.9", b"HTTP/1.10", b"HTTP/1.11", b"HTTP/1.01", b"HTTP/01.1", b"HTTP/11"),
    *(b"HTTP/1", b"HTTP/1.", b"HTTP/.1", b"HTTP/", b"HTTP", b"HTTP/1.1.", b"HTTP/1.1.1", b"HTTP/1,1", b"HTTP/+1.1", b"HTTP/-1.1"),
    *(b"HTTP/1.1x", b"HTTP/1.x", b"HTTP/x.1", b"HTTP//1.1", b"HTTP\\1.1", b"HTTPS/1.1", b"http/1.1", b"Http/1.1", b"HTTP/1.1;"),
    *(b"ICY/1.1", b"RTSP/1.0", b"SIP/2.0", b"XTTP/1.1", b"1.1", b"/1.1", b"HTTP/1.\xef\xbc\x91", b"HTTP/\xb9.1", b"HTTP/0x1.1"),
)

CASES = (
    taken("the least", "9112 §3", head(b"GET / HTTP/1.1", _H), ROOT),
    *(taken(f"method {m.decode()}", "9110 §9.1", get(line=m + b" / HTTP/1.1"), asked(m.decode())) for m in _METHODS),
    taken("a method in lower case is another", "9110 §9.1", get(line=b"get / HTTP/1.1"), asked("get")),
    taken("any token is a method", "9110 §9.1", get(line=b"Brew!-1 / HTTP/1.1"), asked("Brew!-1")),
    taken(
        "every kind of character", "9110 §5.6.2", get(line=b"!#$%&'*+-.^_`|~09azAZ / HTTP/1.1"), asked("!#$%&'*+-.^_`|~09azAZ")
    ),
    taken("a method of one character", "9110 §9.1", get(line=b"M / HTTP/1.1"), asked("M")),
    taken("a method of 32", "9110 §9.1", get(line=b"M" * 32 + b" / HTTP/1.1"), asked("M" * 32)),
    refused("a method of 33", "9110 §9.1", get(line=b"M" * 33 + b" / HTTP/1.1")),
    refused("no method", "9112 §3.1", get(line=b" / HTTP/1.1")),
    *(refused(f"{chr(c)} in the method", "9110 §9.1", get(line=b"G%cT / HTTP/1.1" % c)) for c in _SEPARATORS),
    *(
        refused(f"control {c:#04x} in the method", "9110 §9.1", get(line=b"G%cT / HTTP/1.1" % c))
        for c in (0, 1, 8, 11, 12, 27, 127)
    ),
    refused("method beyond ASCII", "9110 §9.1", get(line=b"G\xc3\x89T / HTTP/1.1")),
    refused("byte order mark", "9110 §9.1", get(line=b"\xef\xbb\xbfGET / HTTP/1.1")),
    # Spaces: one, and only the space (RFC 9112 §3; the leniency it allows is how two readers come to differ)
    refused("two spaces before the target", "9112 §3", get(line=b"GET  / HTTP/1.1")),
    refused("two spaces before the version", "9112 §3", get(line=b"GET /  HTTP/1.1")),
    refused("space at the end", "9112 §3", get(line=b"GET / HTTP/1.1 ")),
    refused("space first", "9112 §3", get(line=b" GET / HTTP/1.1")),
    refused("tab first", "9112 §3", get(line=b"\tGET / HTTP/1.1")),
    refused("tab before the target", "9112 §3", get(line=b"GET\t/ HTTP/1.1")),
    refused("tab before the version", "9112 §3", get(line=b"GET /\tHTTP/1.1")),
    refused("tab at the end", "9112 §3", get(line=b"GET / HTTP/1.1\t")),
    refused("vertical tab between", "9112 §3", get(line=b"GET\x0b/\x0bHTTP/1.1")),
    refused("form feed between", "9112 §3", get(line=b"GET\x0c/\x0cHTTP/1.1")),
    refused("no-break space between", "9112 §3", get(line=b"GET\xa0/\xa0HTTP/1.1")),
    refused("CR between", "9112 §3", get(line=b"GET\r/\rHTTP/1.1")),
    refused("space in the target", "9112 §3.2", get(line=b"GET /a b HTTP/1.1")),
    refused("four words", "9112 §3", get(line=b"GET / HTTP/1.1 x")),
    refused("version twice", "9112 §3", get(line=b"GET / HTTP/1.1 HTTP/1.1")),
    refused("a request line within the target", "9112 §3", get(line=b"GET /x HTTP/1.1 /y HTTP/1.1")),
    refused("only a method", "9112 §3", get(line=b"GET")),
    refused("only spaces", "9112 §3", get(line=b"  ")),
    refused("a field line first", "9112 §3", head(b"Host: a", b"X: y")),
    refused("a response", "9112 §3", head(b"HTTP/1.1 200 OK", b"Content-Length: 0")),
    # Versions
    taken("version 1.0", "9112 §2.3", head(b"GET / HTTP/1.0"), old()),
    *(refused(f"version {v.decode('latin-1')}", "9112 §2.3", get(line=b"GET / " + v)) for v in _VERSIONS),
    *(
        refused(f"version {v.decode()}, of later", "9110 §15.6.6", get(line=b"GET / " + v), 505)
        for v in (b"HTTP/2.0", b"HTTP/2", b"HTTP/3.0", b"HTTP/9.0")
    ),
    refused("a space in the version", "9112 §2.3", get(line=b"GET / HTTP/ 1.1")),
    refused("HTTP/2 preface", "9113 §3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    # HTTP/0.9 (RFC 1945 §4.1): gone, and a way to smuggle where it is not
    refused("0.9: no version", "9112 §3", b"GET /\r\n\r\n"),
    refused("0.9: no version, with fields", "9112 §3", get(line=b"GET /")),
    refused("0.9: a space for the version", "9112 §3", get(line=b"GET / ")),
    refused("0.9 ended by LF, a head behind it", "9112 §2.2", b"GET /x\nHost: a\r\nContent-Length: 1\r\n\r\nx"),
    refused("0.9 ended by LF, a request behind it", "9112 §2.2", b"GET /x\n" + GET),
    unfinished("0.9: a line without more", "9112 §2.1", b"GET /\r\n"),
    # What may come before
    taken("an empty line before", "9112 §2.2", b"\r\n" + GET, ROOT),
    taken("an empty line and nothing", "9112 §2.2", b"\r\n"),
    unfinished("half an empty line", "9112 §2.2", b"\r"),
    refused("two empty lines before", "9112 §2.2", b"\r\n\r\n" + GET),
    refused("LF before", "9112 §2.2", b"\n" + GET),
    refused("CR before", "9112 §2.2", b"\r" + GET),
    refused("CR CR LF before", "9112 §2.2", b"\r\r\n" + GET),
    refused("LF CR LF before", "9112 §2.2", b"\n\r\n" + GET),
    refused("a line of a space before", "9112 §2.2", b" \r\n" + GET),
    refused("NUL before", "9112 §2.2", b"\x00" + GET),
    # How the line ends
    refused("line ends in LF", "9112 §2.2", b"GET / HTTP/1.1\nHost: a\r\n\r\n"),
    refused("all lines end in LF", "9112 §2.2", b"GET / HTTP/1.1\nHost: a\n\n"),
    refused("line ends in CR", "9112 §2.2", b"GET / HTTP/1.1\rHost: a\r\n\r\n"),
    refused("line ends in CR CR LF", "9112 §2.2", b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
    refused("line ends in LF CR", "9112 §2.2", b"GET / HTTP/1.1\n\rHost: a\n\r\n\r"),
    refused("line ends in a line separator", "9112 §2.2", b"GET / HTTP/1.1\xe2\x80\xa8Host: a\r\n\r\n"),
    refused("line ends in NEL", "9112 §2.2", b"GET / HTTP/1.1\x85Host: a\r\n\r\n"),
    # Other protocols on our port
    refused("TLS", "8446 §4", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n"),
    refused("PROXY protocol, not asked for", "9112 §3", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + GET),
    refused("SMTP", "9112 §3", b"EHLO a\r\nMAIL FROM:<a@b>\r\n\r\n"),
    refused("SSH", "9112 §3", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    refused("only NULs", "9112 §3", b"\x00" * 16 + b"\r\n\r\n"),
    unfinished("half a method", "9112 §2.1", b"GE"),
    unfinished("a head without its end", "9112 §2.1", b"GET / HTTP/1.1\r\nHost: a\r\n"),
    unfinished("a head without its last LF", "9112 §2.1", b"GET / HTTP/1.1\r\nHost: a\r\n\r"),
)
