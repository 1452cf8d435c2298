"""The gates of tests/apps/gates.py: an import, a request that lasts for as long as a test wants."""

import fcntl
from pathlib import Path


class Gate:
    """Shut for as long as we hold the lock of that file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def shut(self) -> None:
        """Nobody passes."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def open(self) -> None:
        """Everybody does."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Open, and let go of it."""
        self._file.close()
