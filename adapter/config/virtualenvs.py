"""A virtualenv that is not the one we run in."""

import os
import sys

from adapter.exits import Misuse


def packages(virtualenv: str) -> str:
    """Where the packages of a virtualenv of this Python are. Raises Misuse when it has none."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = os.path.join(virtualenv, "lib", version, "site-packages")
    if os.path.isdir(found):
        return found
    try:
        others = sorted(name for name in os.listdir(os.path.join(virtualenv, "lib")) if name.startswith("python"))
    except OSError as error:
        raise Misuse(f"cannot use the virtualenv {virtualenv}: {error.filename}: {error.strerror}") from None
    has = f"it is of {', '.join(others)}" if others else "it has no packages"
    raise Misuse(
        f"cannot use the virtualenv {virtualenv}: adapter runs on {version}, and {has}; install adapter in it, and run that one"
    )
