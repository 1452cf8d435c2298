"""Transfer-Encoding: `chunked`, once, on HTTP/1.1, without Content-Length; everything else is refused (RFC 9112 §6.1, §6.3, §7).

501 where another coding is really asked for (the RFC allows 400 too), 400 where the field is malformed or framed twice.
"""

from kit.cases import EMPTY_CHUNK, GET, ROOT, asked, coded, get, head, post, refused, taken


def _coded(value: bytes, *fields: bytes) -> bytes:
    return post(EMPTY_CHUNK, b"Transfer-Encoding: " + value, *fields)


_FOREIGN = (
    *(
        b"gzip",
        b"identity",
        b"x",
        b"chunke",
        b"chunkedd",
        b"xchunked",
        b"chunked-",
        b"x-chunked",
        b"compress",
        b"deflate",
        b"br",
        b"*",
    ),
    *(
        b"gzip, chunked",
        b"chunked, gzip",
        b"chunked, identity",
        b"identity, chunked",
        b"identity,chunked,identity",
        b"trailers, chunked",
    ),
    *(b"chunked;a=b", b"chunked;", b"chunked; q=1", b'"chunked"', b"'chunked'", b"chunked chunked", b"chunked x", b"x chunked"),
    *(
        b"chunked/1",
        b"chunked:1",
        b"=chunked",
        b"[chunked]",
        b"{chunked}",
        b"<chunked>",
        b"chunked\\",
        b"0",
        b"null",
        b"c\tunked",
    ),
    *(
        b"\xa0chunked",
        b"chunked\xa0",
        b"chunk\xe9d",
        b"\xef\xbd\x83hunked",
        b"chun\xe2\x84\xaaed",
        b"chunked\x85",
        b"\xef\xbb\xbfchunked",
    ),
)
_MALFORMED = (
    b"",
    b",",
    b",,",
    b"chunked,",
    b",chunked",
    b"chunked,,",
    b" , chunked",
    b"chunked, chunked",
    b"chunked,chunked,chunked",
)
_CONTROLS = (
    b"\x0bchunked",
    b"chunked\x0b",
    b"\x0cchunked",
    b"chun\x00ked",
    b"chunked\x00",
    b"\x00chunked",
    b"chunked\x7f",
    b"\x08chunked",
    b"chunked\x1f",
)

