"""Several applications under one roof: which of them a path is for, and what it sees of the path."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adapter.protocols.files.paths import below

WSGIApp = Callable[..., Iterable[bytes]]


def missing(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """PEP 3333: the application of whoever has mounts only."""
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"404 Not Found\n"]


class Mounts:
    """`apps` by prefix, which begins with a slash and ends in none; `otherwise` is for all other paths.

    The prefix moves from PATH_INFO to SCRIPT_NAME, as PEP 3333 has it. A front end may have moved it already.
    """

    def __init__(self, apps: Mapping[str, WSGIApp], otherwise: WSGIApp) -> None:
        self._apps = sorted(apps.items(), key=lambda each: -len(each[0]))  # the longest first: `/shop/admin` before `/shop`
        self._otherwise = otherwise

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """PEP 3333."""
        path, script = environ["PATH_INFO"], environ["SCRIPT_NAME"]
        for prefix, app in self._apps:
            rest = below(prefix, path)
            if rest is not None:
                environ["PATH_INFO"] = rest
                environ["SCRIPT_NAME"] = prefix if script == prefix else script + prefix
                return app(environ, start_response)
        for prefix, app in self._apps:
            if script == prefix:
                return app(environ, start_response)
        return self._otherwise(environ, start_response)
