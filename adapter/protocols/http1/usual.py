"""The names that most fields have, in the spellings that clients and applications use: looked up, they need not be worked out.

To make these tables takes as long as to work out some hundred names, so that inetd's one connection does without them.
"""

from .fields import KINDS, kind_of
from .names import USUAL, spell

_OF_REQUESTS = (
    "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
    "Access-Control-Request-Method", "Authorization", "Cache-Control", "Connection", "Content-Disposition", "Content-Encoding",
    "Content-Language", "Content-Length", "Content-Type", "Cookie", "Date", "DNT", "ETag", "Expect", "Forwarded", "From", "Host",
    "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Max-Forwards", "Origin",
    "Pragma", "Priority", "Proxy-Authorization", "Range", "Referer", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform",
    "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-GPC", "TE", "Traceparent", "Tracestate", "Trailer",
    "Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent", "Via", "X-API-Key", "X-Correlation-ID",
    "X-CSRF-Token", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server",
    "X-Real-IP", "X-Request-ID", "X-Requested-With",
)  # fmt: skip
_OF_RESPONSES = (
    "Accept-Ranges", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin", "Allow", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language",
    "Content-Length", "Content-Security-Policy", "Content-Type", "Cross-Origin-Opener-Policy", "Date", "ETag", "Expires",
    "Last-Modified", "Link", "Location", "Permissions-Policy", "Pragma", "Referrer-Policy", "Retry-After", "Server", "Set-Cookie",
    "Strict-Transport-Security", "Vary", "WWW-Authenticate", "X-Content-Type-Options", "X-Frame-Options", "X-Request-ID",
)  # fmt: skip


def fill() -> None:
    """Make the tables, where many requests are to come."""
    for name in _OF_REQUESTS:
        for each in (name, name.lower(), name.title()):
            USUAL[each] = spell(name)
    for name in _OF_RESPONSES:
        for each in (name, name.lower(), name.title()):
            KINDS[each] = kind_of(name)
