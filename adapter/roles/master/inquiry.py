"""Finding out how patient the supervisor is. A child asks, so that nobody who hangs, lies or refuses can delay us."""

import json
import os
import time
from signal import Signals
from typing import Any

from adapter.config.settings import Settings
from adapter.lifecycle.events import Event, Granted
from adapter.log import Log
from adapter.roles.master import program
from adapter.roles.master.watch import Watch
from adapter.supervisors.recognizing import is_supervised
from adapter.unix import processes, procfs

_PATIENCE = 10.0  # seconds; ours
_MOST = 64 * 1024  # of its answer

Asked = tuple[float | None, float, str]
"""The settings that the answer depends on."""


class Inquiry:
    """At most one at a time. Its death is nobody's news: what it has said, or not, is."""

    def __init__(self, log: Log, watch: Watch) -> None:
        self._log, self._watch = log, watch
        self._answered: Asked | None = None
        self._due: Asked | None = None  # to be asked at the next look: after the preloader has been started
        self._until: float | None = None
        self._pid = 0
        self._output = -1
        self._said = b""
        self._extends = False

    def follow(self, settings: Settings, *, extends: bool) -> None:
        """These are the settings now. `extends`: the service manager is told how long a drain may last."""
        asked = settings.drain_timeout, settings.lame_duck, settings.signals
        self._extends = extends
        if asked != self._answered and not self._pid:
            self._due = asked

    @property
    def deadline(self) -> float | None:
        """When to `look`; None: nobody is asked."""
        return 0.0 if self._due is not None else self._until

    def look(self, now: float) -> None:
        """Begin, or give up, if it is time to."""
        if self._due is not None:
            self._answered, self._due = self._due, None
            above = [each.name for each in procfs.ancestors(os.getpid())]
            if is_supervised(os.getpid(), os.environ, above):
                self._start(self._answered)
        if self._until is not None and self._until <= now:
            self._complain(f"no answer in {_PATIENCE:g} s")

    def close(self) -> None:
        """Nobody waits for it any more."""
        if self._pid:
            processes.kill(self._pid, Signals.SIGKILL)
        if self._output >= 0:
            self._watch.remove(self._output)
            os.close(self._output)
        self._pid, self._output, self._until = 0, -1, None

    def _start(self, asked: Asked) -> None:
        drain, lame_duck, signals = asked
        call = f"{os.getpid()}, {drain!r}, {lame_duck!r}, {signals!r}, extends={self._extends!r}"
        argv = program.calling("adapter.roles.asking.inquiring", call)
        try:
            reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            self._complain((error.strerror or "").lower())
            return
        try:
            self._pid = processes.spawn(argv, environ=os.environ, directory=os.getcwd(), keep=(), output=writer)
        except OSError as error:
            os.close(reader)
            self._complain((error.strerror or "").lower())
            return
        finally:
            os.close(writer)
        self._output, self._said, self._until = reader, b"", time.monotonic() + _PATIENCE
        self._watch.add(reader, self._hear)

    def _hear(self) -> list[Event]:
        try:
            while data := os.read(self._output, _MOST):
                self._said = (self._said + data)[-_MOST:]
        except BlockingIOError:
            return []
        said = self._said
        self.close()
        try:
            told = json.loads(said.splitlines()[-1])
            seconds, level, remark = told["waits"], told["level"], str(told["remark"])
        except (ValueError, LookupError, TypeError, RecursionError):
            self._complain("who asked it has failed")
            return []
        if level in ("info", "warning"):
            self._log.say(level, remark)
        return [Granted(float(seconds) if isinstance(seconds, int | float) else None)]

    def _complain(self, why: str) -> None:
        self.close()
        self._log.warning(f"cannot find out how patient the supervisor is: {why}; what --drain-timeout says counts, else 8 s")

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover: what need not be asked again. One that is under way is begun anew."""
        return {"answered": list(self._answered) if self._answered and not self._pid else None}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        answered = plain.get("answered")
        if isinstance(answered, list) and len(answered) == 3:  # noqa: PLR2004 -- as many as `Asked` has
            self._answered = answered[0], answered[1], answered[2]
