"""Real services of one scan directory, under whichever scanner, svscan, runsvdir or s6-svscan, on copies of the files in conf/.

    with Scan(RUNIT) as scan, Load(scan["web"].address) as load:
        scan["web"].run("sv", "hup")

The directory: `NAME/conf/`, the shipped files, of which only the address in `env/` is changed, as an operator would; `service/NAME`, the
link that the scanner sees; `NAME/releases/1`, and `NAME/examples`, a link to the latest release, where env/ADAPTER_CHDIR leads.
Waiting is for lines of the logger's file.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from signal import SIGHUP, SIGTERM
from types import TracebackType
from typing import NamedTuple, Self

from kit.asked import free_port
from kit.environment import environment
from kit.lines import shown
from kit.logged import Logged
from kit.releases import Releases
from kit.server import Caged, listening
from kit.tail import Tail

CONF = Path(__file__).parents[2] / "conf"
BIN = Path(sys.executable).parent
_GENERATED = shutil.ignore_patterns("supervise", "event", "main", "*.control")


class Service(Logged):
    """One service in `directory`: a copy of the files of conf/KIND, and releases of `app`."""

    def __init__(self, kind: str, directory: Path, app: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = directory / "conf" / kind
        shutil.copytree(CONF / kind, self.directory, ignore=_GENERATED)
        self.set("ADAPTER_BIND", self.address)
        self.deploy = Releases(directory, "examples").deploy
        self.release = self.deploy(app, 1)
        (self.directory / "log" / "main").mkdir()  # what is not there yet cannot be followed
        self.log = Tail(self.directory / "log" / "main" / "current")

    # -- what operators do ---------------------------------------------------------------------------------------------

    def run(self, *words: str, code: int = 0) -> str:
        """`WORDS… SERVICE`, to its end, which must be `code`: what it said."""
        asked = self.start(*words)
        said, _ = asked.communicate(timeout=90)
        assert asked.returncode == code, f"{asked.args}: {asked.returncode}: {said}"
        return said

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The same, not waited for."""
        argv = [*words, str(self.directory)]
        return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_on_path())

    def set(self, name: str, text: str) -> None:
        """Replace a file of the envdir."""
        fresh = self.directory / "env" / f".{name}.new"
        fresh.write_text(text + "\n" if text else "")
        fresh.rename(self.directory / "env" / name)


class Kind(NamedTuple):
    """A scanner: the directory of conf/, its command (the scan directory follows), and how everything is ended."""

    conf: str
    argv: tuple[str, ...]
    end: Callable[["Scan"], None]


class Scan:
    """The scanner of `kind` with services `names`, all up and serving `app`. `env` changes files of their envdirs."""

    def __init__(self, kind: Kind, app: str = "exact.py", names: tuple[str, ...] = ("web",), **env: str) -> None:
        self._kind, self._names, self._app, self._env = kind, names, app, env

    def __getitem__(self, name: str) -> Service:
        return self.services[name]

    def __enter__(self) -> Self:
        self.directory = Path(tempfile.mkdtemp(prefix=f"adapter-{self._kind.conf}-"))
        self.scanned = self.directory / "service"
        self.scanned.mkdir()
        self.services = {name: Service(self._kind.conf, self.directory / name, self._app) for name in self._names}
        for name, service in self.services.items():
            for variable, text in self._env.items():
                service.set(variable, text)
            (self.scanned / name).symlink_to(service.directory)
        self.process = Caged([*self._kind.argv, str(self.scanned)], self.directory, _on_path())
        try:
            for service in self.services.values():
                service.log.wait_for("adapter: info: serving generation=", timeout=60)
        except BaseException:
            self._close()
            self._show()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None and self.process.running:
                self.end()
        except BaseException:
            self._close()
            self._show()
            raise
        complaints = [f"a process is left: {words}" for words in self._close()]
        complaints += [f"{each.address} is listened to" for each in self.services.values() if listening(each.address)]
        if kind is None and not complaints:
            shutil.rmtree(self.directory)
            return
        self._show()
        if kind is None:
            raise AssertionError("; ".join(complaints))

    def end(self) -> None:
        """All of it, as an operator ends it. Fails if somebody keeps a log's pipe: then its logger stays."""
        assert self.process.running, "the scanner is gone: somebody signalled the process group"
        self._kind.end(self)
        self.process.wait_alone(60)

    def _close(self) -> list[str]:
        left = self.process.end()
        for service in self.services.values():
            service.log.close()
        return left

    def _show(self) -> None:
        print(f"--- {self._kind.argv[0]}, in {self.directory}", shown(self.process.log.all()), sep="\n", file=sys.stderr)
        for name, service in self.services.items():
            print(f"--- {name}", shown(service.log.all()), sep="\n", file=sys.stderr)


def _on_path() -> dict[str, str]:
    env = environment()
    return env | {"PATH": f"{BIN}:{env['PATH']}"}


def _end_runsvdir(scan: Scan) -> None:
    """HUP: it tells every runsv to stop its service and leave, and exits."""
    scan.process.signal(SIGHUP)
    assert scan.process.exit_code() == 111  # runsvdir(8): the exit code after HUP


def _end_svscan_of_s6(scan: Scan) -> None:
    """TERM: all services down, in parallel, then the loggers."""
    scan.process.signal(SIGTERM)
    assert scan.process.exit_code(60) == 0


def _end_svscan(scan: Scan) -> None:
    """svscan first, or it would start supervise anew; loggers leave at the end of their input."""
    scan.process.signal(SIGTERM)
    assert scan.process.exit_code() == -SIGTERM
    for service in scan.services.values():
        subprocess.run(["svc", "-x", str(service.directory / "log")], check=True)
        service.run("svc", "-dx")


DAEMONTOOLS = Kind("daemontools", ("svscan",), _end_svscan)
RUNIT = Kind("runit", ("runsvdir", "-P"), _end_runsvdir)
S6 = Kind("s6", ("s6-svscan",), _end_svscan_of_s6)
