"""The names operators know us by: pidfile, FIFO, control socket, files to touch, where we publish; who is told how we stand, and is asked for its patience.

Asked for by the settings, kept from image to image.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from signal import Signals
from typing import Any

from adapter.config.ini.spec import file_of
from adapter.config.settings import Settings
from adapter.exits import Fatal
from adapter.lifecycle.commands import Command
from adapter.lifecycle.dialects import DEFAULT, DIALECTS
from adapter.lifecycle.events import Asked, Event
from adapter.lifecycle.touching import Wish
from adapter.log import Log
from adapter.roles.master.control import Control
from adapter.roles.master.fifo import MasterFifo
from adapter.roles.master.herald import Herald
from adapter.roles.master.inquiry import Inquiry
from adapter.roles.master.pidfile import Pid
from adapter.roles.master.public import Public
from adapter.roles.master.service import Service
from adapter.roles.master.touching import Touches
from adapter.roles.master.watch import Watch


class Names:
    """All of them. `describe` gives the status record; `wait_for` and `showing` are the control socket's."""

    def __init__(
        self,
        log: Log,
        watch: Watch,
        *,
        describe: Callable[[], dict[str, Any]],
        wait_for: Callable[[Command], int | str],
        showing: Callable[[int | None], Collection[int]],
    ) -> None:
        self._log = log
        self.dialect = DEFAULT
        self.control = Control(log, watch, describe=describe, wait_for=wait_for, showing=showing)
        self._fifo = MasterFifo(log, watch)
        self._pid = Pid()
        self._safe_pid = Pid()
        self._touches = Touches(log, watch)
        self._public = Public(log, watch, describe)
        self._service = Service(log, watch)
        self.herald = Herald(log, watch)
        self._inquiry = Inquiry(log, watch)

    def take(self, settings: Settings) -> None:
        """At the first start, before anything slow. Raises Fatal."""
        self.dialect = DIALECTS[settings.signals]
        self._service.follow(wanted=settings.restart_in_place)
        self._pid.follow(settings.pidfile)
        self.control.follow(settings.control)
        self._fifo.follow(settings.fifo)
        self._public.follow(settings)
        self._touches.follow(_wishes(settings), imported=settings.watch)
        self._inquiry.follow(settings, extends=self.herald.extends)

    def follow(self, settings: Settings) -> None:
        """Have those of the generation that serves now. One that cannot be had is an error line: we go on without it, too."""
        self.dialect = DIALECTS.get(settings.signals, DEFAULT)  # a later version may know more of them
        self._service.follow(wanted=settings.restart_in_place)
        self._try(lambda: self._safe_pid.follow(settings.safe_pidfile))
        self._try(lambda: self._pid.follow(settings.pidfile))
        self._try(lambda: self.control.follow(settings.control))
        self._try(lambda: self._fifo.follow(settings.fifo))
        self._try(lambda: self._public.follow(settings))
        self._try(lambda: self.herald.follow(settings))
        self._touches.follow(_wishes(settings), imported=settings.watch)
        self._inquiry.follow(settings, extends=self.herald.extends)

    def asked(self, signal: Signals) -> Asked | None:
        """What this signal asks for; None: nothing, it is not for operators."""
        command = self.dialect.get(signal)
        return None if command is None else self._service.meant(command, f"signal {signal.name.removeprefix('SIG')}")

    def learn(self, imported: Mapping[str, Sequence[int]]) -> None:
        """The application is made of these files, too, which had these marks; watched for if the settings ask for it."""
        self._touches.learn({path: (mark[0], mark[1], mark[2]) for path, mark in imported.items()})

    def write_pidfile(self) -> None:
        """Again, where somebody removed it."""
        self._try(self._pid.write_again)
        self._try(self._safe_pid.write_again)

    def _try(self, have: Callable[[], None]) -> None:
        try:
            have()
        except Fatal as error:
            self._log.error(error.sentence)

    @property
    def deadline(self) -> float | None:
        """The next instant to `look`; None: nothing happened to our files, and nobody is asked, or wants to know whether we live."""
        instants = (self._touches.deadline, self.herald.deadline, self._inquiry.deadline)
        return min((instant for instant in instants if instant is not None), default=None)

    def look(self, now: float) -> list[Event]:
        """What files ask for that were touched, if it is time to look; and that we live is told, if it is time to."""
        self.herald.look(now)
        self._inquiry.look(now)
        return self._service.look() + self._touches.look(now)

    def close(self) -> None:
        """Be known no more."""
        self._touches.close()
        self._service.close()
        self.control.close()
        self._fifo.close()
        self._public.close()
        self._pid.close()
        self._safe_pid.close()
        self.herald.close()
        self._inquiry.close()

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {
            "control": self.control.to_plain(),
            "fifo": self._fifo.to_plain(),
            "dialect": next(name for name, dialect in DIALECTS.items() if dialect is self.dialect),
            "pidfile": self._pid.to_plain(),
            "safe_pidfile": self._safe_pid.to_plain(),
            "public": self._public.to_plain(),
            "touches": self._touches.to_plain(),
            "restart_in_place": self._service.asked_for,
            "herald": self.herald.to_plain(),
            "inquiry": self._inquiry.to_plain(),
        }

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover. What is not ours any more is an error line; the next commit has it anew."""
        self.control.restore(plain["control"])
        self._try(lambda: self._fifo.restore(plain.get("fifo", {})))
        self.dialect = DIALECTS.get(plain.get("dialect", ""), DEFAULT)
        self._try(lambda: self._pid.restore(plain["pidfile"]))
        self._try(lambda: self._safe_pid.restore(plain.get("safe_pidfile", {})))
        self._public.restore(plain.get("public", {}))
        self._touches.restore(plain.get("touches", {}))
        self._service.follow(wanted=bool(plain.get("restart_in_place")))
        self._try(lambda: self.herald.restore(plain.get("herald", {})))
        self._inquiry.restore(plain.get("inquiry", {}))

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        those = (self.control, self._fifo, self._pid, self._safe_pid, self._public, self.herald)
        return [fd for each in those for fd in each.fds()]


def _wishes(settings: Settings) -> list[Wish]:
    asked = (
        (settings.touch_reload, Command.RELOAD),
        (settings.touch_chain_reload, Command.CHAIN_RELOAD),
        (settings.touch_workers_reload, Command.WORKERS_RELOAD),
        (settings.touch_reopen, Command.REOPEN_LOGS),
        (settings.touch_stop, Command.STOP),
    )
    watched = _watched(settings) if settings.watch else []
    return [Wish(path, command) for paths, command in (*asked, (watched, Command.RELOAD)) for path in paths]


def _watched(settings: Settings) -> list[str]:
    """Its configuration."""
    return [*([settings.config] if settings.config else []), *settings.envdir, *_inis(settings.ini)]


def _inis(spec: str | None) -> Sequence[str]:
    """The file, and all that it includes."""
    if spec is None:
        return ()
    from adapter.config.ini.reading import read  # noqa: PLC0415 -- for development only

    try:
        return read(spec, os.environ).files
    except Fatal:  # it has changed since it was read; to be watched all the more
        return (file_of(spec),)
