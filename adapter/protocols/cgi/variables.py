"""What the variables of one packet mean: who may say what, and the `Head` that comes of it.

The front end is trusted with what CGI gives to a server (RFC 3875 §4.1): REMOTE_ADDR, SERVER_NAME, HTTPS and whatever its operator
adds. Its clients are not trusted, and their fields come in the same packet, as HTTP_*. So:

- UWSGI_* is left out, all of it: uWSGI's servers would load code, change directory, set variables, serve files. UWSGI_SCHEME counts.
- A name with a dot belongs to servers and libraries (`wsgi.input`): nobody but us says such a thing, and nobody but us is refused.
- HTTP_* that comes twice is one field in two lines (nginx before 1.23 does that); other variables: the last one counts, as an
  operator expects who writes `uwsgi_param REMOTE_ADDR ...` below `include uwsgi_params`. What frames the request must agree.
"""

import re
from typing import Final

from adapter.protocols.http1.events import Head, Refused
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.target import is_authority

Variables = dict[str, str]

_NAMES: Final = re.compile(r"[!-~]*")
_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")  # a token (RFC 9110 §9.1)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BLANK: Final = re.compile(r"[\x00-\x20\x7f]")
_HOST_PORT: Final = re.compile(r":[0-9]*\Z")
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_LENGTH_DIGITS = 18
_AGREED = frozenset({"REQUEST_METHOD", "SERVER_PROTOCOL", "CONTENT_LENGTH", "HTTP_CONTENT_LENGTH", "HTTP_HOST"})
"""Two values that differ would be two requests."""
_LEFT_OUT = ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_PROXY")
"""Said without HTTP_, or not at all: as over HTTP."""
_PROTOCOLS = frozenset({"HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/3.0", "HTTP/2", "HTTP/3"})


def read_head(names: list[str], values: list[str], limits: Limits, version: str) -> Head:
    """The request that these variables describe. `version`: what the answer is to be framed for. Raises Refused."""
    variables, scheme = _collect(names, values, limits)
    method = _method(variables)
    if variables.setdefault("SERVER_PROTOCOL", "HTTP/1.0") not in _PROTOCOLS:
        raise Refused(400, "SERVER_PROTOCOL is no version of HTTP")
    length = _length(variables, limits.body)
    if not is_authority(variables.get("HTTP_HOST", "")):
        raise Refused(400, "Host is not `name[:port]` (RFC 9110 §7.2)")
    target = _target(variables, limits.request_line)
    secure = _secure(variables, scheme)
    _tidy(variables, "443" if secure else "80")
    variables["wsgi.url_scheme"] = "https" if secure else "http"  # nobody else can have said it
    return Head(method, target, version, variables, keep_alive=False, expect_continue=False, length=length)


def _collect(names: list[str], values: list[str], limits: Limits) -> tuple[Variables, str]:
    """The variables by name, and what UWSGI_SCHEME says."""
    if not _NAMES.fullmatch("".join(names)):
        raise Refused(400, "a variable's name has characters that no name has")
    found: Variables = {}
    fields: list[str] = []
    scheme = ""
    for name, text in zip(names, values, strict=True):
        if name[:5] == "HTTP_":
            fields.append(text)
            found[name] = _joined(name, found[name], text) if name in found else text
        elif name[:6] == "UWSGI_":
            scheme = text if name == "UWSGI_SCHEME" else scheme
        elif "." in name or "\0" in text:
            raise Refused(400, f"the variable {name} is not the front end's to set, or has a NUL")
        elif name in _AGREED and found.get(name, text) != text:
            raise Refused(400, f"{name} comes twice, and differs")
        else:
            found[name] = text
    said = "".join(fields)
    if len(fields) > limits.header_count or len(said) > limits.header_bytes:
        raise Refused(431, f"more than {limits.header_count} fields or {limits.header_bytes} bytes of them")
    if _CONTROL.search(said):
        raise Refused(400, "a control character in a field (RFC 9110 §5.5)")
    return found, scheme


def _joined(name: str, before: str, text: str) -> str:
    """Two fields of one name (RFC 9110 §5.3, RFC 6265 §5.4)."""
    if name not in _AGREED:
        return before + ("; " if name == "HTTP_COOKIE" else ",") + text
    if before != text:
        raise Refused(400, f"{name} comes twice, and differs")
    return before


