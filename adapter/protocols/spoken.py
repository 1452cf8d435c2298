"""What is spoken on a listener: words that travel with it, from the options to the workers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HTTP: Final = "http"
UWSGI: Final = "uwsgi"
SCGI: Final = "scgi"
PROXIED: Final = "proxied"
"""HTTP, after a header of the PROXY protocol."""
