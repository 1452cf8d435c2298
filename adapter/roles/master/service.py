"""The service directory that supervise or runsv started us in: what it wants when TERM comes (--restart-in-place)."""

import os

from adapter.lifecycle.commands import Command
from adapter.lifecycle.events import Asked, Event
from adapter.lifecycle.restarting import Want, rewritten, terminated, told
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.unix import inotify

_DIRECTORY, _FILE = "supervise", "status"  # in the directory we were started in
_LONGEST = 64  # s6's has 35 bytes, or some more


class Service:
    """Off until it is asked for; then the file is watched, too, since supervise writes it after the signal."""

    def __init__(self, log: Log, watch: Watch) -> None:
        self._log, self._watch = log, watch
        self._inotify: inotify.Inotify | None = None
        self._unseen = False  # we have not looked since we watch
        self._stopping = False
        self.asked_for = False

    def follow(self, *, wanted: bool) -> None:
        """Begin, go on or stop telling restart from stop."""
        if wanted is self.asked_for:
            return
        self.asked_for = wanted
        if not wanted:
            self.close()
            return
        try:
            self._open()
        except OSError as error:
            self._log.warning(
                f"--restart-in-place: cannot watch {_DIRECTORY}/{_FILE} in the directory we were started in"
                f" ({(error.strerror or '').lower()}): TERM stops; start in the service's directory, as a user who may read it",
                directory=os.getcwd(),
            )

    def _open(self) -> None:
        """Raises OSError."""
        with open(os.path.join(_DIRECTORY, _FILE), "rb"):
            told_of = inotify.Inotify()
        try:
            told_of.watch(_DIRECTORY, inotify.MOVED_TO)
        except OSError:
            told_of.close()
            raise
        self._inotify, self._unseen = told_of, True
        self._watch.add(told_of.fd, self._hear)

    def meant(self, command: Command, source: str) -> Asked:
        """What a signal means here that asks for this."""
        if not self.asked_for or command is not Command.STOP:
            return Asked(command, source)
        status = _status()
        want = told(status, os.getpid()).want
        if want is Want.UNKNOWN:
            self._log.warning(f"--restart-in-place: {_DIRECTORY}/{_FILE} does not tell what is wanted of us: this is a stop")
        command = terminated(status, os.getpid())
        self._stopping = self._stopping or command is Command.STOP
        return Asked(command, f"{source}, wanted {want.value}")

    def look(self) -> list[Event]:
        """What the file said before we watched it."""
        if not self._unseen:
            return []
        self._unseen = False
        return self._seen()

    def close(self) -> None:
        """Look no more."""
        if self._inotify is not None:
            self._watch.remove(self._inotify.fd)
            self._inotify.close()
            self._inotify = None

    def _hear(self) -> list[Event]:
        if self._inotify is None or not any(each.name in {_FILE, ""} for each in self._inotify.read()):
            return []
        return self._seen()

    def _seen(self) -> list[Event]:
        if self._stopping or rewritten(_status(), os.getpid()) is not Command.STOP:
            return []
        self._stopping = True
        return [Asked(Command.STOP, f"{_DIRECTORY}/{_FILE}, wanted down")]


def _status() -> bytes:
    """Empty when it cannot be read."""
    try:
        with open(os.path.join(_DIRECTORY, _FILE), "rb") as file:
            return file.read(_LONGEST)
    except OSError:
        return b""
