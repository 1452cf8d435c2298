"""A request as the `environ` of PEP 3333: what is so for all requests of a connection, and what the request says."""

from __future__ import annotations

import os

from adapter import __version__
from adapter.protocols.http1.events import Head

from .file_wrapper import FileWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, TextIO


class Endpoint:
    """One end of a connection. Both are empty for a UNIX socket."""

    __slots__ = ("host", "port")

    def __init__(self, host: str, port: str) -> None:
        self.host = host
        self.port = port

    def __eq__(self, other: object) -> bool:
        """They say the same."""
        return isinstance(other, Endpoint) and (self.host, self.port) == (other.host, other.port)

    def __hash__(self) -> int:
        return hash((self.host, self.port))

    def __repr__(self) -> str:
        return f"Endpoint({self.host!r}, {self.port!r})"


class Surroundings:
    """What every request between these two has in its environ. `common`: what is so for each request of the process.

    Clients say the same of themselves in each request of a connection: what its fields and ours come to is kept for the next.
    """

    __slots__ = ("_client", "_common", "_scheme", "_server", "fields", "together")

    def __init__(self, common: dict[str, Any], server: Endpoint, client: Endpoint, scheme: str = "http") -> None:
        self._common = common
        self._server = server
        self._client = client
        self._scheme = scheme
        self.fields: dict[str, str] | None = None
        self.together: dict[str, Any] = {}
        """`join`'s, of these fields."""

    def join(self, head: Head) -> None:
        """What this request says, and all that have its fields, with what we know. What a front end says of the two ends counts more."""
        fields = head.fields
        together = self._common.copy()
        together["SERVER_NAME"], together["SERVER_PORT"] = self._server.host, self._server.port
        together["REMOTE_ADDR"], together["REMOTE_PORT"] = self._client.host, self._client.port
        together["wsgi.url_scheme"] = self._scheme
        together.update(fields)
        if not together["SERVER_NAME"]:
            together["SERVER_NAME"], together["SERVER_PORT"] = _called(together.get("HTTP_HOST", ""))
        head.say_line(together)  # each other request says it anew, and finds the place made: a dict that grows is made twice
        self.fields, self.together = fields, together


def common(*, multithread: bool, multiprocess: bool, run_once: bool = False) -> dict[str, Any]:
    """What is so for every request of a process."""
    return {
        **dict.fromkeys(("SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "REMOTE_PORT"), ""),
        "SERVER_SOFTWARE": "adapter/" + __version__,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": None,
        "wsgi.errors": None,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": multithread,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": run_once,
    }


def environ(head: Head, body: BinaryIO, around: Surroundings, errors: TextIO) -> dict[str, Any]:
    """The environ of one request. `body` is all of its content, from the beginning.

    A chunked request gets the CONTENT_LENGTH that it turned out to have: no framework needs to know about the coding.
    """
    if head.fields is around.fields:
        result = around.together.copy()
        head.say_line(result)
    else:
        around.join(head)
        result = around.together.copy()
    result["wsgi.input"], result["wsgi.errors"] = body, errors
    if head.length is None:
        result["CONTENT_LENGTH"] = str(body.seek(0, os.SEEK_END))
        body.seek(0)
    return result


def _called(host: str) -> tuple[str, str]:
    """SERVER_NAME and SERVER_PORT, never empty (PEP 3333): for a UNIX socket as the client calls us."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    return name or "localhost", port or "80"
