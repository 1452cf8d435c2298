"""What options put in front of the application. It imports what is asked for, and nothing otherwise."""

from __future__ import annotations

import os

from adapter.config.settings import Settings
from adapter.roles.serving.answering import App

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def fronted(app: App, settings: Settings) -> App:
    """The application with it; itself when nothing was asked for, so that nobody pays for what he does not use."""
    if settings.static_map or settings.check_static:
        from adapter.gateway.static import Shelf, Static  # noqa: PLC0415 -- as above

        mapped = [Shelf(*each.split("=", 1)) for each in settings.static_map]
        shelves = [*mapped, *(Shelf("", directory) for directory in settings.check_static)]
        age = None if settings.static_max_age is None else int(settings.static_max_age)
        app = Static(app, shelves, settings.static_index, age)
    if settings.add_header:
        from adapter.gateway.added import added  # noqa: PLC0415 -- as above

        app = added(app, [(name, value.strip(" \t")) for name, _, value in (each.partition(":") for each in settings.add_header)])
    return app


def missing(settings: Settings) -> Iterator[tuple[str, str]]:
    """Paths of --static-map and --check-static where nothing can be found, each with the reason. One may still come to be."""
    for path in (*(each.split("=", 1)[1] for each in settings.static_map), *settings.check_static):
        try:
            os.stat(path)
        except OSError as error:
            yield path, error.strerror or str(error)
