"""The classics of request smuggling: two lengths for one message, each hidden from one of two readers (RFC 9112 §11.2).

`EVIL` must never come out as a request where an honest reader has it in a body, nor vanish where he has it as a request.
"""

from kit.cases import EMPTY_CHUNK, GET, ROOT, asked, coded, get, head, old, post, refused, sized, taken

EVIL = b"GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"
_EVIL = asked(target="/evil")
_TE = b"Transfer-Encoding: chunked"


def _cl(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


_HIDDEN = EMPTY_CHUNK + EVIL
_SHORT = b"%x\r\n%b\r\n0\r\n\r\n" % (len(EVIL), EVIL)

CASES = (
    # CL.TE and TE.CL: both fields, either order, any lengths
    refused("CL.TE: a request after the chunks", "9112 §6.1", post(_HIDDEN, _cl(_HIDDEN), _TE)),
    refused("TE.CL: a request in a chunk", "9112 §6.1", post(_SHORT, _TE, b"Content-Length: 4")),
    refused("CL.TE: a prefix", "9112 §6.1", post(b"0\r\n\r\nG", b"Content-Length: 6", _TE)),
    refused("CL.TE, the coding in capitals", "9112 §6.1", post(_HIDDEN, _cl(_HIDDEN), b"TRANSFER-ENCODING: CHUNKED")),
    refused("CL.TE, a length of 0", "9112 §6.1", post(EMPTY_CHUNK + EVIL, b"Content-Length: 0", _TE)),
    refused("CL.TE on a GET", "9112 §6.1", get(_cl(_HIDDEN), _TE) + _HIDDEN),
    refused("CL.TE on HTTP/1.0", "9112 §6.1", head(b"POST / HTTP/1.0", _cl(_HIDDEN), _TE) + _HIDDEN),
    refused("TE on HTTP/1.0", "9112 §6.1", head(b"POST / HTTP/1.0", b"Connection: keep-alive", _TE) + _HIDDEN),
    # TE.TE: one of two is to be overlooked
    *(
        refused(f"TE.TE: {second.decode('latin-1')!a}", "9112 §6.1", post(_HIDDEN, _TE, second), status)
        for second, status in (
            (b"Transfer-Encoding: x", 501),
            (b"Transfer-Encoding: identity", 501),
            (b"Transfer-encoding: cow", 501),
            (b"Transfer-Encoding: chunked", 400),
            (b"Transfer-Encoding:chunked", 400),
            (b"Transfer-Encoding:\tchunked", 400),
            (b"Transfer-Encoding :chunked", 400),
            (b"Transfer-Encoding", 400),
            (b"X: y\nTransfer-Encoding: x", 400),
            (b" Transfer-Encoding: x", 400),
            (b"Transfer-Encoding:\x0bx", 400),
        )
    ),
    *(
        refused(f"CL.TE, hidden: {te.decode('latin-1')!a}", "9112 §6.1", post(_HIDDEN, _cl(_HIDDEN), te))
        for te in (
            *(
                b"Transfer-Encoding: xchunked",
                b"Transfer-Encoding : chunked",
                b"Transfer-Encoding: chunked, identity",
                b"Transfer-Encoding:\tchunked",
            ),
            *(
                b"Transfer-Encoding: \x0bchunked",
                b"\tTransfer-Encoding: chunked",
                b"X: X\nTransfer-Encoding: chunked",
                b"Transfer-Encoding\n: chunked",
            ),
            *(
                b"Transfer-Encoding: chunked\r",
                b"Transfer-Encoding: 'chunked'",
                b"Transfer-Encoding: chun\rked",
                b"Transfer-Encoding\r: chunked",
            ),
            *(
                b"Transfer-Encoding:\r\n chunked",
                b"X: y\rTransfer-Encoding: chunked",
                b"Transfer-Encoding: chunked\x00",
                b"Transfer-Encoding;: chunked",
            ),
        )
    ),
    # CL.CL
    refused("CL.CL", "9112 §6.3", post(EVIL, b"Content-Length: 0", _cl(EVIL))),
    refused("CL.CL, either order", "9112 §6.3", post(EVIL, _cl(EVIL), b"Content-Length: 0")),
    refused("CL.CL, a list", "9112 §6.3", post(EVIL, b"Content-Length: 0, %d" % len(EVIL))),
    refused("CL hidden by a blank", "9112 §5.1", post(EVIL, b"Content-Length: 0", b"Content-Length : %d" % len(EVIL))),
    refused("CL hidden by a fold", "9112 §5.2", post(EVIL, b"Content-Length: 0", b" %d" % len(EVIL))),
    refused("CL hidden by a CR", "9112 §2.2", post(EVIL, b"X: y\rContent-Length: 0", _cl(EVIL))),
    refused("CL hidden by a sign", "9110 §8.6", post(EVIL, b"Content-Length: +%d" % len(EVIL))),
    refused("CL past 2**64", "9110 §8.6", post(EVIL, b"Content-Length: 18446744073709551616"), 413),
    # CL.0 and 0.CL: what has content, and what has none
    taken("CL.0: content of a GET is content", "9112 §6.3", get(_cl(EVIL)) + EVIL, sized(EVIL, "GET")),
    taken(
        "CL.0: content of an OPTIONS is content",
        "9112 §6.3",
        get(_cl(EVIL), line=b"OPTIONS / HTTP/1.1") + EVIL,
        sized(EVIL, "OPTIONS"),
    ),
    taken("0.CL: without a length it is a request", "9112 §6.3", post(EVIL), asked("POST"), _EVIL),
    taken("0.CL: after a length of 0 it is a request", "9112 §6.3", post(EVIL, b"Content-Length: 0"), sized(b""), _EVIL),
    taken("0.CL: underscored", "3875 §4.1.2", post(EVIL, b"Content_Length: %d" % len(EVIL)), asked("POST"), _EVIL),
    taken("a chunked GET", "9112 §6.3", get(_TE) + _SHORT, coded(EVIL, "GET")),
    taken("a chunked GET, a request behind it", "9112 §6.3", get(_TE) + _HIDDEN, coded(b"", "GET"), _EVIL),
    taken(
        "expecting changes no length",
        "9110 §10.1.1",
        get(_cl(EVIL), b"Expect: 100-continue") + EVIL,
        asked(body=EVIL, expect=True, CONTENT_LENGTH=str(len(EVIL)), HTTP_EXPECT="100-continue"),
    ),
    # Chunks two readers would measure in two ways
    refused("chunk size in an extension", "9112 §7.1.1", post(b"2;\nxx\r\n4c\r\n0\r\n\r\n" + EVIL, _TE)),
    refused("chunk size ends in LF", "9112 §7.1", post(b"5\nhello\r\n0\r\n\r\n" + EVIL, _TE)),
    refused("chunk size after 0x", "9112 §7.1", post(b"0x5\r\nhello\r\n0\r\n\r\n" + EVIL, _TE)),
    refused("chunk size cut at 2**64", "9112 §7.1", post(b"10000000000000000\r\n\r\n" + EVIL, _TE)),
    refused("chunk size cut at 2**32", "9112 §7.1", post(b"100000000\r\n\r\n" + EVIL, _TE), 413),
    refused("chunk size of spaces", "9112 §7.1", post(b"0 \r\n\r\n" + EVIL, _TE)),
    refused("chunk body without its CRLF", "9112 §7.1", post(b"1\r\nxx\r0\r\n\r\n" + EVIL, _TE)),
    refused("a space before the last chunk", "9112 §7.1", post(b" 0\r\n\r\n" + EVIL, _TE)),
    refused("a bare CR ends the trailers", "9112 §7.1.2", post(b"0\r\n\r\r\n" + EVIL, _TE)),
    refused("an LF ends the trailers", "9112 §7.1.2", post(b"0\r\n\n" + EVIL, _TE)),
    taken("a trailer is no length", "9110 §6.5.1", post(b"0\r\nX-Content-Length: 9\r\n\r\n" + EVIL, _TE), coded(b""), _EVIL),
    # Heads two readers would end in two places
    refused("LF LF", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\n\n" + EVIL),
    refused("CR CR", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\r" + EVIL),
    refused("CR LF LF", "9112 §2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\n" + EVIL),
    refused("a NUL ends the value", "9110 §5.5", get(b"X: a\x00\r\n\r\n") + EVIL),
    refused("an empty line and a blank", "9112 §2.2", b"GET / HTTP/1.1\r\n \r\n\r\n" + EVIL),
    refused("an HTTP/0.9 line and a request", "9112 §3", b"GET /x\r\n\r\n" + EVIL),
    # The connection's end, and what comes after it
    taken("a request after one without keep-alive is still one", "9112 §9.3", head(b"GET / HTTP/1.0") + GET, old(), ROOT),
    refused(
        "a prefix left over",
        "9112 §11.2",
        post(b"xG", b"Content-Length: 1") + b"POST /x HTTP/1.1 \r\nHost: a\r\n\r\n",
        after=(sized(b"x"),),
    ),
    refused(
        "smuggled by a length of 0", "9112 §11.2", post(b"5\r\nhello\r\n0\r\n\r\n", b"Content-Length: 0"), after=(sized(b""),)
    ),
    refused(
        "Host told twice by a hidden request",
        "9112 §3.2",
        post(b"x", b"Content-Length: 1") + get(b"Host: b"),
        after=(sized(b"x"),),
    ),
    # Upgrades and tunnels that a proxy in front could believe in (RFC 9110 §7.8)
    taken(
        "Upgrade: h2c is a request, and so is the next",
        "9110 §7.8",
        get(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA") + EVIL,
        asked(HTTP_CONNECTION="Upgrade, HTTP2-Settings", HTTP_UPGRADE="h2c", HTTP_HTTP2_SETTINGS="AAMAAABkAARAAAAAAAIAAAAA"),
        _EVIL,
    ),
    refused("CONNECT and a request in its tunnel", "9110 §9.3.6", head(b"CONNECT b:80 HTTP/1.1", b"Host: b:80") + EVIL, 501),
    # Connection may not take the framing away (RFC 9110 §7.6.1)
    taken(
        "Connection names Content-Length",
        "9110 §7.6.1",
        post(b"ab", b"Connection: Content-Length", b"Content-Length: 2"),
        sized(b"ab", HTTP_CONNECTION="Content-Length"),
    ),
    taken(
        "Connection names Transfer-Encoding",
        "9110 §7.6.1",
        post(EMPTY_CHUNK, b"Connection: Transfer-Encoding", _TE),
        coded(b"", HTTP_CONNECTION="Transfer-Encoding"),
    ),
    taken("Connection names Host", "9110 §7.6.1", get(b"Connection: Host"), asked(HTTP_CONNECTION="Host")),
)
