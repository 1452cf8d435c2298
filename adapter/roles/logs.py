"""The log that the settings ask for."""

import os

from adapter.config.settings import Settings
from adapter.exits import Misuse
from adapter.log import Log


def open_log(settings: Settings) -> Log:
    """A log on stderr; where --log-file is set, `redirect` has put that file there."""
    return Log(2, stamp=settings.log_time, form=settings.log_format)


def redirect(path: str | None) -> None:
    """Put --log-file on descriptors 1 and 2, for us and for all that we start: what the application prints goes there too.

    Raises Misuse when it cannot be written. A symbolic link is not followed: the directory may belong to someone else.
    """
    if path is None:
        return
    try:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    except OSError as error:
        raise Misuse(f"cannot write the log file {path}: {error.strerror}; name a writable file with --log-file") from error
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)
