"""What the application finds around it, the same wherever it is loaded."""

import os
import sys

from adapter.config.settings import Settings
from adapter.unix.privileges import become


def settle_in(settings: Settings, command: str) -> None:
    """Take on the mask, user, arguments and import path that the settings ask for. The current directory is the application's already.

    Raises Misuse when we may not become that user.
    """
    if settings.umask is not None:
        os.umask(settings.umask)
    become(settings.uid, settings.gid)
    sys.argv = ["adapter", command, settings.app]
    sys.path[:0] = [*settings.pythonpath, os.getcwd()]
