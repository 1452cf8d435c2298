"""Where a response goes, as the one who makes it sees it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .file_wrapper import Part

    class Out(Protocol):
        """Where a response goes."""

        def send(self, data: bytes) -> None:
            """These bytes; may wait while too many of them wait. Raises ClientGone."""

        def finish(self, data: bytes, closing: bool) -> None:  # noqa: FBT001 -- the hot path: a name would cost more
            """These are the last: never waits, whatever their number, as they exist already. `closing`: the connection ends with
            them, and nothing of the application is waited for before. Raises ClientGone.
            """

        def finish_file(self, head: bytes, part: Part) -> bool:
            """`head`, then the file, without reading it; False: that can not be done here, and nothing was sent. Raises ClientGone."""


class ClientGone(ConnectionError):
    """`Out` raises it when nobody reads any more: the application is not asked for more, but still closed."""
