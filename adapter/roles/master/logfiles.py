"""The log files, for the master and all its children: given to those that are born, opened anew when asked, after logrotate
renamed them, or after we did.

The master opens them and passes them on: a worker that has dropped its privileges may not be able to.
"""

import os
import time
from collections.abc import Iterable

from adapter.config.settings import Settings
from adapter.lifecycle.messages import TakeLogs
from adapter.log import Log
from adapter.roles.logs import ACCESS, LOG, STDOUT, point_at
from adapter.roles.master.crew import Crew
from adapter.unix import logfiles


def files(settings: Settings) -> dict[str, str]:
    """What these settings write to, by the name it has in `TakeLogs`."""
    named = {LOG: settings.log_file, ACCESS: settings.access_log}
    return {name: path for name, path in named.items() if path is not None and path != STDOUT}


class LogFiles:
    """What cannot be opened goes on as it is; the log says why."""

    def __init__(self, crew: Crew, log: Log) -> None:
        self._crew = crew
        self._log = log

    def give(self, worker: int, settings: Settings) -> None:
        """The access log, to a worker that is to be born. It has the log on its descriptors 1 and 2."""
        if (path := files(settings).get(ACCESS)) is not None:
            for fd in self._open([path]).values():
                self._crew.give(worker, TakeLogs([ACCESS]), [fd])
                os.close(fd)

    def reopen(self, own: Settings, *, rotate: bool) -> None:
        """Every log file of every generation, each once. `own`: the settings that the master's own log follows."""
        families = self._crew.families.values()
        paths = sorted({path for each in (own, *(family.settings for family in families)) for path in files(each).values()})
        if not paths:
            self._log.info("no log file to open anew: stdout and stderr belong to whoever started us")
            return
        if rotate:
            self._set_aside(paths)
        opened = self._open(paths)
        try:
            self._pass_on(opened)
            if own.log_file in opened:
                point_at(os.dup(opened[own.log_file]))
        except OSError as error:  # out of descriptors, say
            self._log.error("the log goes on in the former file", reason=error.strerror)
        finally:
            for fd in opened.values():
                os.close(fd)
        self._log.info("log files opened anew", files=len(opened))

    def _set_aside(self, paths: Iterable[str]) -> None:
        suffix = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        for path in paths:
            try:
                self._log.info("log file set aside", path=path, now=logfiles.set_aside(path, suffix))
            except OSError as error:
                self._log.error("cannot set a log file aside: it goes on as it is", path=path, reason=error.strerror)

    def _open(self, paths: Iterable[str]) -> dict[str, int]:
        opened = {}
        for path in paths:
            try:
                opened[path] = logfiles.append(path)
            except OSError as error:
                self._log.error("cannot open a log file: what was open stays so", path=path, reason=error.strerror)
        return opened

    def _pass_on(self, opened: dict[str, int]) -> None:
        for generation, family in self._crew.families.items():
            given = {name: opened[path] for name, path in files(family.settings).items() if path in opened}
            if given:
                self._crew.tell_all(generation, TakeLogs(list(given)), list(given.values()))
