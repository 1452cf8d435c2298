"""Where a request goes: the request target and the Host field (RFC 9112 §3.2, §3.3)."""

from .events import Refused

_DIGITS = b"0123456789"
_HEX = _DIGITS + b"abcdefABCDEF"
_VISIBLE = bytes(c for c in range(0x21, 0x7F) if c != ord("#"))  # a fragment is never sent (RFC 9110 §7.1)
_REG_NAME = _DIGITS + b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~!$&'()*+,;=%"
_SCHEMES = ("http://", "https://")


def split_target(method: str, target: bytes) -> tuple[str, str | None]:
    """The target in origin-form or `*`, and the authority when it came in absolute-form. Raises Refused.

    Visible characters that a URI should have escaped (quotes, braces, `|`) are let through, as they cannot be mistaken for an end.
    """
    if method == "CONNECT":
        raise Refused(501, "CONNECT is for proxies (RFC 9110 §9.3.6)")
    if target.translate(None, _VISIBLE):
        raise Refused(400, "a character in the request target that no URI has (RFC 9112 §3.2)")
    text = target.decode("ascii")
    if text[:1] == "/":
        return text, None
    if text == "*" and method == "OPTIONS":
        return text, None
    scheme = next((scheme for scheme in _SCHEMES if text[: len(scheme)].lower() == scheme), None)
    if scheme is None:
        raise Refused(400, "the request target is neither a path nor an http URI (RFC 9112 §3.2)")
    return _split_absolute(method, text[len(scheme) :])


def judge_host(values: list[str], *, required: bool) -> None:
    """One Host, well-formed; `required` on HTTP/1.1 (RFC 9112 §3.2). Empty is allowed: a target without authority."""
    if len(values) > 1 or (required and not values):
        raise Refused(400, f"{len(values)} Host fields (RFC 9112 §3.2)")
    if values and not _is_authority(values[0]):
        raise Refused(400, "Host is not `name[:port]` (RFC 9110 §7.2)")


def _split_absolute(method: str, rest: str) -> tuple[str, str]:
    """`host[:port][/path][?query]` taken apart; without a path, OPTIONS means the server as a whole (RFC 9112 §3.2.4)."""
    end = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    authority, path = rest[:end], rest[end:]
    if authority[:1] in ("", ":") or not _is_authority(authority):  # an `@` ends here too (RFC 9110 §4.2.4)
        raise Refused(400, "the request target has no valid authority (RFC 9110 §4.2.1)")
    if path[:1] == "/":
        return path, authority
    return ("*" if method == "OPTIONS" and not path else "/" + path), authority


def _is_authority(text: str) -> bool:
    """`uri-host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2.2), without user information."""
    raw = text.encode("latin-1")
    if raw[:1] == b"[":
        address, bracket, port = raw[1:].partition(b"]")
        named = bool(address and bracket) and not address.translate(None, _HEX + b":.") and port[:1] in (b"", b":")
        return named and not port[1:].translate(None, _DIGITS)
    name, _, port = raw.partition(b":")
    return not name.translate(None, _REG_NAME) and not port.translate(None, _DIGITS)
