"""What the application finds around it, the same wherever it is loaded."""

from __future__ import annotations

import os
import sys

from adapter.config.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def settle_in(settings: Settings, command: str) -> None:
    """Take on the mask, user, arguments and import path that the settings ask for. The current directory is the application's already.

    Raises Misuse when we may not become that user.
    """
    if settings.umask is not None:
        os.umask(settings.umask)
    if settings.uid is not None or settings.gid is not None:
        from adapter.unix.privileges import become  # noqa: PLC0415 -- seldom asked for

        become(settings.uid, settings.gid)
    sys.argv = ["adapter", command, settings.app]
    if settings.virtualenv is not None:
        from adapter.config.virtualenvs import packages  # noqa: PLC0415 -- seldom asked for

        _take_in(packages(settings.virtualenv))
    sys.path[:0] = [*directories(settings.pythonpath), os.getcwd()]


def directories(paths: Iterable[str]) -> list[str]:
    """A pattern is all that it matches, in order; what matches nothing stays as it is, as does what is there by that very name."""
    found: list[str] = []
    for path in paths:
        matching: list[str] = []
        if any(sign in path for sign in "*?[") and not os.path.exists(path):
            import glob  # noqa: PLC0415 -- seldom asked for

            matching = sorted(glob.glob(path))
        found += matching or [path]
    return found


def _take_in(directory: str) -> None:
    """Its packages come before ours, and what its .pth files name with them."""
    import site  # noqa: PLC0415 -- as above

    before = list(sys.path)
    if os.path.realpath(directory) not in map(os.path.realpath, before):
        site.addsitedir(directory)
        sys.path[:] = [path for path in sys.path if path not in before] + before
