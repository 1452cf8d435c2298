"""Temporary directories that other users can reach: pytest's are its own user's only."""

import os
from pathlib import Path


def reachable(directory: str | Path) -> None:
    """Let everybody pass through what lies above it."""
    for parent in Path(directory).parents:
        mode = os.stat(parent).st_mode
        if mode & 0o011 == 0o011:
            return
        os.chmod(parent, mode | 0o011)
