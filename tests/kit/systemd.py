"""conf/systemd without systemd: its units as they stand, but for their paths and the port, and the commands in them run as it would.

    with Shop("exact.py") as shop, Notified() as manager, shop.started("shop.service", manager.env) as process:
        manager.wait_for("READY=1")
        shop.run("shop.service", "ExecReload")

/opt/shop is a directory: `venv`, `current`, a link to the latest of `releases/`; /run/shop is its `run`.
"""

import contextlib
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from adapter.supervisors.unitfile import settings
from kit.asked import free_port
from kit.environment import environment
from kit.lines import shown
from kit.releases import Releases
from kit.server import Caged, listening

CONF = Path(__file__).parents[2] / "conf" / "systemd"


class Shop:
    """The machine that the units are for."""

    def __init__(self, app: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-systemd-"))
        (self.directory / "venv").symlink_to(sys.prefix)
        (self.directory / "run").mkdir()
        self.deploy = Releases(self.directory, "current").deploy
        self.deploy(app, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            assert not listening(self.address), self.address
            shutil.rmtree(self.directory)

    def unit(self, path: str) -> str:
        """A file of conf/systemd, for this place."""
        text = (CONF / path).read_text()
        for old, new in {
            "/opt/shop": self.directory,
            "/run/shop": self.directory / "run",
            "127.0.0.1:8000": self.address,
        }.items():
            text = text.replace(old, str(new))
        return text

    def installed(self, paths: tuple[str, ...]) -> list[Path]:
        """These, side by side, as in /etc/systemd/system."""
        where = self.directory / "system"
        where.mkdir()
        for path in paths:
            (where / Path(path).name).write_text(self.unit(path))
        return [where / Path(path).name for path in paths]

    def words(self, path: str, setting: str = "ExecStart") -> list[str]:
        """A command of that unit."""
        return shlex.split(settings([self.unit(path)])[setting])

    def run(self, path: str, setting: str) -> subprocess.CompletedProcess[str]:
        """That command, to its end."""
        argv = self.words(path, setting)
        return subprocess.run(argv, capture_output=True, text=True, timeout=90, env=environment(), check=False)

    @contextlib.contextmanager
    def started(self, path: str, env: Mapping[str, str | None] | None = None, *before: str) -> Iterator[Caged]:
        """Its ExecStart, with the words `before` it; what is left at the end is a failure."""
        variables = {name: value for name, value in {**environment(), **(env or {})}.items() if value is not None}
        process = Caged([*before, *self.words(path)], self.directory, variables)
        try:
            yield process
        except BaseException:
            print(f"--- {path}, in {self.directory}", shown(process.log.all()), sep="\n", file=sys.stderr)
            process.end()
            raise
        log, left = shown(process.log.all()), process.end()
        assert not left, "\n".join([*left, log])

    def activated(self, path: str, *options: str) -> contextlib.AbstractContextManager[Caged]:
        """The same by the real systemd-socket-activate, on our address."""
        return self.started(path, None, "systemd-socket-activate", "--listen", self.address, *options, "-E", "LANG=C.UTF-8")
