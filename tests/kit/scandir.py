"""A holder (conf/hold) and a server beside it (conf/daemontools, its address the holder's) under svscan, runsvdir or s6-svscan.

    with Scandir(SVSCAN) as site, Load(site.address) as load:
        site.restart("web")

Only addresses are changed in the shipped files. Waiting is for lines of the server's log.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from signal import SIGHUP, SIGTERM
from types import TracebackType
from typing import NamedTuple, Self

from kit.asked import free_port
from kit.environment import environment
from kit.lines import shown
from kit.releases import Releases
from kit.server import Caged, fields
from kit.tail import Tail

CONF = Path(__file__).parents[2] / "conf"
BIN = Path(sys.executable).parent
_GENERATED = shutil.ignore_patterns("supervise", "main", "*.control", "*.sock", "event")


class Kind(NamedTuple):
    """One supervisor: how it is started on a scan directory, and how its operators say it (`{}` is the service)."""

    name: str
    start: tuple[str, ...]
    restart: tuple[str, ...]
    down: tuple[str, ...]
    up: tuple[str, ...]
    hup: tuple[str, ...]
    end: int

    def __str__(self) -> str:
        return self.name


SVSCAN = Kind("svscan", ("svscan", "service"), ("svc", "-t"), ("svc", "-d"), ("svc", "-u"), ("svc", "-h"), SIGTERM)
RUNSVDIR = Kind(
    "runsvdir",
    ("runsvdir", "-P", "service"),
    ("sv", "-w", "60", "restart"),
    ("sv", "-w", "60", "down"),
    ("sv", "up"),
    ("sv", "hup"),
    SIGHUP,
)
S6 = Kind("s6-svscan", ("s6-svscan", "service"), ("s6-svc", "-r"), ("s6-svc", "-d"), ("s6-svc", "-u"), ("s6-svc", "-h"), SIGTERM)
KINDS = (SVSCAN, RUNSVDIR, S6)


class Scandir:
    """Services `hold` and `servers`, each on the listener `web`. `env` changes files of their envdirs."""

    def __init__(self, kind: Kind, *servers: str, app: str = "exact.py", held: bool = True, **env: str) -> None:
        self.kind = kind
        self.servers = servers or ("web",)
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-scandir-"))
        self._services = ("hold", *self.servers) if held else self.servers
        if held:
            shutil.copytree(CONF / "hold", self.directory / "hold", ignore=_GENERATED)
            (self.directory / "hold" / "listeners").write_text(f"web={self.address}\n")
        bind = "hold:../hold/hold.sock#web" if held else self.address
        for name in self.servers:
            shutil.copytree(CONF / "daemontools", self.directory / name, ignore=_GENERATED)
            for variable, text in {"ADAPTER_BIND": bind, "ADAPTER_CHDIR": "../examples", **env}.items():
                (self.directory / name / "env" / variable).write_text(f"{text}\n")
            (self.directory / name / "log" / "main").mkdir()
        (self.directory / "service").mkdir()
        for name in self._services:
            (self.directory / "service" / name).symlink_to(self.directory / name)
        self.deploy = Releases(self.directory, "examples").deploy
        self.deploy(app, 1)

    def __enter__(self) -> Self:
        env = environment()
        env["PATH"] = f"{BIN}:{env['PATH']}"
        self.logs = {name: Tail(self.directory / name / "log" / "main" / "current") for name in self.servers}
        self.process = Caged(list(self.kind.start), self.directory, env)
        try:
            for log in self.logs.values():
                log.wait_for("adapter: info: serving generation=")
        except BaseException:
            self._close(failed=True)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close(failed=kind is not None)

    def _close(self, *, failed: bool) -> None:
        self.process.signal(self.kind.end)
        for name in self._services:
            for where in (self.directory / name, self.directory / name / "log"):
                if self.kind is SVSCAN and where.is_dir():
                    subprocess.run(["svc", "-dx", str(where)], capture_output=True, check=False)
        try:
            self.process.wait_alone(60)
        except AssertionError:
            failed = True
            raise
        finally:
            if failed:
                print(f"--- {self.kind}, in {self.directory}", shown(self.process.log.all()), sep="\n", file=sys.stderr)
                for name, log in self.logs.items():
                    print(f"--- {name}/log/main/current", shown(log.all()), sep="\n", file=sys.stderr)
            self.process.end()
            for log in self.logs.values():
                log.close()
            if not failed:
                shutil.rmtree(self.directory)

    def say(self, words: tuple[str, ...], name: str) -> tuple[int, int]:
        """Run `WORDS SERVICE`: the mark of the server's log before it, and the exit code."""
        mark = self.logs[name].mark() if name in self.logs else 0
        done = subprocess.run([*words, str(self.directory / "service" / name)], capture_output=True, check=False, timeout=120)
        return mark, done.returncode

    def serving(self, since: int, name: str = "web") -> str:
        """Wait for the end of a start or reload after this mark; the line that tells it."""
        return (
            self.logs[name]
            .wait_for("adapter: (info: serving generation=|error: reload failed: )", since=since, timeout=60)
            .string
        )

    def restart(self, name: str = "web") -> None:
        """As an operator does it, and until the new process serves."""
        mark, code = self.say(self.kind.restart, name)
        assert code == 0
        assert "serving" in self.serving(mark, name)

    def pid(self, name: str = "web") -> int:
        """The latest process that said it starts."""
        starts = [fields(line) for line in self.logs[name].all() if "adapter: info: starting " in line]
        return int(starts[-1]["pid"])
