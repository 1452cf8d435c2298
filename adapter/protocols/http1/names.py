"""Field names in CGI's spelling (RFC 3875 §4.1.18): `User-Agent` is HTTP_USER_AGENT.

The usual names are looked up, where many requests are to come (`usual`); any other is judged and spelt when it comes. Nothing is
learnt from what clients send: a table that grows by what they send is memory that they own.
"""

from __future__ import annotations

from .events import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

TOKEN: Final = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # noqa: S105 -- no secret
"""The characters of a token (RFC 9110 §5.6.2): it has one at least, and `strip` leaves nothing of it."""
DROPPED: Final = ""
"""The variable of a field that the application does not get."""


def spell(name: str) -> str:
    """The variable of a good name. One with an underscore could pose as its twin with a hyphen, which a proxy in front sets or
    removes; and `Proxy` would become HTTP_PROXY (CVE-2016-5385).
    """
    upper = name.upper()
    if "_" in name or upper == "PROXY":
        return DROPPED
    key = upper.replace("-", "_")
    return key if upper in ("CONTENT-TYPE", "CONTENT-LENGTH") else "HTTP_" + key


USUAL: Final[dict[str, str]] = {}
"""The variables of the usual names, when `usual` has filled it."""


def variable(name: str) -> str:
    """The variable of any other name, or DROPPED. Raises Refused when it is no token."""
    if not name or name.strip(TOKEN):
        raise Refused(400, "a field line is not `token:`, or is folded (RFC 9112 §5)")
    return spell(name)
