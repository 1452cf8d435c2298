"""What the access log is told of a request. Imports next to nothing: every connection of inetd pays for it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final, TypeAlias

Entry: TypeAlias = "tuple[str, int, float, float, str, str, str, str, str, str, str, Mapping[str, str] | None]"
"""One request that has ended: status (three digits); bytes of content sent; begin and end in monotonic seconds; client's address; method, target,
version, Referer, User-Agent and Host as they came, empty when there was none; what the application had to say of it. A plain tuple: the
hot path makes one per request.
"""

NO_RESPONSE: Final = "499"
"""The status told when the client left before its response began, as nginx has it."""


def chosen(note: Callable[[Entry], None], statuses: str | None) -> Callable[[Entry], None]:
    """`note` of those whose status is of these classes, such as 4xx,5xx; None: of all."""
    if statuses is None:
        return note
    firsts = frozenset(each[0] for each in statuses.split(","))

    def noted(entry: Entry) -> None:
        if entry[0][:1] in firsts:
            note(entry)

    return noted
