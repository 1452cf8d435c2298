"""The sockets of [fcgi-program] groups, held by supervisord for as long as the group exists.

supervisord counts the running processes of such a group and closes the socket with the last one: whoever waits in its queue is
reset, and nobody listens until the next start. We are one more holder, so the count never falls to zero.

`supervisorctl update` takes a group whose section has changed away and adds it anew; it would open the same address again. There
we keep the socket for the moment in between, and have the new group's configuration give that one.
"""

from fnmatch import fnmatchcase
from socket import socket
from typing import Any, NamedTuple

from supervisor import events


class _Held(NamedTuple):
    proxy: Any  # supervisord's own, of its socket; to drop it is to let go
    config: Any  # of the group


class _Passed(NamedTuple):
    socket: socket
    address: Any  # the socket's new configuration, which gives this one


class Holder:
    """Holds from now on, for groups to come too. `patterns`: of the names of groups (fnmatch(3)).

    A socket that cannot be had (the port is taken) is a warning in supervisord's log, and tried again every five seconds: an
    exception here would keep supervisord from starting.
    """

    def __init__(self, supervisord: Any, patterns: tuple[str, ...]) -> None:
        self._supervisord = supervisord
        self._patterns = patterns
        self._held: dict[str, _Held] = {}
        self._passed: dict[str, _Passed] = {}
        self._refused: set[str] = set()
        self._over = False
        events.subscribe(events.ProcessGroupAddedEvent, self._added)
        events.subscribe(events.ProcessGroupRemovedEvent, self._removed)
        events.subscribe(events.Tick5Event, self._tick)
        events.subscribe(events.SupervisorStoppingEvent, self._let_go)
        self._hold_all()

    def names(self) -> list[str]:
        """The groups whose sockets are held."""
        return sorted(self._held)

    def _tick(self, _: object) -> None:
        for name in list(self._passed):
            self._drop(name)  # taken away, and not added anew: nobody will take it
        self._hold_all()

    def _hold_all(self) -> None:
        for name in list(self._supervisord.process_groups):
            self._hold(name)

    def _hold(self, name: str) -> None:
        sockets = getattr(self._supervisord.process_groups[name], "socket_manager", None)
        if self._over or sockets is None or name in self._held or not any(fnmatchcase(name, each) for each in self._patterns):
            return
        log = self._supervisord.options.logger
        warn, tell = log.warn, log.info
        try:
            self._held[name] = _Held(sockets.get_socket(), self._supervisord.process_groups[name].config)
        except Exception as error:  # noqa: BLE001 -- whatever a socket of whatever version raises, supervisord goes on
            if name not in self._refused:
                warn(f"adapter: cannot hold the socket of {name}: {error}; trying again, without it a restart refuses clients")
            self._refused.add(name)
            return
        self._refused.discard(name)
        tell(f"adapter: holding the socket of {name}, also while none of its processes runs")

    def _added(self, event: Any) -> None:
        self._hold(event.group)
        self._drop(event.group)

    def _removed(self, event: Any) -> None:
        held = self._held.pop(event.group, None)
        new = [each for each in self._supervisord.options.process_group_configs if each.name == event.group]
        if held is None or self._over or not new or new[0] is held.config or not _same(held.config, new[0]):
            return
        address = new[0].socket_config
        self._passed[event.group] = _Passed(held.proxy.dup(), address)
        address.create_and_bind = self._passed[event.group].socket.dup  # twice: supervisord tries an address before it uses it

    def _drop(self, name: str) -> None:
        if (passed := self._passed.pop(name, None)) is not None:
            vars(passed.address).pop("create_and_bind", None)
            passed.socket.close()

    def _let_go(self, _: object) -> None:
        """supervisord ends, or starts anew: it closes descriptors by number then, and ours must be no other's by that time."""
        self._over = True
        self._held.clear()
        for name in list(self._passed):
            self._drop(name)


def _same(old: Any, new: Any) -> bool:
    """Do they open the same socket, with the same rights? The backlog is set anew in any case."""
    one, other = (dict(vars(each.socket_config)) if hasattr(each, "socket_config") else {} for each in (old, new))
    return bool(one) and {**one, "backlog": None} == {**other, "backlog": None}
