"""The real circusd on the files of conf/circus, as they stand, in a directory that looks like a checkout.

    with Circus() as circus, Load(circus.address) as load:
        circus.deploy("exact.py", 2)
        circus.ctl("reload", "web")

The directory: `conf/circus/` with links to the shipped files, `releases/1`, and `examples`, a link to the latest release.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import Self

from kit.asked import free_port
from kit.environment import environment
from kit.lines import shown
from kit.logged import Logged
from kit.releases import Releases
from kit.server import Caged, listening
from kit.tail import Tail

CONF = Path(__file__).parents[2] / "conf" / "circus"
BIN = Path(sys.executable).parent
FILES = ("adapter.ini", "circus.ini")


class Circus(Logged):
    """circusd with one watcher, `web`, that serves `app`."""

    def __init__(self, app: str = "exact.py") -> None:
        self._port = free_port()
        self.address = f"127.0.0.1:{self._port}"
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-circus-"))
        self.conf = self.directory / "conf" / "circus"
        self.conf.mkdir(parents=True)
        for name in FILES:
            (self.conf / name).symlink_to(CONF / name)
        self.deploy = Releases(self.directory, "examples").deploy
        self.deploy(app, 1)

    def __enter__(self) -> Self:
        env = environment()
        env |= {"PORT": str(self._port), "PATH": f"{BIN}:{env['PATH']}", "PWD": str(self.conf), "PYTHONDONTWRITEBYTECODE": "1"}
        self.log = Tail(self.conf / "web.log")
        self.process = Caged([str(BIN / "circusd"), "circus.ini"], self.conf, env)
        try:
            self.log.wait_for("adapter: info: serving generation=")
            self.process.log.wait_for("web started")
        except BaseException:
            self._close(failed=True)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        failed = kind is not None
        try:
            if not failed:
                self.end()
        except BaseException:
            failed = True
            raise
        finally:
            complaints = self._close(failed=failed)
            if not failed:
                assert complaints == []

    def end(self) -> None:
        """TERM to circusd: it stops its watchers and leaves nobody."""
        self.process.signal(SIGTERM)
        assert self.process.exit_code(60) == 0
        self.process.wait_alone()

    def _close(self, *, failed: bool) -> list[str]:
        complaints = [f"a process is left: {words}" for words in self.process.end()]
        complaints += [f"{self.address} is listened to"] if listening(self.address) else []
        self.log.close()
        if failed or complaints:
            print(f"--- circusd, in {self.conf}", shown(self.process.log.all()), sep="\n", file=sys.stderr)
            print("--- web.log", shown(self.log.all()), sep="\n", file=sys.stderr)
        else:
            shutil.rmtree(self.directory)
        return complaints

    def ctl(self, *words: str) -> str:
        """`circusctl WORDS…`, which must succeed: what it printed."""
        argv = [str(BIN / "circusctl"), "--endpoint", "ipc://circus.endpoint", *words]
        done = subprocess.run(argv, cwd=self.conf, env=environment(), capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, f"{done}"
        return done.stdout

    @property
    def pid(self) -> int:
        """The process that circus knows."""
        return int(self.ctl("list", "web").strip())
