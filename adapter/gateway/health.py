"""A path that the server answers itself: may a load balancer send requests?"""

from collections.abc import Callable, Iterable
from typing import Any

WSGIApp = Callable[..., Iterable[bytes]]


class Health:
    """In front of the application: `path` is answered with 200, or 503 when we are to be left alone (`ready` false)."""

    def __init__(self, app: WSGIApp, path: str) -> None:
        self._app = app
        self._path = path
        self.ready = True

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """PEP 3333."""
        if environ["PATH_INFO"] != self._path:
            return self._app(environ, start_response)
        status, body = ("200 OK", b"ready\n") if self.ready else ("503 Service Unavailable", b"not ready\n")
        start_response(status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
        return [body]
