"""Files in front of the application: it is asked only for what is no file of ours."""

import io
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from adapter.protocols.files import kinds
from adapter.protocols.files.deciding import Answer, Facts, decide
from adapter.protocols.files.paths import Wanted, below, wanted
from adapter.unix.beneath import Found, find

from .file_wrapper import FileWrapper

WSGIApp = Callable[..., Iterable[bytes]]
_SAFE_IN_A_PATH = "/:@!$&'()*+,;=-._~"  # RFC 3986 §3.3


class Shelf(NamedTuple):
    """What lies below `directory` is found below `prefix`: empty, or beginning with a slash and ending in none.

    It may be a file, which is then found at `prefix`.
    """

    prefix: str
    directory: str


class Static:
    """In front of the application: GET and HEAD of a file on a shelf are answered here; the longest prefix first, then in order.

    `index`: names looked for in a directory. `max_age`: seconds that a client may keep it unasked; None: it decides itself.
    """

    def __init__(self, app: WSGIApp, shelves: Sequence[Shelf], index: Sequence[str], max_age: int | None) -> None:
        self._app = app
        self._shelves = sorted(shelves, key=lambda shelf: -len(shelf.prefix))  # stable
        self._index = [os.fsencode(name) for name in index]
        self._always = [("X-Content-Type-Options", "nosniff")]
        if max_age is not None:
            self._always.append(("Cache-Control", f"max-age={max_age}"))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """PEP 3333."""
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            path: str = environ["PATH_INFO"]
            for shelf in self._shelves:
                rest = below(shelf.prefix, path)
                want = None if rest is None else wanted(rest)
                if want is not None and (given := self._give(shelf, want, environ, start_response)) is not None:
                    return given
        return self._app(environ, start_response)

    def _give(
        self, shelf: Shelf, want: Wanted, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes] | None:
        """The answer; None: nothing that we give lies there."""
        found = find(shelf.directory, want.names)
        if found is None:
            return None
        if not found.directory:
            itself = environ["PATH_INFO"] == shelf.prefix
            if want.directory and not itself:  # `/file/` is no name of it
                os.close(found.fd)
                return None
            name = os.fsencode(os.path.basename(shelf.directory)) if itself else want.names[-1]
            return self._send(found, name, environ, start_response)
        os.close(found.fd)
        for name in self._index:
            inner = find(shelf.directory, (*want.names, name))
            if inner is None or inner.directory:
                _close(inner)
            elif not want.directory:  # or relative links in it would lead elsewhere
                _close(inner)
                start_response("301 Moved Permanently", [("Location", _with_slash(environ)), ("Content-Length", "0")])
                return []
            else:
                return self._send(inner, name, environ, start_response)
        return None

    def _send(self, found: Found, name: bytes, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        file = io.FileIO(found.fd, "rb")
        answer = decide(environ, Facts(found.size, found.modified), environ["REQUEST_METHOD"])
        start_response(answer.status, [*answer.headers, *self._told(answer, name)])
        if not answer.size:
            file.close()
            return []
        file.seek(answer.offset)
        return FileWrapper(file, size=answer.size)

    def _told(self, answer: Answer, name: bytes) -> list[tuple[str, str]]:
        told = list(self._always)
        if answer.status[:3] in ("200", "206"):
            told.append(("Content-Type", kinds.kind(os.fsdecode(name))))
        return told


def _close(found: Found | None) -> None:
    if found is not None:
        os.close(found.fd)


def _with_slash(environ: dict[str, Any]) -> str:
    """The same path as a directory's. It cannot name another host: no name in it is empty, so `//` does not occur."""
    path = quote((environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]).encode("latin-1"), safe=_SAFE_IN_A_PATH)
    query = environ.get("QUERY_STRING", "")
    return f"{path}/?{query}" if query else f"{path}/"
