"""A request as the `environ` of PEP 3333 (and of RFC 3875, which it builds on)."""

import os
import re
from typing import Any, BinaryIO, NamedTuple, TextIO

from adapter import __version__
from adapter.protocols.http1.events import Head

from .file_wrapper import FileWrapper

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_LEFT_OUT = frozenset({"content-type", "content-length", "transfer-encoding", "proxy"})
"""Said without `HTTP_`, or not at all: the coding has been taken off, and `Proxy` would become HTTP_PROXY (CVE-2016-5385)."""


class Endpoint(NamedTuple):
    """One end of a connection. Both are empty for a UNIX socket."""

    host: str
    port: str


def environ(
    head: Head,
    body: BinaryIO,
    *,
    server: Endpoint,
    client: Endpoint,
    errors: TextIO,
    multithread: bool,
    multiprocess: bool,
    run_once: bool = False,
) -> dict[str, Any]:
    """The environ of one request. `body` is all of its content, from the beginning.

    A chunked request gets the CONTENT_LENGTH that it turned out to have: no framework needs to know about the coding.
    """
    result = _request(head)
    if head.length is None:
        result["CONTENT_LENGTH"] = str(body.seek(0, os.SEEK_END))
        body.seek(0)
    name, port = _server(server, result.get("HTTP_HOST", ""))
    result |= {
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_SOFTWARE": "adapter/" + __version__,
        "REMOTE_ADDR": client.host,
        "REMOTE_PORT": client.port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": errors,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": multithread,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": run_once,
    }
    return result


def _request(head: Head) -> dict[str, Any]:
    """What the request itself says. `*` is no path, so PATH_INFO is empty; REQUEST_URI has it."""
    path, _, query = head.target.partition("?")
    result = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "" if path == "*" else _unescape(path),
        "QUERY_STRING": query,
        "REQUEST_URI": head.target,
        "RAW_URI": head.target,
        "SERVER_PROTOCOL": head.version,
    }
    _add_fields(result, head.headers)
    return result


def _add_fields(result: dict[str, str], headers: list[tuple[str, str]]) -> None:
    """The fields in CGI's spelling (RFC 3875 §4.1.18); those of one name become one, as RFC 9110 §5.2 and §5.3 join them."""
    for name, value in headers:
        if name in _LEFT_OUT:
            if name.startswith("content-"):
                result[name.replace("-", "_").upper()] = value
            continue
        key = "HTTP_" + name.replace("-", "_").upper()
        before = result.get(key)
        result[key] = value if before is None else before + ("; " if name == "cookie" else ",") + value


def _server(server: Endpoint, host: str) -> tuple[str, str]:
    """SERVER_NAME and SERVER_PORT, never empty (PEP 3333): of the socket, or for a UNIX socket as the client calls us."""
    if server.host:
        return server.host, server.port
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    return name or "localhost", port or "80"


def _unescape(path: str) -> str:
    """The bytes of the path, each as one character (PEP 3333, "Unicode Issues"). What is no escape stays as it is."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), path) if "%" in path else path
