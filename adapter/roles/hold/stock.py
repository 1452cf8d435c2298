"""What a holder holds: opened once, kept over every new image of itself, by name."""

from typing import Any

from adapter.config import addresses, kinds
from adapter.config.holding import Holding, Wanted
from adapter.exits import Fatal
from adapter.log import Log
from adapter.unix import listeners
from adapter.unix.listeners import Listener


class Stock:
    """The listeners, each with the address that was asked for."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: dict[str, tuple[str, Listener]] = {}

    def open(self, holding: Holding) -> None:
        """Have all of them. Raises Fatal, with none opened, when one cannot be had."""
        try:
            for wanted in holding.listeners:
                self._open(wanted, holding)
        except Fatal:
            self.close()
            raise

    def follow(self, holding: Holding) -> None:
        """Let go of what is wanted no more, and have what is new; one that cannot be had is an error line: the others are held on."""
        wanted = {each.name: each.address for each in holding.listeners}
        for name, (address, listener) in list(self._held.items()):
            if wanted.get(name) != address:
                self._log.info("no longer held", name=name, address=listener.address)
                listeners.close(self._held.pop(name)[1])
        for each in holding.listeners:
            if each.name not in self._held:
                try:
                    self._open(each, holding)
                except Fatal as error:
                    self._log.error(error.sentence, name=each.name)

    def _open(self, wanted: Wanted, holding: Holding) -> None:
        listener = _listener(wanted.address, holding)
        self._held[wanted.name] = wanted.address, listener
        self._log.info("holding", name=wanted.name, address=listener.address)

    def of(self, name: str) -> Listener | None:
        """The listener of this name."""
        found = self._held.get(name)
        return found[1] if found else None

    def names(self) -> list[str]:
        """All of them, in the order they were asked for."""
        return list(self._held)

    def close(self) -> None:
        """Hold nothing. The file of a UNIX socket stays: whoever has a duplicate serves on there, and a stale one is replaced."""
        for _, listener in self._held.values():
            listener.socket.close()
        self._held.clear()

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {
            name: {"asked": asked, "fd": each.socket.fileno(), "address": each.address, "owned": each.owned, "inode": each.inode}
            for name, (asked, each) in self._held.items()
        }

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        for name, each in plain.items():
            self._held[name] = str(each["asked"]), adopted(each)

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [listener.socket.fileno() for _, listener in self._held.values()]


def adopted(each: dict[str, Any]) -> Listener:
    """A listener of the former image."""
    inode = each.get("inode")
    return listeners.adopt(
        int(each["fd"]), address=each["address"], owned=bool(each["owned"]), inode=tuple(inode) if inode else None
    )


def _listener(text: str, holding: Holding) -> Listener:
    address = addresses.parse(text)
    if isinstance(address, addresses.Tcp):
        return listeners.bind_tcp(address.host, address.port, backlog=holding.backlog)
    if isinstance(address, addresses.Fd):
        return listeners.adopt(address.number)
    assert isinstance(address, addresses.Unix)  # `config.holding` takes no other
    uid, gid = kinds.numbers(holding.socket_owner)
    return listeners.bind_unix(address.path, backlog=holding.backlog, mode=holding.socket_mode, uid=uid, gid=gid)
