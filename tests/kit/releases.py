"""Releases as a careful deploy leaves them: each in a directory of its own, and a link that moves on to the latest in one step."""

import time
from pathlib import Path

from kit.load import Load
from kit.server import APPS


class Releases:
    """`DIRECTORY/releases/N`, and `DIRECTORY/LINK` to the latest. The application is always called hello.py."""

    def __init__(self, directory: Path, link: str) -> None:
        self._directory = directory
        self._link = directory / link

    def deploy(self, app: str, version: int) -> Path:
        """The file `app` of tests/apps as hello.py, `version` beside it (exact.py tells it); where it is."""
        release = self._directory / "releases" / str(version)
        release.mkdir(parents=True)
        (release / "hello.py").write_text((APPS / app).read_text())
        (release / "version").write_text(f"{version}\n")
        link = self._link.with_name(f".{self._link.name}.new")
        link.symlink_to(release)
        link.rename(self._link)
        return release


def until_only(version: str, load: Load) -> None:
    """Lap by lap, until nobody answers with another version than this: old workers do for a moment after a reload."""
    deadline = time.monotonic() + 60
    while (seen := load.lap()) != {version}:
        assert time.monotonic() < deadline, f"after 60 s {seen} still answer"
