"""What all connections of one worker have in common."""

from typing import Protocol

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.answering import App, Application
from adapter.roles.incoming import limits
from adapter.roles.loop import Loop
from adapter.roles.pool import Pool


class Open(Protocol):
    """An open connection, as the server sees it."""

    def leave(self, now: float) -> None:
        """We drain."""

    def cut(self) -> bool:
        """The drain's deadline is here. True: something was lost."""


class Shared:
    """One per server. Written by the loop's thread; threads of calls read `closing` and `keep_alive` only."""

    def __init__(self, app: App, settings: Settings, log: Log, *, multiprocess: bool) -> None:
        self.settings = settings
        self.log = log
        self.application = Application(app, log, multithread=settings.threads > 1, multiprocess=multiprocess)
        self.limits = limits(settings)
        self.keep_alive = settings.keepalive_timeout > 0
        self.loop = Loop()
        self.pool = Pool(settings.threads, self.loop.post)
        self.connections: set[Open] = set()
        self.closing = False  # we drain: every response says so
        self.linger = 0.0  # seconds an idle connection stays while we drain
        self.accepted = 0
        self.closed = 0
        self.requests = 0
        self.refused = 0
