"""How processes of ours are started that are not the master's own image."""

import os
import sys

import adapter


def preloader(fd: int) -> list[str]:
    """`fd`: its channel."""
    return calling("adapter.roles.worker.preloader", str(fd))


def calling(module: str, arguments: str) -> list[str]:
    """The command that calls a module's `main`: the same interpreter, this very adapter (also when it was found by way of the current
    directory), and nothing of the directory it starts in on the path (-P), where a `signal.py` may lie.
    """
    root = os.path.dirname(os.path.dirname(os.path.abspath(adapter.__file__)))
    found = f"import sys; sys.path.append({root!r}); from adapter.nearby import Finder"
    program = f"{found}\nwith Finder(): from {module} import main\nmain({arguments})"
    return [sys.executable, "-P", "-c", program]
