"""The listeners of all generations, by the address that was asked for; opened once, carried over, closed when nobody asks for them."""

import os
from collections.abc import Iterable
from typing import Any

from adapter.config import addresses, kinds
from adapter.config.settings import Settings
from adapter.exits import Fatal, Misuse
from adapter.log import Log
from adapter.protocols.spoken import HTTP, PROXIED, SCGI, UWSGI
from adapter.roles.master import holder
from adapter.roles.master.storage import Storage
from adapter.unix import filters, inherited, listeners
from adapter.unix.listeners import Listener

DEFAULT = "127.0.0.1:8000"
_AGAIN = "\0"  # marks another socket of the same address, with any free port; no address has a NUL


class Listeners:
    """What the master listens on. Workers get copies; only the master opens and closes for good."""

    def __init__(self, log: Log, storage: Storage) -> None:
        self._log = log
        self._storage = storage
        self._taken_back: set[str] = set()  # from the store, and not asked for yet
        self._open: dict[str, Listener] = {}
        self._spoken: dict[str, str] = {}  # by the latest that was asked for
        self._carried: set[str] = set()  # had from the former image, and not looked after yet
        self._inherited: list[str] = []  # adopted because they came with us, not because an option names them: kept for ever

    def adopt_inherited(self) -> None:
        """Take what the supervisor gave us: a listening fd 0, LISTEN_FDS, EINHORN_FD_n, SERVER_STARTER_PORT."""
        for listener in inherited.inherited(os.environ, os.getpid()):
            if (back := self._storage.taken_back(listener)) is not None:
                self._take_back(*back)
                continue
            self._inherited.append(listener.address)
            self._open[listener.address] = listener
            self._log.info("inherited", address=listener.address)

    def _take_back(self, address: str, listener: Listener) -> None:
        """A former instance of ours, which was killed or restarted, had it stored."""
        if listener.socket.fileno() < 0:
            return
        if address in self._open:
            listener.socket.close()
            return
        self._open[address] = listener
        self._taken_back.add(address)
        self._log.info("taken back from the service manager", address=listener.address)

    def open(self, settings: Settings) -> dict[str, str]:
        """The addresses these settings ask for, all of them open, and what is spoken there. Raises Fatal, and leaves everything as it was."""
        wanted = self._wanted(settings)
        for address in self._taken_back - wanted.keys():  # it may be in the way of those that are wanted
            listeners.deafen(self._open[address])
            self._end(address)
        self._taken_back = set()
        opened: list[str] = []
        try:
            for address in wanted:
                if address not in self._open:
                    self._open[address] = _open(address.partition(_AGAIN)[0], settings)
                    opened.append(address)
        except Fatal:
            for address in opened:
                listeners.close(self._open.pop(address))
            raise
        self._look_after(self._carried & wanted.keys())
        for address in opened:
            self._log.info("listening", address=self._open[address].address, protocol=wanted[address])
            self._storage.keep(address, self._open[address])
        self._spoken |= wanted
        return wanted

    def _look_after(self, known: Iterable[str]) -> None:
        """A holder that died and came again has nothing: of what it gave us we give it a duplicate. It is a favour: failing, it is a warning."""
        self._carried = set()
        silent: set[str] = set()  # one that does not answer is waited for once
        for text in known:
            address = addresses.parse(text) if text.startswith("hold:") else None
            if isinstance(address, addresses.Hold) and address.path not in silent and (listener := self._open[text]).name:
                try:
                    if holder.give_back(address, listener):
                        self._log.info("given back to its holder", address=listener.address, holder=text)
                except Fatal as error:
                    silent.add(address.path)
                    self._log.warning(f"{error.sentence}; we have that listener already, and serve on")

    def _wanted(self, settings: Settings) -> dict[str, str]:
        """What is to be spoken on each address. Raises Misuse when one socket has two addresses and is to speak two protocols."""
        wanted: dict[str, str] = {}
        asked = {HTTP: settings.bind, UWSGI: settings.uwsgi, SCGI: settings.scgi, PROXIED: settings.proxy_protocol}
        for protocol, texts in asked.items():
            for text in texts:
                address = self._known_as(text)
                while address in wanted and address.rstrip(_AGAIN).endswith(":0"):
                    address += _AGAIN
                if wanted.setdefault(address, protocol) != protocol:
                    raise Misuse(
                        f"{text} is {address}, where {wanted[address]} is spoken already: an address speaks one protocol"
                    )
        return wanted or dict.fromkeys(self._inherited or [DEFAULT], HTTP)

    def _known_as(self, text: str) -> str:
        """The canonical address; for `fd:N` that of the inherited listener which came as N, since 0 is moved away."""
        address = addresses.parse(text)
        if isinstance(address, addresses.Fd):
            came = [known for known in self._inherited if address.number in self._open[known].numbers]
            return came[0] if came else str(address)
        return str(address)

    def descriptors(self, wanted: Iterable[str]) -> list[int]:
        """The descriptors of these addresses, in this order."""
        return [self._open[address].socket.fileno() for address in wanted]

    def owned(self) -> list[str]:
        """Those that nobody but us holds: a stop must empty their queues."""
        return [address for address, each in self._open.items() if each.owned and not self._storage.outlives(address)]

    def keep_only(self, wanted: Iterable[str]) -> None:
        """Close what the serving generation does not use."""
        for address in set(self._open) - set(wanted) - set(self._inherited):
            self._end(address)

    def _end(self, address: str) -> None:
        listener = self._open.pop(address)
        self._log.info("no longer listening", address=listener.address)
        self._storage.drop(address)
        _turn_away(listener)
        listeners.close(listener)

    def entitle(self, settings: Settings) -> None:
        """Give the files of our UNIX listeners the mode and owner of these settings, if they have others by now."""
        uid, gid = _owner(settings)
        for listener in self._open.values():
            try:
                listeners.entitle(listener, settings.socket_mode, uid, gid)
            except OSError as error:
                self._log.error("cannot change who may connect", address=listener.address, reason=error.strerror)

    def turn_away(self) -> None:
        """No new client comes to our own from here on; who is in their queues can still be accepted. Inherited ones stay as they are."""
        self._storage.end()
        for address in self.owned():
            _turn_away(self._open[address])

    def close(self) -> None:
        """Close our copies of our own; workers who are to empty the queues have theirs."""
        for address in self.owned():
            listeners.close(self._open.pop(address))

    def all(self) -> list[tuple[Listener, str]]:
        """What we listen on, and what is spoken there."""
        return [(listener, self._spoken.get(address, HTTP)) for address, listener in self._open.items()]

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [listener.socket.fileno() for listener in self._open.values()]

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        kept = {
            address: {
                "fd": each.socket.fileno(),
                "address": each.address,
                "owned": each.owned,
                "inode": each.inode,
                "numbers": each.numbers,
                "name": each.name,
                "spoken": self._spoken.get(address, HTTP),
            }
            for address, each in self._open.items()
        }
        return {"open": kept, "inherited": self._inherited, "stored": self._storage.to_plain()}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self._inherited = list(plain.get("inherited", ()))
        self._storage.restore(plain.get("stored", {}))
        for address, each in plain.get("open", {}).items():
            inode = each.get("inode")
            self._spoken[address] = each.get("spoken", HTTP)
            self._open[address] = listeners.adopt(
                int(each["fd"]),
                address=each["address"],
                owned=bool(each["owned"]),
                inode=tuple(inode) if inode else None,
                numbers=tuple(each.get("numbers", ())),
                name=str(each.get("name", "")),
            )
            self._carried.add(address)


def _turn_away(listener: Listener) -> None:
    filters.refuse_new(listener)
    listeners.unlink(listener)


def _owner(settings: Settings) -> tuple[int | None, int | None]:
    """Whose UNIX sockets are to be: who is asked for, else who the workers are."""
    uid, gid = kinds.numbers(settings.socket_owner)
    return settings.uid if uid is None else uid, settings.gid if gid is None else gid


def _open(text: str, settings: Settings) -> Listener:
    match addresses.parse(text):
        case addresses.Unix(path):
            uid, gid = _owner(settings)
            return listeners.bind_unix(path, backlog=settings.backlog, mode=settings.socket_mode, uid=uid, gid=gid)
        case addresses.Fd(number):
            return listeners.adopt(number)
        case addresses.Hold() as held:
            return holder.borrow(held)
        case addresses.Tcp(host, port):
            return listeners.bind_tcp(host, port, backlog=settings.backlog)
