"""Our own listeners, kept by the service manager (systemd's FileDescriptorStoreMax=): after a kill -9, or a restart, their queues are still there."""

from typing import Any

from adapter.log import Log
from adapter.protocols import fdstore
from adapter.roles.master.notifying import Notifying
from adapter.unix import listeners, socketfiles
from adapter.unix.listeners import Listener


class Storage:
    """Which listener is kept under which name. Without a service manager nothing is."""

    def __init__(self, log: Log, notifying: Notifying) -> None:
        self._log = log
        self._notifying = notifying
        self._names: dict[str, str] = {}  # by address, as it was asked for

    def keep(self, address: str, listener: Listener) -> None:
        """Have one that we have opened kept; one that somebody gave us is theirs to keep."""
        name = fdstore.name_of(address, listener.inode)
        if listener.owned and name and self._notifying.say(fdstore.put(name), [listener.socket.fileno()]):
            self._names[address] = name

    def drop(self, address: str) -> None:
        """Nobody will want it again."""
        if (name := self._names.pop(address, "")) and self._notifying.address:
            self._notifying.say(fdstore.drop(name))

    def outlives(self, address: str) -> bool:
        """Will our successor find it, with its queue, also after a stop? Then that queue is the successor's, as that of an inherited one."""
        return address in self._names and self._notifying.stores

    def end(self) -> None:
        """We stop, and what cannot outlive that ends with us."""
        for address in [each for each in self._names if not self.outlives(each)]:
            self.drop(address)

    def taken_back(self, listener: Listener) -> tuple[str, Listener] | None:
        """One that we were given: its address, as it was asked for, if it is one of these. None: it is another, or its file is gone."""
        if (known := fdstore.parsed(listener.name)) is None:
            return None
        address, inode = known
        self._names[address] = listener.name
        ours = listener._replace(owned=True, inode=inode, name="")
        if inode is not None and not _is_there(ours.address.removeprefix("unix:"), inode):
            self._log.warning("its file is gone, so nobody could come to it: not taken back", address=ours.address)
            self.drop(address)
            listeners.close(ours)
        return address, ours

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, str]:
        """For the carryover."""
        return self._names

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self._names = {str(address): str(name) for address, name in plain.items()}


def _is_there(path: str, inode: socketfiles.Inode) -> bool:
    try:
        return socketfiles.inode_of(path) == inode
    except OSError:
        return False
