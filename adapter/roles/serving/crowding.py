"""A worker that holds as many connections as it may, or as it has descriptors for: when others wait, those that have been idle for
longest make room.

Else a few hundred browsers that keep their connections would keep everybody else out, for as long as --keepalive-timeout.
"""

from collections.abc import Callable

from adapter.roles.serving.complaints import Complaints
from adapter.roles.serving.deadlines import Alarm
from adapter.roles.serving.room import yielding
from adapter.roles.serving.shared import Shared

_PAUSE = 1.0  # seconds: until we look again, if nobody waited, or nobody could make room


class Crowding:
    """All of it for the loop's thread. `awaited` tells whether somebody waits."""

    def __init__(self, shared: Shared, awaited: Callable[[], bool]) -> None:
        self._shared = shared
        self._awaited = awaited
        self._complaints = Complaints(shared.log)  # of its own: what front ends do wrong is counted apart
        self._asked = False
        self._again = Alarm(self._may_ask)

    def make_room(self) -> None:
        """Soon, as whoever makes room gets a last look at what its client has sent, and that may be a request."""
        if not self._asked:
            self._asked = True
            self._shared.loop.post(self._close_some)

    def _close_some(self, now: float) -> None:
        shared = self._shared
        if shared.unusual:  # they are handed over, or leave one by one; or what they have sent waits for the end of a pause
            self._asked = False
            return
        chosen = yielding({each: each.idle_since for each in shared.connections}, now) if self._awaited() else []
        for each in chosen:
            each.expire(now)
        if chosen:
            self._complaints.say(
                "all connections are taken: closing those that have been idle for longest", closed=str(len(chosen))
            )
            self._asked = False
        else:
            shared.loop.deadlines.set(self._again, now + _PAUSE)

    def _may_ask(self, _now: float) -> None:
        self._asked = False
