"""The lines of a file as they are written, through rotation."""

import subprocess
from pathlib import Path

from kit.lines import Lines


class Tail(Lines):
    """Follows `path` by tail(1), which is told of changes by inotify. To be closed."""

    def __init__(self, path: Path) -> None:
        # For a file that is still to come tail(1) would look once a second. Mode: multilog takes it for one of its own.
        path.touch(mode=0o744)
        argv = ["tail", "--lines=+1", "--follow=name", "--retry", str(path)]
        self._process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace", bufsize=1
        )
        assert self._process.stdout
        super().__init__(self._process.stdout)

    def close(self) -> None:
        """Let go of the file."""
        self._process.terminate()
        self._process.wait()
        super().close()
