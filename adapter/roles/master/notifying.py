"""What a service manager is told that asked for it by $NOTIFY_SOCKET: how we stand, and that our loop still goes round."""

import os
from collections import deque
from collections.abc import MutableMapping, Sequence
from typing import Any

from adapter.lifecycle.events import Event
from adapter.lifecycle.heralding import Tidings, notification
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.unix.notify import Notifier, is_address

_MOST = 16  # messages that wait for a service manager which does not read; of more the oldest is lost


_OFTEN = 0.01  # seconds; oftener we say to nobody that we live
_DIGITS = 18


class Notifying:
    """Nobody is told until `take` or `restore` found an address. The socket is opened when there is something to say."""

    def __init__(self, log: Log, watch: Watch) -> None:
        self._log, self._watch = log, watch
        self.address = ""
        self.stores = False  # it has said that it keeps descriptors, over a stop too
        self._alive_every = 0.0  # seconds; 0: nobody wants to know
        self._next: float | None = None
        self._notifier: Notifier | None = None
        self._waiting: deque[str] = deque(maxlen=_MOST)
        self._complained = False

    def take(self, environ: MutableMapping[str, str]) -> None:
        """Learn from the environment whom to tell, and take it out: nobody whom we start is to speak for us."""
        address = environ.pop("NOTIFY_SOCKET", "")
        usec, whose = environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", "")
        room = environ.pop("FDSTORE", "")
        if not address:
            return
        if not is_address(address):
            self._log.warning("NOTIFY_SOCKET is no path and no @NAME: nobody is told how we stand", address=address)
            return
        self.address = address
        self.stores = _number(room) > 0
        if _number(usec) and whose in ("", str(os.getpid())):
            self._alive_every = max(_number(usec) / 2_000_000, _OFTEN)
        executed = _number(environ.get("SYSTEMD_EXEC_PID", ""))
        if executed and executed != os.getpid():  # a wrapper without exec is between us and systemd
            self.say(f"MAINPID={os.getpid()}")

    def tell(self, told: Tidings, before: Tidings | None) -> None:
        """We stand thus."""
        if self.address:
            self.say(notification(told, before))

    @property
    def deadline(self) -> float | None:
        """When to `look`; None: never."""
        return (self._next or 0.0) if self._alive_every else None

    def look(self, now: float) -> None:
        """Say that we live, twice as often as is asked for: if we are late once, nobody kills us."""
        if not self._alive_every or (self._next is not None and self._next > now):
            return
        self._next = now + self._alive_every
        if not self._waiting:
            self.say("WATCHDOG=1")

    def close(self) -> None:
        """The end."""
        if self._notifier is not None:
            if self._waiting:
                self._watch.remove(self._notifier.fileno())
            self._notifier.close()
        self._notifier = None

    def say(self, message: str, fds: Sequence[int] = ()) -> bool:
        """This, with these descriptors, now, or (without any) when it can be heard. False: it will not be."""
        if not self.address or (fds and self._waiting):
            return False
        if self._waiting:
            self._waiting.append(message)
            return True
        try:
            self._notifier = self._notifier or Notifier(self.address)
            self._notifier.send(message, fds)
        except BlockingIOError:
            return not fds and self._await_room(message)
        except OSError as error:
            self._complain(error)
            return False
        self._complained = False
        return True

    def _await_room(self, message: str) -> bool:
        if self._notifier is None:  # it could not even be connected to
            return False
        self._waiting.append(message)
        self._watch.add(self._notifier.fileno(), self._room)
        self._watch.change(self._notifier.fileno(), self._room, readable=False, writable=True)
        return True

    def _room(self) -> list[Event]:
        """It reads again."""
        assert self._notifier is not None
        try:
            while self._waiting:
                self._notifier.send(self._waiting[0])
                self._waiting.popleft()
        except BlockingIOError:
            return []
        except OSError as error:
            self._complain(error)
            self._waiting.clear()
        self._watch.remove(self._notifier.fileno())
        return []

    def _complain(self, error: OSError) -> None:
        """Once, until it goes well again."""
        if not self._complained:
            self._log.warning(
                f"cannot tell the service manager how we stand: {(error.strerror or str(error)).lower()}; serving on",
                address=self.address,
            )
        self._complained = True

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        waiting = list(self._waiting)
        return {"address": self.address, "alive_every": self._alive_every, "stores": self.stores, "waiting": waiting}

    def restore(self, plain: dict[str, Any], environ: MutableMapping[str, str]) -> None:
        """From the carryover; a version before us left it in the environment."""
        self.take(environ)
        self.address = str(plain.get("address", self.address))
        self._alive_every = float(plain.get("alive_every", self._alive_every))
        self.stores = bool(plain.get("stores", self.stores))
        for message in plain.get("waiting", ()):
            self.say(str(message))


def _number(text: str) -> int:
    """0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
