"""Request targets: origin, absolute, authority and asterisk forms, percent-encoding (RFC 9112 §3.2; RFC 3986; RFC 3875 §4.1.5)."""

from kit.cases import asked, get, head, refused, taken

_ODD = b'"<>\\^`{|}'
_SUB = b"!$&'()*+,;=:@-._~/"


def _line(target: bytes, method: bytes = b"GET") -> bytes:
    return get(line=method + b" " + target + b" HTTP/1.1")


def _same(name: str, target: str, rfc: str = "9112 §3.2.1", *, path: str | None = None, query: str | None = None):
    """Taken as it stands."""
    return taken(name, rfc, _line(target.encode("latin-1")), asked(target=target, path=path, query=query))


def _absolute(name: str, uri: bytes, target: str, host: str, *, method: bytes = b"GET", path: str | None = None):
    """An absolute-form, and what it comes to; the Host field said something else."""
    raw = _line(uri, method)
    return taken(name, "9112 §3.2.2", raw, asked(method.decode(), target, path=path, HTTP_HOST=host))


CASES = (
    # Origin-form
    _same("a path and a query", "/a/b?c=d&e=/?:"),
    _same("an empty query", "/a?"),
    _same("question marks in the query", "/a??b?"),
    _same("two slashes", "//b/c"),
    _same("only slashes", "////"),
    _same("dots are left alone", "/a/../b/./c", "3986 §6.2.2.3"),
    _same("dots above the root", "/../../etc/passwd", "3986 §6.2.2.3"),
    _same("a path like an absolute-form", "/http://b/c"),
    _same("a query like an absolute-form", "/?u=http://b/c"),
    _same("a semicolon", "/a;b=c/d;e", "3986 §3.3"),
    _same("every sub-delimiter", "/" + _SUB.decode(), "3986 §3.3"),
    _same("a backslash is a character", "/a\\..\\b"),
    *(_same(f"unescaped {chr(c)}", f"/a{chr(c)}b?{chr(c)}", "9112 §3.2") for c in _ODD),
    _same("plus is no space", "/a+b?c+d", "3986 §3.3"),
    # Percent-encoding: taken off the path once, never off the query (RFC 3875 §4.1.5, §4.1.7)
    _same("escaped letters", "/%41%62", "3875 §4.1.5", path="/Ab"),
    _same("escapes in either case", "/%e9%E9", "3875 §4.1.5", path="/\xe9\xe9"),
    _same("UTF-8 as its bytes", "/%C3%A9", "3875 §4.1.5", path="/\xc3\xa9"),
    _same("not even UTF-8", "/%ff%fe", "3875 §4.1.5", path="/\xff\xfe"),
    _same("an escaped slash", "/a%2Fb%2fc", "3875 §4.1.5", path="/a/b/c"),
    _same("escaped dots", "/a/%2e%2E/b", "3875 §4.1.5", path="/a/../b"),
    _same("an escaped question mark", "/a%3Fb?c", "3875 §4.1.5", path="/a?b"),
    _same("an escaped hash", "/a%23b", "3875 §4.1.5", path="/a#b"),
    _same("an escaped space", "/a%20b", "3875 §4.1.5", path="/a b"),
    _same("an escaped CRLF stays in its variable", "/a%0d%0aX:%20y", "3875 §4.1.5", path="/a\r\nX: y"),
    _same("an escaped NUL stays in its variable", "/a%00b", "3875 §4.1.5", path="/a\x00b"),
    _same("an escaped percent is taken off once", "/%2541", "3875 §4.1.5", path="/%41"),
    _same("an escape of one digit is none", "/%4", "3986 §2.1"),
    _same("an escape of no digits is none", "/%", "3986 §2.1"),
    _same("an escape that is none", "/%zz%4g%g4", "3986 §2.1"),
    _same("an escape of four digits is none", "/%u0041", "3986 §2.1"),
    _same("a signed escape is none", "/%+1%-1%0x", "3986 §2.1"),
    _same("two percents", "/%%41", "3986 §2.1", path="/%A"),
    _same("the query keeps its escapes", "/?%41=%26%00", "3875 §4.1.7"),
    # Asterisk-form
    taken("asterisk", "9112 §3.2.4", _line(b"*", b"OPTIONS"), asked("OPTIONS", "*", path="")),
    taken("OPTIONS of a path", "9112 §3.2.4", _line(b"/a", b"OPTIONS"), asked("OPTIONS", "/a")),
    taken("a path that is an asterisk", "9112 §3.2.1", _line(b"/*", b"OPTIONS"), asked("OPTIONS", "/*")),
    *(
        refused(f"asterisk for {m.decode()}", "9112 §3.2.4", _line(b"*", m))
        for m in (b"GET", b"HEAD", b"POST", b"TRACE", b"options", b"PRI")
    ),
    *(refused(f"asterisk and {t.decode()}", "9112 §3.2.4", _line(t, b"OPTIONS")) for t in (b"**", b"*?a", b"*/", b"*a")),
    # Absolute-form: its authority is the Host (RFC 9112 §3.2.2), whatever the field says
    _absolute("absolute, another Host", b"http://b.example:8080/p?q", "/p?q", "b.example:8080"),
    _absolute("absolute, https", b"https://b/p", "/p", "b"),
    _absolute("absolute, scheme in capitals", b"HTTP://b/p", "/p", "b"),
    _absolute("absolute, no path", b"http://b", "/", "b"),
    _absolute("absolute, no path but a query", b"http://b?q/r", "/?q/r", "b"),
    _absolute("absolute, empty port", b"http://b:/p", "/p", "b:"),
    _absolute("absolute, IPv6", b"http://[::1]:81/p", "/p", "[::1]:81"),
    _absolute("absolute, IPv4", b"http://127.0.0.1/p", "/p", "127.0.0.1"),
    _absolute("absolute, escaped name", b"http://%61/p", "/p", "%61"),
    _absolute("absolute, two slashes", b"http://b//p", "//p", "b"),
    _absolute("absolute, an at sign in the path", b"http://b/@c", "/@c", "b"),
    _absolute("absolute, an at sign in the query", b"http://b?@c", "/?@c", "b"),
    _absolute("absolute, escapes in the path", b"http://b/%41", "/%41", "b", path="/A"),
    _absolute("absolute OPTIONS of the server", b"http://b", "*", "b", method=b"OPTIONS", path=""),
    _absolute("absolute OPTIONS of a path", b"http://b/", "/", "b", method=b"OPTIONS"),
    _absolute("absolute OPTIONS of a query", b"http://b?q", "/?q", "b", method=b"OPTIONS"),
    taken(
        "absolute on HTTP/1.0, without Host",
        "9112 §3.2.2",
        head(b"GET http://b/p HTTP/1.0"),
        asked(target="/p", version="HTTP/1.0", HTTP_HOST="b"),
    ),
    refused("absolute without a Host field", "9112 §3.2", head(b"GET http://b/ HTTP/1.1")),
    refused("absolute with two Host fields", "9112 §3.2", get(b"Host: b", line=b"GET http://b/ HTTP/1.1")),
    refused("absolute with a bad Host field", "9112 §3.2", head(b"GET http://b/ HTTP/1.1", b"Host: a/b")),
    refused("absolute without a host", "9110 §4.2.1", _line(b"http:///a")),
    refused("absolute with nothing", "9110 §4.2.1", _line(b"http://")),
    refused("absolute with a port only", "9110 §4.2.1", _line(b"http://:80/")),
    refused("absolute with a bad port", "3986 §3.2.3", _line(b"http://b:8x/")),
    refused("absolute with a signed port", "3986 §3.2.3", _line(b"http://b:+80/")),
    refused("absolute with two ports", "3986 §3.2.3", _line(b"http://b:80:81/")),
    refused("user", "9110 §4.2.4", _line(b"http://u@b/")),
    refused("user and password", "9110 §4.2.4", _line(b"http://u:p@b/")),
    refused("empty user", "9110 §4.2.4", _line(b"http://@b/")),
    refused("a backslash in the authority", "3986 §3.2.2", _line(b"http://b\\c/")),
    refused("brackets that do not end", "3986 §3.2.2", _line(b"http://[::1/")),
    refused("brackets within a name", "3986 §3.2.2", _line(b"http://b[::1]/")),
    refused("bare IPv6", "3986 §3.2.2", _line(b"http://::1/")),
    refused("one slash", "9110 §4.2.1", _line(b"http:/b/")),
    refused("no slash after the scheme", "9110 §4.2.1", _line(b"http:b")),
    refused("a space after the scheme", "9112 §3.2", _line(b"http: //b/")),
    *(
        refused(f"scheme {s.decode()}", "9112 §3.2.2", _line(s + b"://b/"))
        for s in (b"ftp", b"file", b"gopher", b"ws", b"httpx", b"xhttp", b"h", b"")
    ),
    # Authority-form, and CONNECT
    refused("authority-form", "9112 §3.2.3", _line(b"b:80")),
    refused("a name", "9112 §3.2", _line(b"b")),
    refused("a relative path", "9112 §3.2", _line(b"a/b")),
    refused("dots", "9112 §3.2", _line(b"../b")),
    refused("a query alone", "9112 §3.2", _line(b"?a")),
    refused("a backslash first", "9112 §3.2", _line(b"\\a")),
    refused("an escaped slash first", "9112 §3.2", _line(b"%2Fa")),
    refused("CONNECT", "9110 §9.3.6", _line(b"b:443", b"CONNECT"), 501),
    refused("CONNECT of a path", "9110 §9.3.6", _line(b"/", b"CONNECT"), 501),
    refused("CONNECT of a URI", "9110 §9.3.6", _line(b"http://b/", b"CONNECT"), 501),
    # What no target has
    refused("fragment", "9110 §7.1", _line(b"/a#b")),
    refused("fragment of a query", "9110 §7.1", _line(b"/a?b#c")),
    refused("fragment of an absolute-form", "9110 §7.1", _line(b"http://b/#c")),
    *(
        refused(f"control {c:#04x} in the target", "9112 §3.2", _line(b"/a%cb" % c))
        for c in (*range(1, 9), 11, 12, 14, 27, 31, 127)
    ),
    refused("NUL in the target", "9112 §3.2", _line(b"/a\x00b")),
    refused("tab in the target", "9112 §3.2", _line(b"/a\tb")),
    refused("CR in the target", "9112 §2.2", _line(b"/a\rb")),
    refused("LF in the target", "9112 §2.2", _line(b"/a\nb")),
    refused("CRLF in the target", "9112 §2.2", _line(b"/a\r\nb")),
    refused("UTF-8 in the target", "9112 §3.2", _line(b"/\xc3\xa9")),
    refused("Latin-1 in the query", "9112 §3.2", _line(b"/?\xe9")),
    refused("control in the query", "9112 §3.2", _line(b"/?\x01")),
    refused("DEL in an authority", "9112 §3.2", _line(b"http://b\x7f/")),
    refused("no target", "9112 §3.2", get(line=b"GET  HTTP/1.1")),
)
