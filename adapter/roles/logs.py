"""The log that the settings ask for, and where it goes."""

from __future__ import annotations

import os

from adapter.config.settings import Settings
from adapter.exits import Fatal, Misuse
from adapter.log import Log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STDOUT = "-"
"""--access-log: wherever stdout goes."""
LOG, ACCESS = "log", "access"
"""What `TakeLogs` calls them."""


def open_log(settings: Settings) -> Log:
    """A log on stderr; where --log-file is set, `redirect` has put that file there."""
    stamp = not is_journal(2, os.environ) if settings.log_time is None else settings.log_time
    return Log(2, stamp=stamp, form=settings.log_format)


def is_journal(fd: int, environ: Mapping[str, str]) -> bool:
    """Whether systemd's journal, which stamps by itself, reads this: $JOURNAL_STREAM names device and inode (systemd.exec(5))."""
    try:
        found = os.fstat(fd)
    except OSError:
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def tell(log: Log, error: Fatal) -> int:
    """The last words of a process that ends of it; returns its exit code."""
    if error.detail:
        log.block(error.detail)
    log.fatal(error.sentence)
    return error.code


def redirect(path: str | None) -> None:
    """Put --log-file on descriptors 1 and 2, for us and for all that we start: what the application prints goes there too.

    Raises Misuse when it cannot be written.
    """
    if path is not None:
        point_at(open_file(path, "log file", "--log-file"))


def prepare(settings: Settings) -> None:
    """Redirect the log, and see that the access log can be written, before it matters. Raises Misuse."""
    if settings.access_log not in (None, STDOUT):
        os.close(open_file(str(settings.access_log), "access log", "--access-log"))
    redirect(settings.log_file)


def open_file(path: str, name: str, option: str) -> int:
    """A descriptor that appends to it. Raises Misuse."""
    from adapter.unix import logfiles  # noqa: PLC0415 -- only those who ask for a file pay for it

    try:
        return logfiles.append(path)
    except OSError as error:
        why = "a symbolic link is not followed" if os.path.islink(path) else error.strerror
        raise Misuse(f"cannot write the {name} {path}: {why}; name a writable file with {option}") from error


def point_at(fd: int) -> None:
    """From here on descriptors 1 and 2 are this file; `fd` itself is closed."""
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)


def take(names: Sequence[str], fds: Sequence[int]) -> dict[str, int]:
    """The master opened the log files anew: the log is put on 1 and 2 at once; the others, by name, are the caller's."""
    given = dict(zip(names, fds, strict=False))
    if (log := given.pop(LOG, None)) is not None:
        point_at(log)
    return given
