"""What is spoken on a listener: words that travel with it, from the options to the workers; and what each of them needs to be read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Final, Protocol

    from .http1.events import Event, Head, Refusal

    class Receives(Protocol):
        """The reading side of one connection, whatever is spoken there."""

        spoken: ClassVar[str]

        @property
        def midway(self) -> bool:
            """Some bytes of a request have arrived, but not its `END`."""

        def whole(self, data: bytes) -> Head | None:
            """The head, if these bytes are one whole request without content, with nothing before or behind; None: `feed` them."""

        def feed(self, data: bytes) -> list[Event]:
            """What these bytes add."""

        def eof(self) -> Refusal | None:
            """No more will come: a refusal when that cut a request."""

        def to_plain(self) -> dict[str, Any]:
            """Where in a request we are."""


HTTP: Final = "http"
UWSGI: Final = "uwsgi"
SCGI: Final = "scgi"
PROXIED: Final = "proxied"
"""HTTP, after a header of the PROXY protocol."""
