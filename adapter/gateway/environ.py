"""A request as the `environ` of PEP 3333: what is so for all requests of a connection, and what the request says."""

import os
from typing import Any, BinaryIO, NamedTuple, TextIO

from adapter import __version__
from adapter.protocols.http1.events import Head

from .file_wrapper import FileWrapper


class Endpoint(NamedTuple):
    """One end of a connection. Both are empty for a UNIX socket."""

    host: str
    port: str


def surroundings(
    server: Endpoint, client: Endpoint, *, scheme: str = "http", multithread: bool, multiprocess: bool, run_once: bool = False
) -> dict[str, Any]:
    """What every request of a connection has in its environ."""
    return {
        "SERVER_NAME": server.host,
        "SERVER_PORT": server.port,
        "SERVER_SOFTWARE": "adapter/" + __version__,
        "REMOTE_ADDR": client.host,
        "REMOTE_PORT": client.port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": multithread,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": run_once,
    }


def environ(head: Head, body: BinaryIO, around: dict[str, Any], errors: TextIO) -> dict[str, Any]:
    """The environ of one request. `body` is all of its content, from the beginning.

    A chunked request gets the CONTENT_LENGTH that it turned out to have: no framework needs to know about the coding.
    """
    result = {**around, **head.variables, "wsgi.input": body, "wsgi.errors": errors}
    if head.length is None:
        result["CONTENT_LENGTH"] = str(body.seek(0, os.SEEK_END))
        body.seek(0)
    if not result["SERVER_NAME"]:
        result["SERVER_NAME"], result["SERVER_PORT"] = _called(result.get("HTTP_HOST", ""))
    return result


def _called(host: str) -> tuple[str, str]:
    """SERVER_NAME and SERVER_PORT, never empty (PEP 3333): for a UNIX socket as the client calls us."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    return name or "localhost", port or "80"
