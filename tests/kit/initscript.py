"""A site with a script of init's on it, as `adapter conf` makes it, whatever runs that script.

    site = Scripted("initd", directory)
    site.deploy("exact.py", 1)
    assert site.starting("start")[0] == 0

What a verb starts stays in the cage it was started in. The environment is bare, as service(8) leaves it.
"""

import os
import pwd
import subprocess
import sys
from pathlib import Path

from adapter.supervisors.confs.kinds import KINDS
from adapter.supervisors.confs.rendering import render
from adapter.supervisors.confs.shelf import templates
from adapter.supervisors.confs.values import Values
from kit.asked import free_port
from kit.releases import Releases
from kit.server import Caged


class Scripted:
    """`kind`: of `adapter conf`. `runner`: the words before the verb; without them the script runs itself."""

    def __init__(self, kind: str, directory: Path, runner: tuple[str, ...] = ()) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = directory
        self.deploy = Releases(directory, "current").deploy
        values = Values(
            name="shop",
            app="hello.py",
            chdir=f"{directory}/current",
            bind=self.address,
            drain=KINDS[kind].drain,
            program=str(Path(sys.executable).with_name("adapter")),
            user=pwd.getpwuid(os.getuid()).pw_name,
            run=f"{directory}/run",
            logs=f"{directory}/log",
        )
        ((path, file),) = render(KINDS[kind], templates(KINDS[kind]), [values]).items()
        self.script = directory / "init.d" / path
        self.script.parent.mkdir()
        self.script.write_text(file.text)
        self.script.chmod(file.mode)
        self._runner = runner or (str(self.script),)
        self._cages: list[Caged] = []
        self._env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}

    def starting(self, *words: str) -> tuple[int, str]:
        """A verb that may start a server: exit code, and what it said."""
        cage = Caged([*self._runner, *words], self.directory, self._env)
        self._cages.append(cage)
        return cage.exit_code(120), "\n".join(cage.log.all())

    def service(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Any other verb."""
        argv = [*self._runner, *words]
        return subprocess.run(argv, env=self._env, capture_output=True, text=True, timeout=120, check=False)

    @property
    def pid(self) -> int:
        """As the pidfile says."""
        return int((self.directory / "run" / "shop.pid").read_text())

    @property
    def log(self) -> str:
        """All of adapter's."""
        log = self.directory / "log" / "shop.log"
        return log.read_text() if log.exists() else ""

    def close(self) -> list[str]:
        """Kill what is left, and tell what it was."""
        return [each for cage in self._cages for each in cage.end()]
