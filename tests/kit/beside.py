"""A site that has left uWSGI: an INI with a mule, translated for a supervisor by the command, and run under that as it was written.

    with Beside("s6") as site:
        pid = site.begun()

The directory: `shop.ini`, `hello.py`, `tasks.py` (examples/tasks.py, the mule), and `etc`, what `adapter translate --to KIND --out etc` wrote.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import NamedTuple, Self

from kit.asked import Asked, free_port
from kit.environment import environment
from kit.server import APPS, PROGRAM, Caged, listening
from kit.tail import Tail

EXAMPLES = Path(__file__).parents[2] / "examples"
BIN = Path(sys.executable).parent
_INI = """[uwsgi]
wsgi-file = hello.py
http-socket = {address}
env = SHOP=it's 100%
disable-logging
mule = tasks.py
"""


class Kind(NamedTuple):
    """A supervisor. `log` and `stop` of the mule; the words are run in `etc`."""

    argv: tuple[str, ...]
    log: str
    stop: tuple[str, ...]
    end: Callable[["Beside"], None]


class Beside:
    """The supervisor `kind` with both services, the application serving and the mule begun."""

    def __init__(self, kind: str) -> None:
        self._kind = KINDS[kind]
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = Path(tempfile.mkdtemp(prefix=f"adapter-beside-{kind}-"))
        self.etc = self.directory / "etc"
        shutil.copy(APPS / "hello.py", self.directory)
        shutil.copy(EXAMPLES / "tasks.py", self.directory)
        (self.directory / "shop.ini").write_text(_INI.format(address=self.address))
        argv = [*PROGRAM, "translate", "shop.ini", "--to", kind, "--out", "etc"]
        subprocess.run(argv, cwd=self.directory, check=True, capture_output=True, timeout=60)
        self.log, self._app = (self._tail(self._kind.log.format(name)) for name in ("shop-tasks", "shop"))

    def __enter__(self) -> Self:
        env = environment()
        self._env = env | {"PATH": f"{BIN}:{env['PATH']}"}
        self.process = Caged(list(self._kind.argv), self.etc, self._env)
        try:
            self._app.wait_for("adapter: info: serving generation=", timeout=60)
        except BaseException:
            self._close()
            raise
        return self

    def _tail(self, path: str) -> Tail:
        log = self.etc / path
        log.parent.mkdir(exist_ok=True)
        return Tail(log)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._kind.end(self)
                self.process.wait_alone(60)
        finally:
            left = self._close()
        assert left == []
        assert not listening(self.address)
        shutil.rmtree(self.directory)

    def _close(self) -> list[str]:
        left = self.process.end()
        for name, log in {self._kind.argv[0]: self.process.log, "the mule": self.log, "the application": self._app}.items():
            print(f"--- {name}, in {self.directory}", *log.all(), sep="\n", file=sys.stderr)
            log.close()
        return left

    def begun(self, since: int = 0) -> int:
        """Wait until the mule has begun: its pid."""
        return int(self.log.wait_for(r"tasks: begun pid=(\d+)", since=since, timeout=60)[1])

    def stop(self) -> None:
        """The mule alone."""
        self.run(*self._kind.stop)

    def run(self, *words: str) -> None:
        """To its end, in the directory of the configuration."""
        subprocess.run(words, cwd=self.etc, env=self._env, check=True, stdout=subprocess.DEVNULL, timeout=60)

    def answer(self) -> tuple[int, bytes]:
        """The application's."""
        return Asked(self.address, "/").answer()


def _end_supervisord(site: Beside) -> None:
    site.run("supervisorctl", "-c", "supervisord.conf", "shutdown")
    assert site.process.exit_code(60) == 0


def _end_s6(site: Beside) -> None:
    site.process.signal(SIGTERM)
    assert site.process.exit_code(60) == 0


def _end_svscan(site: Beside) -> None:
    site.process.signal(SIGTERM)
    assert site.process.exit_code() == -SIGTERM
    site.run("svc", "-x", "shop/log", "shop-tasks/log")
    site.run("svc", "-dx", "shop", "shop-tasks")


_MAIN = "{}/log/main/current"
KINDS = {
    "supervisord": Kind(
        ("supervisord", "--nodaemon", "--configuration", "supervisord.conf"),
        "{}.log",
        ("supervisorctl", "-c", "supervisord.conf", "stop", "shop-tasks"),
        _end_supervisord,
    ),
    "daemontools": Kind(("svscan", "."), _MAIN, ("svc", "-d", "shop-tasks"), _end_svscan),
    "s6": Kind(("s6-svscan", "."), _MAIN, ("s6-svc", "-wD", "-T", "60000", "-d", "shop-tasks"), _end_s6),
}
