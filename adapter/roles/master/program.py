"""How a preloader is started."""

import os
import sys

import adapter


def preloader(fd: int) -> list[str]:
    """The same interpreter, this very adapter (also when it was found by way of the current directory), and nothing of the directory
    it starts in on the path (-P), where a `signal.py` may lie. `fd`: its channel.
    """
    root = os.path.dirname(os.path.dirname(os.path.abspath(adapter.__file__)))
    program = f"import sys; sys.path.append({root!r}); from adapter.roles.worker.preloader import main; main({fd})"
    return [sys.executable, "-P", "-c", program]