def _method(variables: Variables) -> str:
    method = variables.get("REQUEST_METHOD", "")
    if not _METHOD.fullmatch(method):
        raise Refused(400, "REQUEST_METHOD is missing, or no method: nginx sets it by `include uwsgi_params` or `scgi_params`")
    if method == "CONNECT":
        raise Refused(501, "CONNECT is for proxies (RFC 9110 §9.3.6)")
    return method


def _length(variables: Variables, most: int) -> int:
    """Bytes of content. The variable stays only if it says something."""
    said = {text for name in ("CONTENT_LENGTH", "HTTP_CONTENT_LENGTH") if (text := variables.get(name, ""))}
    if len(said) > 1:
        raise Refused(400, "CONTENT_LENGTH and HTTP_CONTENT_LENGTH differ")
    if not said:
        if variables.get("HTTP_TRANSFER_ENCODING"):
            raise Refused(411, "chunked content without CONTENT_LENGTH: the front end must buffer it")
        variables.pop("CONTENT_LENGTH", None)
        return 0
    digits = said.pop()
    if not (digits.isascii() and digits.isdigit()):
        raise Refused(400, "CONTENT_LENGTH is not a decimal number")
    if len(digits) > _LENGTH_DIGITS or int(digits) > most:
        raise Refused(413, f"CONTENT_LENGTH is more than {most} bytes")
    variables["CONTENT_LENGTH"] = digits
    return int(digits)


def _target(variables: Variables, longest: int) -> str:
    """What was asked for, as the client wrote it; SCRIPT_NAME, PATH_INFO and QUERY_STRING follow from it where they are not said."""
    target = variables.get("REQUEST_URI", "")
    if len(target) > longest:
        raise Refused(414, f"REQUEST_URI is longer than {longest} bytes")
    if _BLANK.search(target) or _BLANK.search(variables.get("QUERY_STRING", "")):
        raise Refused(400, "a character in REQUEST_URI or QUERY_STRING that no URI has")
    path, _, query = target.partition("?")
    variables.setdefault("SCRIPT_NAME", "")
    variables.setdefault("QUERY_STRING", query)
    if "PATH_INFO" not in variables:
        if not target:
            raise Refused(400, "neither REQUEST_URI nor PATH_INFO: nginx sets them by `include uwsgi_params` or `scgi_params`")
        variables["PATH_INFO"] = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), path)
    if not target:
        return variables["SCRIPT_NAME"] + variables["PATH_INFO"]
    variables["RAW_URI"] = target
    return target


def _tidy(variables: Variables, port: str) -> None:
    """Leave out what says nothing, so that the connection itself may say it; and what is said without HTTP_. `port`: the scheme's."""
    kind = variables.get("CONTENT_TYPE") or variables.get("HTTP_CONTENT_TYPE", "")
    for name in _LEFT_OUT:
        variables.pop(name, None)
    variables.pop("CONTENT_TYPE", None)
    if kind:
        variables["CONTENT_TYPE"] = kind
    _name_ends(variables, port)


def _name_ends(variables: Variables, port: str) -> None:
    """Who asked, and under which name (nginx without a server_name says none). Name and port are one place: either both, or neither."""
    name = variables.pop("SERVER_NAME", "") or _HOST_PORT.sub("", variables.get("HTTP_HOST", ""))
    port = variables.pop("SERVER_PORT", "") or port
    if name:
        variables["SERVER_NAME"], variables["SERVER_PORT"] = name, port
    client = variables.pop("REMOTE_ADDR", "")
    client_port = variables.pop("REMOTE_PORT", "")
    if client:  # `unix:` is nginx' name for its own clients on UNIX sockets
        variables["REMOTE_ADDR"], variables["REMOTE_PORT"] = client.removeprefix("unix:"), client_port


def _secure(variables: Variables, scheme: str) -> bool:
    """Did the client speak https: UWSGI_SCHEME, else HTTPS, else REQUEST_SCHEME, as uWSGI, CGI and nginx' uwsgi_params say it."""
    scheme = scheme.lower()
    if scheme in ("http", "https"):
        return scheme == "https"
    if "HTTPS" in variables:
        return variables["HTTPS"].lower() in ("on", "1", "yes", "true")
    return variables.get("REQUEST_SCHEME", "").lower() == "https"
