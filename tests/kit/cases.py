"""How the corpus of HTTP/1.1 is written down: a `Case` is bytes and what must come out of them, by the RFC."""

from typing import NamedTuple

from adapter.protocols.http1.limits import Limits
from kit.http1 import Asked

SMALL = Limits(request_line=64, header_count=6, header_bytes=256, body=64)
"""Limits that a case can pass in few bytes."""

_DEFAULT = Limits()


class Case(NamedTuple):
    """`requests` come out whole, in this order; then a refusal with `status`, or nothing more (None)."""

    name: str
    rfc: str
    """Number and section: `9112 §3.2`."""
    raw: bytes
    requests: tuple[Asked, ...]
    status: int | None = None
    unfinished: bool = False
    """The bytes end within a message."""
    limits: Limits = _DEFAULT


def taken(name: str, rfc: str, raw: bytes, *requests: Asked, limits: Limits = _DEFAULT) -> Case:
    """These bytes are these requests, and nothing is left over."""
    return Case(name, rfc, raw, requests, limits=limits)


def refused(
    name: str, rfc: str, raw: bytes, status: int = 400, *, after: tuple[Asked, ...] = (), limits: Limits = _DEFAULT
) -> Case:
    """These bytes are refused, after these requests."""
    return Case(name, rfc, raw, after, status, limits=limits)


def unfinished(name: str, rfc: str, raw: bytes, *before: Asked, limits: Limits = _DEFAULT) -> Case:
    """These bytes end within a message: nothing is to be said until more come, or the client goes."""
    return Case(name, rfc, raw, before, unfinished=True, limits=limits)


def asked(
    method: str = "GET",
    target: str = "/",
    *,
    path: str | None = None,
    query: str | None = None,
    body: bytes = b"",
    version: str = "HTTP/1.1",
    keep_alive: bool | None = None,
    expect: bool = False,
    **said: str | None,
) -> Asked:
    """A request. `path` and `query` when they are not plainly the target's; `said`: every variable beyond those of the request line.

    Unless told otherwise an HTTP/1.1 request says `Host: a` and allows keep-alive, an HTTP/1.0 request says and allows nothing.
    """
    modern = version == "HTTP/1.1"
    plain_path, _, plain_query = target.partition("?")
    variables = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": plain_path if path is None else path,
        "QUERY_STRING": plain_query if query is None else query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_PROTOCOL": version,
    }
    host = {"HTTP_HOST": "a"} if modern else {}
    variables |= {name: value for name, value in {**host, **said}.items() if value is not None}
    return Asked(method, target, version, variables, body, modern if keep_alive is None else keep_alive, expect)


def sized(body: bytes, method: str = "POST", target: str = "/", **said: str | None) -> Asked:
    """A request with content, whose length it says."""
    return asked(method, target, body=body, **{"CONTENT_LENGTH": str(len(body)), **said})


def coded(body: bytes, method: str = "POST", **said: str | None) -> Asked:
    """A request whose content came in chunks."""
    return asked(method, body=body, **said)


def old(method: str = "GET", target: str = "/", **said: str | None) -> Asked:
    """An HTTP/1.0 request that does not ask for keep-alive."""
    return asked(method, target, version="HTTP/1.0", **said)


def head(*lines: bytes) -> bytes:
    """These lines, and the empty one."""
    return b"".join(line + b"\r\n" for line in (*lines, b""))


def get(*fields: bytes, line: bytes = b"GET / HTTP/1.1") -> bytes:
    """A request without content, with `Host: a` and these fields."""
    return head(line, b"Host: a", *fields)


def post(body: bytes, *fields: bytes) -> bytes:
    """A request with `Host: a`, these fields, and this content, framed by them or not."""
    return head(b"POST / HTTP/1.1", b"Host: a", *fields) + body


def chunked(coding: bytes) -> bytes:
    """A request in the chunked coding; `coding` is as it is sent."""
    return post(coding, b"Transfer-Encoding: chunked")


ROOT = asked()
GET = get()
EMPTY_CHUNK = b"0\r\n\r\n"