CASES = (
    taken("chunked", "9112 §6.1", _coded(b"chunked"), coded(b"")),
    taken("in capitals", "9112 §7", _coded(b"CHUNKED"), coded(b"")),
    taken("in mixed case", "9112 §7", _coded(b"ChUnKeD"), coded(b"")),
    taken("name in any case", "9110 §5.1", post(EMPTY_CHUNK, b"tRANSFER-eNCODING: chunked"), coded(b"")),
    taken("blanks before", "9112 §5", _coded(b"\t chunked"), coded(b"")),
    taken("no blank", "9112 §5", post(EMPTY_CHUNK, b"Transfer-Encoding:chunked"), coded(b"")),
    taken("of a GET", "9112 §6.1", get(b"Transfer-Encoding: chunked") + EMPTY_CHUNK, coded(b"", "GET")),
    taken(
        "of a HEAD", "9112 §6.1", get(b"Transfer-Encoding: chunked", line=b"HEAD / HTTP/1.1") + EMPTY_CHUNK, coded(b"", "HEAD")
    ),
    taken("and then another request", "9112 §6.3", _coded(b"chunked") + GET, coded(b""), ROOT),
    taken("TE is no Transfer-Encoding", "9110 §10.1.4", get(b"TE: chunked"), asked(HTTP_TE="chunked")),
    taken("nor is Content-Encoding", "9110 §8.4", get(b"Content-Encoding: chunked"), asked(HTTP_CONTENT_ENCODING="chunked")),
    taken(
        "nor is X-Transfer-Encoding", "9110 §5.1", get(b"X-Transfer-Encoding: chunked"), asked(HTTP_X_TRANSFER_ENCODING="chunked")
    ),
    taken(
        "nor is Transfer-Encoding-X", "9110 §5.1", get(b"Transfer-Encoding-X: chunked"), asked(HTTP_TRANSFER_ENCODING_X="chunked")
    ),
    *(refused(f"coding {v.decode('latin-1')!a}", "9112 §6.1", _coded(v), 501) for v in _FOREIGN),
    *(refused(f"coding {v.decode()!a}, malformed", "9112 §6.1", _coded(v)) for v in _MALFORMED),
    *(refused(f"control in {v.decode()!a}", "9110 §5.5", _coded(v)) for v in _CONTROLS),
    refused("two lines", "9112 §6.1", _coded(b"chunked", b"Transfer-Encoding: chunked")),
    refused("two lines, apart, in two cases", "9112 §6.1", _coded(b"chunked", b"X: y", b"transfer-encoding: chunked")),
    refused("two lines, one empty", "9112 §6.1", _coded(b"chunked", b"Transfer-Encoding:")),
    refused("two lines, empty first", "9112 §6.1", _coded(b"", b"Transfer-Encoding: chunked")),
    refused("two lines, identity", "9112 §6.1", _coded(b"chunked", b"Transfer-Encoding: identity"), 501),
    refused("two lines, identity first", "9112 §6.1", _coded(b"identity", b"Transfer-Encoding: chunked"), 501),
    refused("two lines, gzip first", "9112 §6.1", _coded(b"gzip", b"Transfer-Encoding: chunked"), 501),
    refused("with a length", "9112 §6.1", _coded(b"chunked", b"Content-Length: 5")),
    refused("after a length", "9112 §6.1", post(EMPTY_CHUNK, b"Content-Length: 5", b"Transfer-Encoding: chunked")),
    refused("with a length of zero", "9112 §6.1", _coded(b"chunked", b"Content-Length: 0")),
    refused("with a malformed length", "9112 §6.1", _coded(b"chunked", b"Content-Length: x")),
    refused("another with a length", "9112 §6.1", _coded(b"identity", b"Content-Length: 5")),
    refused("an empty one with a length", "9112 §6.1", _coded(b"", b"Content-Length: 5")),
    refused("on HTTP/1.0", "9112 §6.1", head(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked") + EMPTY_CHUNK),
    refused(
        "on HTTP/1.0, with keep-alive",
        "9112 §6.1",
        head(b"POST / HTTP/1.0", b"Connection: keep-alive", b"Transfer-Encoding: chunked") + EMPTY_CHUNK,
    ),
    refused("on HTTP/1.0, another", "9112 §6.1", head(b"POST / HTTP/1.0", b"Transfer-Encoding: identity") + EMPTY_CHUNK),
    refused(
        "on HTTP/1.0, with a length",
        "9112 §6.1",
        head(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked", b"Content-Length: 5") + EMPTY_CHUNK,
    ),
    # Hidden from one of two readers
    refused("hidden by a blank before the colon", "9112 §5.1", post(EMPTY_CHUNK, b"Transfer-Encoding : chunked")),
    refused("hidden by a tab before the colon", "9112 §5.1", post(EMPTY_CHUNK, b"Transfer-Encoding\t: chunked")),
    refused("hidden by a NUL before the colon", "9112 §5.1", post(EMPTY_CHUNK, b"Transfer-Encoding\x00: chunked")),
    refused("hidden by a blank before the name", "9112 §5.2", post(EMPTY_CHUNK, b" Transfer-Encoding: chunked")),
    refused("hidden by a fold", "9112 §5.2", post(EMPTY_CHUNK, b"Transfer-Encoding:", b" chunked")),
    refused("hidden in a fold", "9112 §5.2", post(EMPTY_CHUNK, b"X: y", b" Transfer-Encoding: chunked")),
    refused("hidden behind a LF", "9112 §2.2", post(EMPTY_CHUNK, b"X: y\nTransfer-Encoding: chunked")),
    refused("hidden behind a CR", "9112 §2.2", post(EMPTY_CHUNK, b"X: y\rTransfer-Encoding: chunked")),
    refused("hidden behind a CR of its own", "9112 §2.2", post(EMPTY_CHUNK, b"\rTransfer-Encoding: chunked")),
    refused("ended by CR CR LF", "9112 §2.2", post(EMPTY_CHUNK, b"Transfer-Encoding: chunked\r")),
    refused("a quoted name", "9110 §5.1", post(EMPTY_CHUNK, b'"Transfer-Encoding": chunked')),
    refused("a name with a dash of Unicode", "9110 §5.1", post(EMPTY_CHUNK, b"Transfer\xe2\x80\x90Encoding: chunked")),
    refused("a name with a space", "9110 §5.1", post(EMPTY_CHUNK, b"Transfer Encoding: chunked")),
    refused("no colon", "9112 §5", post(EMPTY_CHUNK, b"Transfer-Encoding chunked")),
    refused("an equals sign for a colon", "9112 §5", post(EMPTY_CHUNK, b"Transfer-Encoding= chunked")),
    refused("two colons", "9112 §6.1", post(EMPTY_CHUNK, b"Transfer-Encoding:: chunked"), 501),
)
