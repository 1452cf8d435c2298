"""Tells how we stand whenever that changes, to each who wants to know, in its own way."""

import os
from typing import Any

from adapter.config.settings import Settings
from adapter.lifecycle import heralding
from adapter.lifecycle.heralding import Tidings, tidings
from adapter.lifecycle.state import State
from adapter.lifecycle.turn import STOPPING
from adapter.log import Log
from adapter.roles.master.communicating import Communicating
from adapter.roles.master.notifying import Notifying
from adapter.roles.master.readiness import ReadyFd, ReadyFile
from adapter.roles.master.watch import Watch


class Herald:
    """The service manager ($NOTIFY_SOCKET), --ready-fd, --ready-file, --process-communication."""

    def __init__(self, log: Log, watch: Watch) -> None:
        self.notifying = Notifying(log, watch)
        self._ready_fd = ReadyFd(log)
        self._ready_file = ReadyFile(log)
        self._communicating = Communicating(log)
        self._told: Tidings | None = None
        self._failure = ""  # of the last reload

    def take(self, settings: Settings) -> None:
        """At the first start, before anything slow. Raises Fatal."""
        self._ready_fd.take(settings.ready_fd)
        self.notifying.take(os.environ)
        self._ready_file.follow(settings.ready_file)
        self._communicating.asked_for = settings.process_communication

    def follow(self, settings: Settings) -> None:
        """These are the settings of the generation that serves now. Raises Fatal when the file cannot be had."""
        self._ready_file.follow(settings.ready_file)
        self._communicating.asked_for = settings.process_communication
        if self._told is not None:
            self._ready_file.tell(able=self._told.able)

    def ended(self, error: str) -> None:
        """A change has ended, thus."""
        if error != STOPPING:
            self._failure = error

    def tell(self, state: State, *, settled: bool) -> None:
        """See whether there is news. `settled`: no new client meets a worker that was told to drain."""
        told, before = tidings(state, self._failure), self._told
        if not heralding.is_news(told, before, settled=settled):
            return
        self._told = told
        self._ready_file.tell(able=told.able)
        if told.able:
            self._ready_fd.tell()
        self.notifying.tell(told, before)
        self._communicating.tell(told)

    @property
    def extends(self) -> bool:
        """Is somebody told how long a drain may last?"""
        return bool(self.notifying.address)

    @property
    def deadline(self) -> float | None:
        """When to `look`; None: never."""
        return self.notifying.deadline

    def look(self, now: float) -> None:
        """Say that we live, if it is time to."""
        self.notifying.look(now)

    def close(self) -> None:
        """The end."""
        self._ready_file.close()
        self._ready_fd.close()
        self.notifying.close()

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {
            "told": heralding.to_plain(self._told) if self._told else None,
            "failure": self._failure,
            "notifying": self.notifying.to_plain(),
            "ready_file": self._ready_file.to_plain(),
            "communicating": self._communicating.asked_for,
        }

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover. Raises Fatal when the file is not ours any more."""
        if told := plain.get("told"):
            self._told = heralding.from_plain(told)
        self._failure = str(plain.get("failure", ""))
        self.notifying.restore(plain.get("notifying", {}), os.environ)
        self._communicating.asked_for = bool(plain.get("communicating"))
        self._ready_file.restore(plain.get("ready_file", {}))

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return self._ready_file.fds()
