"""What a holder holds: opened once, kept over every new image of itself, by name."""

import errno
import os
from typing import Any

from adapter.config import addresses, kinds
from adapter.config.holding import Holding, Wanted
from adapter.exits import Fatal, Misuse
from adapter.log import Log
from adapter.unix import listeners
from adapter.unix.listeners import Listener
from adapter.unix.refusals import AddressInUse


class Stock:
    """The listeners, each with the address that was asked for."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: dict[str, tuple[str, Listener]] = {}
        self._holding: Holding | None = None
        self._told: set[str] = set()  # of whose address being in use the log knows

    def open(self, holding: Holding) -> None:
        """Have all of them. Raises Fatal, with none opened, when one cannot be had; one that is in use is waited for."""
        self._holding = holding
        try:
            for wanted in holding.listeners:
                self._open(wanted)
        except Fatal:
            self.close()
            raise

    def follow(self, holding: Holding) -> None:
        """Let go of what is wanted no more, and have what is new; one that cannot be had is an error line: the others are held on."""
        self._holding = holding
        wanted = {each.name: each.address for each in holding.listeners}
        for name, (address, listener) in list(self._held.items()):
            if wanted.get(name) != address:
                self._log.info("no longer held", name=name, address=listener.address)
                listeners.close(self._held.pop(name)[1])
        for each in holding.listeners:
            if each.name not in self._held:
                self._try(each)

    def _try(self, wanted: Wanted) -> None:
        try:
            self._open(wanted)
        except Fatal as error:
            self._log.error(error.sentence, name=wanted.name)

    def _open(self, wanted: Wanted) -> None:
        """Raises Fatal, but for an address that is in use: who has it, a server that we gave it to before we died, can give it back."""
        assert self._holding is not None
        try:
            listener = _listener(wanted.address, self._holding, named=wanted.name not in self._told)
        except AddressInUse as error:
            if wanted.name not in self._told:
                self._told.add(wanted.name)
                self._log.warning(f"{error.sentence}; if it has it from a holder, reload it: it gives it back", name=wanted.name)
            return
        self._have(wanted, listener)

    def _have(self, wanted: Wanted, listener: Listener) -> None:
        self._held[wanted.name] = wanted.address, listener
        self._told.discard(wanted.name)
        self._log.info("holding", name=wanted.name, address=listener.address)

    def _missing(self, name: str) -> Wanted | None:
        """What we should hold by this name, and do not."""
        wanted = self._holding.listeners if self._holding else ()
        return next((each for each in wanted if each.name == name and name not in self._held), None)

    def take_back(self, name: str, fd: int) -> int:
        """Somebody gives us what we should hold: 0, or the errno of our refusal, the descriptor being closed."""
        wanted = self._missing(name)
        if wanted is None:
            os.close(fd)
            return errno.EEXIST if name in self._held else errno.EPERM
        try:
            listener = listeners.adopt(fd, owned=True, origin="a server")
        except Misuse:
            os.close(fd)
            return errno.EINVAL
        if not _is_at(listener, wanted.address):
            listener.socket.close()
            return errno.EINVAL
        self._have(wanted, listener)
        return 0

    def of(self, name: str) -> Listener | int:
        """The listener of this name, or an errno. One that was in use is tried again: whoever had it may be gone."""
        if (missing := self._missing(name)) is not None:
            self._try(missing)
        found = self._held.get(name)
        if found is None:
            return errno.EADDRINUSE if missing else errno.ENOENT
        return found[1]

    def names(self) -> list[str]:
        """All that we should hold, in the order they were asked for."""
        asked = [each.name for each in self._holding.listeners] if self._holding else []
        return [*asked, *(name for name in self._held if name not in asked)]

    def said(self) -> dict[str, str]:
        """For the log: what is held, and what is waited for."""
        missing = [name for name in self.names() if name not in self._held]
        return {"holds": " ".join(self._held), **({"waits_for": " ".join(missing)} if missing else {})}

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


def _listener(text: str, holding: Holding, *, named: bool) -> Listener:
    address = addresses.parse(text)
    if isinstance(address, addresses.Tcp):
        return listeners.bind_tcp(address.host, address.port, backlog=holding.backlog, named=named)
    if isinstance(address, addresses.Fd):
        return listeners.adopt(address.number)
    assert isinstance(address, addresses.Unix)  # `config.holding` takes no other
    uid, gid = kinds.numbers(holding.socket_owner)
    return listeners.bind_unix(address.path, backlog=holding.backlog, mode=holding.socket_mode, uid=uid, gid=gid)


def _is_at(listener: Listener, text: str) -> bool:
    """Whether this is where we were to listen; of a host name, whose address may have changed, only the port can be compared."""
    address = addresses.parse(text)
    if isinstance(address, addresses.Tcp):
        there = addresses.parse(listener.address)
        return (
            isinstance(there, addresses.Tcp)
            and there.port == address.port
            and (there.host == address.host or _is_name(address.host))
        )
    return listener.address == text


def _is_name(host: str) -> bool:
    return ":" not in host and not host.replace(".", "").isdigit()
