"""The log files of one worker: the log, on descriptors 1 and 2, and the access log, if there is one."""

import os
from collections.abc import Callable, Sequence

from adapter.config.settings import Settings
from adapter.lifecycle.messages import TakeLogs
from adapter.log import Log
from adapter.protocols.access import Lines
from adapter.protocols.entry import Entry, chosen
from adapter.roles.logs import ACCESS, LOG, STDOUT, take
from adapter.roles.worker.accesslog import AccessLog
from adapter.roles.worker.localtime import LocalStamp


class WorkerLogs:
    """To be made in the process that serves. The file of an access log comes from the master."""

    def __init__(self, settings: Settings, slot: int, generation: int, log: Log) -> None:
        self._to_stdout = settings.access_log == STDOUT
        self._only = settings.access_log_only
        self._access: AccessLog | None = None
        if settings.access_log is not None:
            lines = Lines(settings.access_log_format, LocalStamp(), slot=slot, generation=generation)
            self._access = AccessLog(lines.line, log)
            if self._to_stdout:
                self._access.open(os.dup(1))

    @property
    def note(self) -> Callable[[Entry], None] | None:
        """What is to be told of each request that has ended."""
        return chosen(self._access.add, self._only) if self._access is not None else None

    def take(self, order: TakeLogs, fds: Sequence[int]) -> None:
        """The master opened files anew: go on in them."""
        for name, fd in take(order.names, fds).items():
            if name == ACCESS and self._access is not None:
                self._access.open(fd)
            else:  # a newer master's
                os.close(fd)
        if self._access is not None and self._to_stdout and LOG in order.names:
            self._access.open(os.dup(1))

    def close(self, patience: float) -> None:
        """Write what has been noted, for so many seconds at most."""
        if self._access is not None:
            self._access.close(patience)
