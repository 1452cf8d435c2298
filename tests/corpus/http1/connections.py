"""Connection, Expect, Upgrade and pipelining: what goes on after a message (RFC 9112 §9; RFC 9110 §7.6.1, §7.8, §10.1.1)."""

from kit.cases import EMPTY_CHUNK, GET, ROOT, asked, chunked, coded, get, head, old, post, refused, sized, taken, unfinished

_OLD = b"GET / HTTP/1.0"
_SOCKET = (
    b"Connection: Upgrade",
    b"Upgrade: websocket",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Version: 13",
)
_SOCKET_SAID = {
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_UPGRADE": "websocket",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}


def _connection(value: str, *, stays: bool):
    """HTTP/1.1 with this Connection."""
    raw = get(b"Connection: " + value.encode("latin-1"))
    return taken(f"1.1, {value!a}", "9112 §9.3", raw, asked(keep_alive=stays, HTTP_CONNECTION=value.strip(" \t")))


def _old_connection(value: str, *, stays: bool):
    """HTTP/1.0 with this Connection."""
    raw = head(_OLD, b"Connection: " + value.encode("latin-1"))
    return taken(
        f"1.0, {value!a}", "9112 §9.3", raw, asked(version="HTTP/1.0", keep_alive=stays, HTTP_CONNECTION=value.strip(" \t"))
    )


def _expecting(value: str, *, body: bytes = b"x"):
    return post(body, b"Expect: " + value.encode("latin-1"), b"Content-Length: %d" % len(body))


CASES = (
    # Keep-alive
    taken("1.1 stays", "9112 §9.3", GET, ROOT),
    taken("1.0 goes", "9112 §9.3", head(_OLD), old()),
    *(
        _connection(value, stays=False)
        for value in (
            "close",
            "Close",
            "CLOSE",
            "x, close",
            "close, x",
            "keep-alive, close",
            "close,keep-alive",
            " ,close,",
            "x,\tclose\t,y",
        )
    ),
    *(
        _connection(value, stays=True)
        for value in (
            "keep-alive",
            "Keep-Alive",
            "",
            "x",
            "closed",
            "clos",
            "not close",
            "close;x",
            '"close"',
            "upgrade",
            "TE",
            ",",
            "c lose",
        )
    ),
    *(
        _old_connection(value, stays=True)
        for value in ("keep-alive", "Keep-Alive", "KEEP-ALIVE", "x, keep-alive", "keep-alive,x", " keep-alive ")
    ),
    *(
        _old_connection(value, stays=False)
        for value in (
            "close",
            "x",
            "",
            "keep-alive, close",
            "close, keep-alive",
            "keepalive",
            "keep-alive;x",
            "keep alive",
            "upgrade",
        )
    ),
    taken(
        "two lines, one close",
        "9110 §5.3",
        get(b"Connection: x", b"Connection: close"),
        asked(keep_alive=False, HTTP_CONNECTION="x,close"),
    ),
    taken(
        "two lines, close first",
        "9110 §5.3",
        get(b"Connection: close", b"Connection: keep-alive"),
        asked(keep_alive=False, HTTP_CONNECTION="close,keep-alive"),
    ),
    taken(
        "1.0, two lines",
        "9110 §5.3",
        head(_OLD, b"Connection: x", b"Connection: keep-alive"),
        asked(version="HTTP/1.0", keep_alive=True, HTTP_CONNECTION="x,keep-alive"),
    ),
    taken(
        "Proxy-Connection says nothing",
        "9112 §9.3",
        head(_OLD, b"Proxy-Connection: keep-alive"),
        old(HTTP_PROXY_CONNECTION="keep-alive"),
    ),
    taken("Keep-Alive says nothing", "9112 §9.3", head(_OLD, b"Keep-Alive: timeout=5"), old(HTTP_KEEP_ALIVE="timeout=5")),
    taken(
        "a Connection beyond ASCII",
        "9110 §7.6.1",
        get(b"Connection: \xe9, clo\xc5\xbfe"),
        asked(HTTP_CONNECTION="\xe9, clo\xc5\xbfe"),
    ),
    # Expect
    taken(
        "expects",
        "9110 §10.1.1",
        _expecting("100-continue"),
        asked("POST", body=b"x", expect=True, CONTENT_LENGTH="1", HTTP_EXPECT="100-continue"),
    ),
    taken(
        "expects, in any case",
        "9110 §10.1.1",
        _expecting("100-CONTINUE"),
        asked("POST", body=b"x", expect=True, CONTENT_LENGTH="1", HTTP_EXPECT="100-CONTINUE"),
    ),
    taken(
        "expects, chunked",
        "9110 §10.1.1",
        post(EMPTY_CHUNK, b"Expect: 100-continue", b"Transfer-Encoding: chunked"),
        asked("POST", expect=True, HTTP_EXPECT="100-continue"),
    ),
    taken(
        "expects the same twice",
        "9110 §10.1.1",
        post(b"x", b"Expect: 100-continue", b"Expect:\t100-Continue", b"Content-Length: 1"),
        asked("POST", body=b"x", expect=True, CONTENT_LENGTH="1", HTTP_EXPECT="100-continue,100-Continue"),
    ),
    taken(
        "expects the same in a list",
        "9110 §10.1.1",
        _expecting("100-continue\t,\t100-continue"),
        asked("POST", body=b"x", expect=True, CONTENT_LENGTH="1", HTTP_EXPECT="100-continue\t,\t100-continue"),
    ),
    taken("expects, no content", "9110 §10.1.1", get(b"Expect: 100-continue"), asked(HTTP_EXPECT="100-continue")),
    taken("expects, a length of 0", "9110 §10.1.1", _expecting("100-continue", body=b""), sized(b"", HTTP_EXPECT="100-continue")),
    taken("expects on HTTP/1.0", "9110 §10.1.1", head(_OLD, b"Expect: 100-continue"), old(HTTP_EXPECT="100-continue")),
    taken("expects what we do not know, on HTTP/1.0", "9110 §10.1.1", head(_OLD, b"Expect: x"), old(HTTP_EXPECT="x")),
    taken(
        "expects on HTTP/1.0, with content",
        "9110 §10.1.1",
        head(_OLD, b"Expect: x", b"Content-Length: 1") + b"x",
        asked(version="HTTP/1.0", body=b"x", HTTP_EXPECT="x", CONTENT_LENGTH="1"),
    ),
    unfinished("expects, and waits", "9110 §10.1.1", post(b"", b"Expect: 100-continue", b"Content-Length: 1")),
    *(
        refused(f"expects {value!a}", "9110 §10.1.1", _expecting(value), 417)
        for value in ("200-ok", "x", "100-continue, x", "100-continued", "100", "continue", "100-continue;q=1", "")
    ),
    refused(
        "expects twice, one unknown", "9110 §10.1.1", post(b"x", b"Expect: 100-continue", b"Expect: x", b"Content-Length: 1"), 417
    ),
    refused("expects what we do not know, no content", "9110 §10.1.1", get(b"Expect: x"), 417),
    # Upgrades are ignored: the request is answered as it stands (RFC 9110 §7.8)
    taken("WebSocket", "9110 §7.8", get(*_SOCKET), asked(**_SOCKET_SAID)),
    taken("WebSocket, then a request", "9110 §7.8", get(*_SOCKET) + GET, asked(**_SOCKET_SAID), ROOT),
    refused("WebSocket, then frames", "9110 §7.8", get(*_SOCKET) + b"\x81\x05hello\r\n\r\n", after=(asked(**_SOCKET_SAID),)),
    taken("h2c", "9110 §7.8", get(b"Connection: Upgrade", b"Upgrade: h2c"), asked(HTTP_CONNECTION="Upgrade", HTTP_UPGRADE="h2c")),
    taken(
        "h2c with content",
        "9110 §7.8",
        post(b"ab", b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: 2") + GET,
        sized(b"ab", HTTP_CONNECTION="Upgrade", HTTP_UPGRADE="h2c"),
        ROOT,
    ),
    taken(
        "h2c with chunks",
        "9110 §7.8",
        post(b"1\r\nx\r\n0\r\n\r\n", b"Connection: Upgrade", b"Upgrade: h2c", b"Transfer-Encoding: chunked") + GET,
        coded(b"x", HTTP_CONNECTION="Upgrade", HTTP_UPGRADE="h2c"),
        ROOT,
    ),
    refused(
        "h2c, then its preface",
        "9113 §3.4",
        get(b"Connection: Upgrade", b"Upgrade: h2c") + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        505,
        after=(asked(HTTP_CONNECTION="Upgrade", HTTP_UPGRADE="h2c"),),
    ),
    taken("Upgrade without Connection", "9110 §7.8", get(b"Upgrade: websocket"), asked(HTTP_UPGRADE="websocket")),
    taken("Connection: upgrade without Upgrade", "9110 §7.8", get(b"Connection: upgrade"), asked(HTTP_CONNECTION="upgrade")),
    taken(
        "several protocols",
        "9110 §7.8",
        get(b"Connection: upgrade", b"Upgrade: a/1, b", b"Upgrade: c"),
        asked(HTTP_CONNECTION="upgrade", HTTP_UPGRADE="a/1, b,c"),
    ),
    taken(
        "TLS upgrade of OPTIONS *",
        "2817 §3.2",
        get(b"Upgrade: TLS/1.0", b"Connection: Upgrade", line=b"OPTIONS * HTTP/1.1"),
        asked("OPTIONS", "*", path="", HTTP_UPGRADE="TLS/1.0", HTTP_CONNECTION="Upgrade"),
    ),
    # Pipelining
    taken("three at once", "9112 §9.3.2", GET * 3, ROOT, ROOT, ROOT),
    taken("a HEAD among them", "9112 §9.3.2", GET + get(line=b"HEAD / HTTP/1.1") + GET, ROOT, asked("HEAD"), ROOT),
    taken(
        "content, chunks and none",
        "9112 §9.3.2",
        post(b"ab", b"Content-Length: 2") + chunked(b"1\r\nx\r\n0\r\n\r\n") + GET,
        sized(b"ab"),
        coded(b"x"),
        ROOT,
    ),
    taken(
        "chunks, then content",
        "9112 §9.3.2",
        chunked(b"0\r\nX: y\r\n\r\n") + post(b"ab", b"Content-Length: 2"),
        coded(b""),
        sized(b"ab"),
    ),
    taken("a CRLF between", "9112 §2.2", GET + b"\r\n" + GET, ROOT, ROOT),
    taken("a CRLF after the last", "9112 §2.2", GET + b"\r\n", ROOT),
    taken("a CRLF after chunks", "9112 §2.2", chunked(b"0\r\n\r\n") + b"\r\n" + GET, coded(b""), ROOT),
    taken(
        "each its own fields",
        "9112 §9.3.2",
        get(b"X: y", b"Cookie: a") + GET + get(b"Z: y"),
        asked(HTTP_X="y", HTTP_COOKIE="a"),
        ROOT,
        asked(HTTP_Z="y"),
    ),
    taken("each its own Host", "9112 §9.3.2", GET + head(b"GET / HTTP/1.1", b"Host: b"), ROOT, asked(HTTP_HOST="b")),
    taken("1.1, then 1.0", "9112 §9.3", GET + head(_OLD), ROOT, old()),
    refused("two CRLF between", "9112 §2.2", GET + b"\r\n\r\n" + GET, after=(ROOT,)),
    refused("an LF between", "9112 §2.2", GET + b"\n" + GET, after=(ROOT,)),
    refused("a NUL between", "9112 §2.2", GET + b"\x00" + GET, after=(ROOT,)),
    refused("a space between", "9112 §2.2", GET + b" " + GET, after=(ROOT,)),
    refused("the third has no Host", "9112 §3.2", GET * 2 + head(b"GET / HTTP/1.1"), after=(ROOT, ROOT)),
    refused("nothing after a refusal", "9112 §9.3.2", head(b"GET / HTTP/1.1") + GET),
    taken(
        "a byte too many is part of the next method",
        "9112 §6.3",
        post(b"abc", b"Content-Length: 2") + GET,
        sized(b"ab"),
        asked("cGET"),
    ),
    unfinished("a second that is cut", "9112 §8", GET + GET[:-1], ROOT),
    unfinished("a CRLF, then nothing of a second", "9112 §2.2", GET + b"\r\nG", ROOT),
)
