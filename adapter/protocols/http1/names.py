"""Field names in CGI's spelling (RFC 3875 §4.1.18): `User-Agent` is HTTP_USER_AGENT.

The usual names are looked up in the spellings that clients use; any other is judged and spelt when it comes. Nothing is learnt from
what clients send: a table that grows by what they send is memory that they own.
"""

from __future__ import annotations

from .events import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_USUAL = (
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
TOKEN: Final = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # noqa: S105 -- no secret
"""The characters of a token (RFC 9110 §5.6.2): it has one at least, and `strip` leaves nothing of it."""
DROPPED: Final = ""
"""The variable of a field that the application does not get."""


def _spell(name: str) -> str:
    """The variable of a good name. One with an underscore could pose as its twin with a hyphen, which a proxy in front sets or
    removes; and `Proxy` would become HTTP_PROXY (CVE-2016-5385).
    """
    upper = name.upper()
    if "_" in name or upper == "PROXY":
        return DROPPED
    key = upper.replace("-", "_")
    return key if upper in ("CONTENT-TYPE", "CONTENT-LENGTH") else "HTTP_" + key


USUAL: Final = {each: key for name in _USUAL for key in (_spell(name),) for each in (name, name.lower(), name.title())}
"""The variables of the usual names."""


def variable(name: str) -> str:
    """The variable of any other name, or DROPPED. Raises Refused when it is no token."""
    if not name or name.strip(TOKEN):
        raise Refused(400, "a field line is not `token:`, or is folded (RFC 9112 §5)")
    return _spell(name)
