"""The sockets of [fcgi-program] groups, held by supervisord for as long as the group exists.

supervisord counts the running processes of such a group and closes the socket with the last one: whoever waits in its queue is
reset, and nobody listens until the next start. We are one more holder, so the count never falls to zero.
"""

from fnmatch import fnmatchcase
from typing import Any

from supervisor import events


class Holder:
    """Holds from now on, for groups to come too. `patterns`: of the names of groups (fnmatch(3)).

    A socket that cannot be had (the port is taken) is a warning in supervisord's log, and tried again every five seconds: an
    exception here would keep supervisord from starting.
    """

    def __init__(self, supervisord: Any, patterns: tuple[str, ...]) -> None:
        self._supervisord = supervisord
        self._patterns = patterns
        self._held: dict[str, Any] = {}  # by group: supervisord's own proxy of its socket; to drop it is to let go
        self._refused: set[str] = set()
        self._over = False
        events.subscribe(events.ProcessGroupAddedEvent, self._added)
        events.subscribe(events.ProcessGroupRemovedEvent, self._removed)
        events.subscribe(events.Tick5Event, self._hold_all)
        events.subscribe(events.SupervisorStoppingEvent, self._let_go)
        self._hold_all(None)

    def names(self) -> list[str]:
        """The groups whose sockets are held."""
        return sorted(self._held)

    def _hold_all(self, _: object) -> None:
        for name in list(self._supervisord.process_groups):
            self._hold(name)

    def _hold(self, name: str) -> None:
        sockets = getattr(self._supervisord.process_groups[name], "socket_manager", None)
        if self._over or sockets is None or name in self._held or not any(fnmatchcase(name, each) for each in self._patterns):
            return
        log = self._supervisord.options.logger
        warn, tell = log.warn, log.info
        try:
            self._held[name] = sockets.get_socket()
        except Exception as error:  # noqa: BLE001 -- whatever a socket of whatever version raises, supervisord goes on
            if name not in self._refused:
                warn(f"adapter: cannot hold the socket of {name}: {error}; trying again, without it a restart refuses clients")
            self._refused.add(name)
            return
        self._refused.discard(name)
        tell(f"adapter: holding the socket of {name}, also while none of its processes runs")

    def _added(self, event: Any) -> None:
        self._hold(event.group)

    def _removed(self, event: Any) -> None:
        self._held.pop(event.group, None)

    def _let_go(self, _: object) -> None:
        """supervisord ends, or starts anew: it closes descriptors by number then, and ours must be no other's by that time."""
        self._over = True
        self._held.clear()
