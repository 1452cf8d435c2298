"""Releases as a careful deploy leaves them: each in a directory of its own, and a link that moves on to the latest in one step."""

from pathlib import Path

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
