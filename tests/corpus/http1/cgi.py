"""From fields to variables: spoofing by underscores, Proxy, what has a variable of its own, how lines are joined
(RFC 3875 §4.1.18, RFC 9110 §5.2, §5.3).
"""

from kit.cases import EMPTY_CHUNK, ROOT, asked, coded, get, head, post, refused, sized, taken

_SPOOFED = (
    *(
        b"X_Forwarded_For",
        b"X-Forwarded_For",
        b"X_Forwarded-Proto",
        b"Remote_User",
        b"X_Real_IP",
        b"_",
        b"_X",
        b"X_",
        b"Content_Type",
    ),
    *(b"Content_Length", b"Transfer_Encoding", b"Http_Host", b"Server_Name", b"wsgi_input", b"REQUEST_METHOD", b"SCRIPT_NAME"),
    *(b"PATH_INFO", b"Auth_Type", b"HTTP_PROXY", b"X-_-Y"),
)
_USUAL = (
    "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
    "Access-Control-Request-Method", "Authorization", "Cache-Control", "Content-Disposition", "Content-Encoding",
    "Content-Language", "Date", "DNT", "ETag", "Forwarded", "From", "If-Match", "If-Modified-Since", "If-None-Match",
    "If-Range", "If-Unmodified-Since", "Keep-Alive", "Max-Forwards", "Origin", "Pragma", "Priority", "Proxy-Authorization",
    "Range", "Referer", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode",
    "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-GPC", "TE", "Traceparent", "Tracestate", "Trailer", "Upgrade",
    "Upgrade-Insecure-Requests", "User-Agent", "Via", "X-API-Key", "X-Correlation-ID", "X-CSRF-Token", "X-Forwarded-For",
    "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP", "X-Request-ID",
    "X-Requested-With",
)  # fmt: skip
_SPELT = {
    "as usual": str,
    "in lower case": str.lower,
    "in upper case": str.upper,
    "as titles": str.title,
    "in swapped case": str.swapcase,
}


def _all_usual(spell, hyphen: str = "-") -> bytes:
    """A request with every usual field, spelt so."""
    return get(*(f"{spell(name).replace('-', hyphen)}: {number}".encode() for number, name in enumerate(_USUAL)))


_ALL_SAID = {"HTTP_" + name.upper().replace("-", "_"): str(number) for number, name in enumerate(_USUAL)}

