"""Where a request goes: the request target and the Host field (RFC 9112 §3.2, §3.3)."""

from .events import Refused

_DIGITS = frozenset("0123456789")
_NAME = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._~!$&'()*+,;=%-")
_NUMERIC = _DIGITS | frozenset("abcdefABCDEF:.")
_SCHEMES = ("http://", "https://")


def is_authority(text: str) -> bool:
    """Whether it is `uri-host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2.2), without user information; it may be empty."""
    if text[:1] == "[":
        host, bracket, port = text[1:].partition("]")
        return bool(host and bracket) and _NUMERIC.issuperset(host) and port[:1] in ("", ":") and _DIGITS.issuperset(port[1:])
    host, _, port = text.partition(":")
    # What nearly every name is made of is told faster than by looking up each character.
    name = host.replace(".", "")
    if text.isascii() and (name.isalnum() or name.replace("-", "").isalnum()) and (not port or port.isdigit()):
        return True
    return _NAME.issuperset(host) and _DIGITS.issuperset(port)


def split_target(method: str, target: str) -> tuple[str, str | None]:
    """The target in origin-form or `*`, and the authority when it came in absolute-form. Raises Refused.

    Visible characters that a URI should have escaped (quotes, braces, `|`) are let through, as they cannot be mistaken for an end.
    """
    if method == "CONNECT":
        raise Refused(501, "CONNECT is for proxies (RFC 9110 §9.3.6)")
    if target[:1] == "/" or (target == "*" and method == "OPTIONS"):
        return target, None
    scheme = next((scheme for scheme in _SCHEMES if target[: len(scheme)].lower() == scheme), None)
    if scheme is None:
        raise Refused(400, "the request target is neither a path nor an http URI (RFC 9112 §3.2)")
    return _split_absolute(method, target[len(scheme) :])


def _split_absolute(method: str, rest: str) -> tuple[str, str]:
    """`host[:port][/path][?query]` taken apart; without a path, OPTIONS means the server as a whole (RFC 9112 §3.2.4)."""
    end = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    authority, path = rest[:end], rest[end:]
    if authority[:1] in ("", ":") or not is_authority(authority):  # an `@` ends here too (RFC 9110 §4.2.4)
        raise Refused(400, "the request target has no valid authority (RFC 9110 §4.2.1)")
    if path[:1] == "/":
        return path, authority
    return ("*" if method == "OPTIONS" and not path else "/" + path), authority
