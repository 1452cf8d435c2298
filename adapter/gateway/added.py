"""Fields that the operator adds to every response."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

WSGIApp = Callable[..., Iterable[bytes]]


def added(app: WSGIApp, fields: Sequence[tuple[str, str]]) -> WSGIApp:
    """The application, with these fields after its own."""
    more = list(fields)

    def with_fields(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, *more], exc_info)

        return app(environ, start)

    return with_fields