CASES = (
    *(taken(f"all usual names {how}", "3875 §4.1.18", _all_usual(spell), asked(**_ALL_SAID)) for how, spell in _SPELT.items()),
    *(
        taken(
            f"all usual names {how}, with underscores",
            "3875 §4.1.18",
            _all_usual(spell, "_"),
            asked(**{name: value for name, value in _ALL_SAID.items() if "_" not in name.removeprefix("HTTP_")}),
        )
        for how, spell in _SPELT.items()
    ),
    # A name with an underscore could pose as its twin with a hyphen, which a proxy in front sets or removes: it is dropped
    *(taken(f"{name.decode()} is dropped", "3875 §4.1.18", get(name + b": evil"), ROOT) for name in _SPOOFED),
    taken("dropped beside its twin", "3875 §4.1.18", get(b"X_Y: evil", b"X-Y: good"), asked(HTTP_X_Y="good")),
    taken("dropped after its twin", "3875 §4.1.18", get(b"X-Y: good", b"X_Y: evil"), asked(HTTP_X_Y="good")),
    taken("Content_Length frames nothing", "3875 §4.1.2", get(b"Content_Length: 5"), ROOT),
    taken(
        "Content_Length beside Content-Length",
        "3875 §4.1.2",
        post(b"ab", b"Content_Length: 5", b"Content-Length: 2"),
        sized(b"ab"),
    ),
    taken(
        "Transfer_Encoding beside Content-Length",
        "3875 §4.1.18",
        post(b"ab", b"Transfer_Encoding: chunked", b"Content-Length: 2"),
        sized(b"ab"),
    ),
    taken(
        "Content_Length beside chunks",
        "3875 §4.1.2",
        post(EMPTY_CHUNK, b"Content_Length: 5", b"Transfer-Encoding: chunked"),
        coded(b""),
    ),
    taken("Connection_ says nothing", "3875 §4.1.18", get(b"Connection_: close"), ROOT),
    taken("an underscored Host is not a second one", "9112 §3.2", get(b"Host_: b"), ROOT),
    refused("a dropped field must be well-formed too", "9110 §5.5", get(b"X_Y: a\x00b")),
    # Names that would be another's variable
    taken("Proxy is dropped (CVE-2016-5385)", "3875 §4.1.18", get(b"Proxy: http://evil/"), ROOT),
    taken("proxy in any case is dropped", "3875 §4.1.18", get(b"pRoXy: http://evil/"), ROOT),
    taken("Proxy twice is dropped", "3875 §4.1.18", get(b"Proxy: a", b"PROXY: b"), ROOT),
    taken("Proxy-Authorization is not", "3875 §4.1.18", get(b"Proxy-Authorization: x"), asked(HTTP_PROXY_AUTHORIZATION="x")),
    taken("Http-Host is itself", "3875 §4.1.18", get(b"Http-Host: b"), asked(HTTP_HTTP_HOST="b")),
    taken("Request-Method is a field", "3875 §4.1.12", get(b"Request-Method: X"), asked(HTTP_REQUEST_METHOD="X")),
    taken("Server-Name is a field", "3875 §4.1.14", get(b"Server-Name: X"), asked(HTTP_SERVER_NAME="X")),
    taken("Remote-User is a field", "3875 §4.1.11", get(b"Remote-User: X"), asked(HTTP_REMOTE_USER="X")),
    taken("Script-Name is a field", "3875 §4.1.13", get(b"Script-Name: /x"), asked(HTTP_SCRIPT_NAME="/x")),
    taken("Wsgi.input is a field", "3875 §4.1.18", get(b"wsgi.input: x"), asked(**{"HTTP_WSGI.INPUT": "x"})),
    # Variables of their own
    taken("Content-Type", "3875 §4.1.3", get(b"Content-Type: text/plain; a=b"), asked(CONTENT_TYPE="text/plain; a=b")),
    taken("content-type in any case", "3875 §4.1.3", get(b"cONTENT-tYPE: a/b"), asked(CONTENT_TYPE="a/b")),
    taken("an empty Content-Type", "3875 §4.1.3", get(b"Content-Type:"), asked(CONTENT_TYPE="")),
    refused("two Content-Types", "9110 §5.3", get(b"Content-Type: a/b", b"Content-Type: c/d")),
    refused("the same Content-Type twice", "9110 §5.3", get(b"Content-Type: a/b", b"content-type: a/b")),
    taken("Content-Encoding is a field", "3875 §4.1.18", get(b"Content-Encoding: gzip"), asked(HTTP_CONTENT_ENCODING="gzip")),
    taken("Content-Type-X is a field", "3875 §4.1.18", get(b"Content-Type-X: y"), asked(HTTP_CONTENT_TYPE_X="y")),
    taken(
        "Authorization is handed on", "3875 §4.1.18", get(b"Authorization: Basic eDp5"), asked(HTTP_AUTHORIZATION="Basic eDp5")
    ),
    taken("the coding is ours to know", "3875 §4.2", post(EMPTY_CHUNK, b"Transfer-Encoding: chunked"), coded(b"")),
    taken("TE is handed on", "9110 §10.1.4", get(b"TE: trailers"), asked(HTTP_TE="trailers")),
    taken("Trailer is handed on", "9110 §6.6.2", get(b"Trailer: X"), asked(HTTP_TRAILER="X")),
    # Joined
    taken("Cookie lines", "6265 §5.4", get(b"Cookie: a=1", b"cookie: b=2"), asked(HTTP_COOKIE="a=1; b=2")),
    taken(
        "Cookie lines, three",
        "6265 §5.4",
        get(b"Cookie: a", b"X: y", b"Cookie: b", b"Cookie: c"),
        asked(HTTP_COOKIE="a; b; c", HTTP_X="y"),
    ),
    taken("Accept lines", "9110 §5.3", get(b"Accept: a/b", b"Accept: c/d"), asked(HTTP_ACCEPT="a/b,c/d")),
    taken(
        "X-Forwarded-For lines", "9110 §5.3", get(b"X-Forwarded-For: a", b"X-Forwarded-For: b"), asked(HTTP_X_FORWARDED_FOR="a,b")
    ),
    taken("lines with blanks around", "9110 §5.3", get(b"X:\ta\t", b"X: \tb \t"), asked(HTTP_X="a,b")),
    taken("twins in two cases", "9110 §5.1", get(b"x-y: a", b"X-Y: b"), asked(HTTP_X_Y="a,b")),
    taken("commas of their own", "9110 §5.3", get(b"X: a,b", b"X: c"), asked(HTTP_X="a,b,c")),
    # The request line's own
    taken(
        "method and version",
        "3875 §4.1.12",
        head(b"PATCH /p?q HTTP/1.0", b"X: y"),
        asked("PATCH", "/p?q", version="HTTP/1.0", HTTP_X="y"),
    ),
    taken(
        "the query's first question mark", "3875 §4.1.7", get(line=b"GET /a?b?c HTTP/1.1"), asked(target="/a?b?c", query="b?c")
    ),
)
