"""A directory of files, one variable each, as envdir(8) of daemontools reads it (cr.yp.to/daemontools/envdir.html).

The file's name is the variable's. Its first line, without trailing spaces and tabs, is the value; NUL stands for a newline.
An empty file removes the variable. Files whose names begin with a dot are left alone (editors and Kubernetes leave such).
"""

from __future__ import annotations

import os
import stat

from adapter.config.settings import Settings
from adapter.exits import Misuse, SystemFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONGEST = 128 * 1024  # Linux, MAX_ARG_STRLEN: execve(2) refuses a longer NAME=VALUE

# Words between a supervisor and us: an application that believed them would adopt our sockets or report its own readiness as ours.
_OURS = (
    "LISTEN_FDS", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "FDSTORE",
    "SERVER_STARTER_PORT", "SERVER_STARTER_GENERATION", "ADAPTER_CARRYOVER",
)  # fmt: skip


def read(directory: str) -> dict[str, str | None]:
    """Variable by variable, None where it is to be removed. Raises Misuse (what is there is wrong) or SystemFailure."""
    try:
        names = sorted(os.listdir(directory))
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise Misuse(f"cannot read the envdir {directory}: {error.strerror}") from None
    except OSError as error:
        raise SystemFailure(f"cannot read the envdir {directory}: {error.strerror}") from None
    return {name: _value(directory, name) for name in names if not name.startswith(".")}


def read_all(directories: Iterable[str]) -> dict[str, str | None]:
    """The same of several; the last one wins."""
    return {name: value for directory in directories for name, value in read(directory).items()}


def over(environ: Mapping[str, str], variables: Mapping[str, str | None]) -> dict[str, str]:
    """The environment with what `read` returned laid over it."""
    merged: dict[str, str | None] = {**environ, **variables}
    return {name: value for name, value in merged.items() if value is not None}


def application_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """What the application sees: the supervisor's environment, then `--envdir` (read anew), less `--unenv`, then `--env`."""
    inherited = {name: value for name, value in environ.items() if name not in _OURS and not name.startswith("EINHORN_")}
    merged = over(inherited, read_all(settings.envdir))
    for name in settings.unenv:
        merged.pop(name, None)
    for assignment in settings.env:
        name, _, value = assignment.partition("=")
        merged[name] = value
    return merged


def _value(directory: str, name: str) -> str | None:
    path = os.path.join(directory, name)
    if "=" in name:
        raise Misuse(
            f"cannot read the envdir {directory}: {name} is not a variable's name (it contains =); remove or rename the file"
        )
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a FIFO would hold us for ever
            raise Misuse(f"cannot read the envdir {directory}: {name} is not a regular file")
        with open(path, "rb") as file:
            data = file.read(_LONGEST)
    except (FileNotFoundError, PermissionError) as error:
        raise Misuse(f"cannot read {path} (envdir): {error.strerror}") from None
    except OSError as error:
        raise SystemFailure(f"cannot read {path} (envdir): {error.strerror}") from None
    if not data:
        return None
    line, newline, _ = data.partition(b"\n")
    if not newline and len(data) == _LONGEST:
        raise Misuse(f"cannot use {path} (envdir): its first line is longer than a variable can be ({_LONGEST} bytes)")
    return os.fsdecode(line.rstrip(b" \t").replace(b"\0", b"\n"))
