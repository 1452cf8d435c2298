"""The real svscan on a copy of conf/daemontools, in a directory that looks like a checkout.

    with Svscan() as svscan, Load(svscan.address) as load:
        svscan.deploy("exact.py", 2)
        svscan.svc("-h")

The directory: `conf/daemontools/`, the shipped files, of which only the address in `env/` is changed, as an operator would;
`service/web`, the link that svscan sees; `releases/1`, and `examples`, a link to the latest release, where env/ADAPTER_CHDIR leads.
Waiting is for lines of multilog's file, and for what supervise tells in its status file.
"""

import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import NamedTuple, Self

from kit.asked import free_port
from kit.environment import environment
from kit.lines import shown
from kit.logged import Logged
from kit.releases import Releases
from kit.server import Caged, listening
from kit.tail import Tail

CONF = Path(__file__).parents[2] / "conf" / "daemontools"
BIN = Path(sys.executable).parent
_GENERATED = shutil.ignore_patterns("supervise", "main", "*.control")


class Told(NamedTuple):
    """What supervise says of its service; `pid` 0: down."""

    pid: int
    paused: bool
    want: str

    @classmethod
    def of(cls, said: bytes) -> Self:
        """What these bytes say."""
        return cls(int.from_bytes(said[12:16], "little"), said[16] == 1, chr(said[17]))


class Status:
    """Each thing supervise tells: the 18 bytes of `supervise/status`, replaced as a whole (daemontools' supervise.c, announce).
    runsv's are the same, with two more behind them: 20.
    """

    def __init__(self, service: Path, size: int = 18) -> None:
        self._size = size
        argv = ["tail", "--bytes=+1", "--follow=name", "--retry", str(service / "supervise" / "status")]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.told: list[Told] = []

    def until(self, matters: Callable[[Told], bool], timeout: float = 60) -> Told:
        """What it tells now, or the first thing it tells from now on, that matters. AssertionError when that does not come."""
        assert self._process.stdout
        deadline = time.monotonic() + timeout
        while True:
            # All that is there first: only the last of it is now.
            while select.select([self._process.stdout], [], [], 0 if self.told else deadline - time.monotonic())[0]:
                said = self._process.stdout.read(self._size)
                assert len(said) == self._size, "tail has ended"
                self.told.append(Told.of(said))
            if self.told and matters(self.told[-1]):
                return self.told[-1]
            left = deadline - time.monotonic()
            assert left > 0 and select.select([self._process.stdout], [], [], left)[0], f"supervise told only {self.told}"

    def close(self) -> None:
        """Let go of the file."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class Svscan(Logged):
    """svscan with the one service `web`, up and serving `app`. `env`: further files of its envdir, or others' contents."""

    def __init__(self, app: str = "exact.py", env: Mapping[str, str] | None = None) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-svscan-"))
        self.service = self.directory / "conf" / "daemontools"
        shutil.copytree(CONF, self.service, ignore=_GENERATED)
        for name, text in {"ADAPTER_BIND": self.address, **(env or {})}.items():
            self.set(name, text)
        (self.directory / "service").mkdir()
        (self.directory / "service" / "web").symlink_to(self.service)
        self.deploy = Releases(self.directory, "examples").deploy
        self.deploy(app, 1)

    # -- its life ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        env = environment()
        env["PATH"] = f"{BIN}:{env['PATH']}"
        main = self.service / "log" / "main"
        main.mkdir()  # multilog would make it; but what is not there yet cannot be followed
        self.log = Tail(main / "current")
        self.process = Caged(["svscan", "service"], self.directory, env)
        self._statuses: dict[Path, Status] = {}
        self._ended = False
        try:
            self.log.wait_for("adapter: info: serving generation=")
            self._statuses = {where: Status(where) for where in (self.service, self.service / "log")}
        except BaseException:
            self._close()
            self._show()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None and not self._ended:
                self.end()
        except BaseException:
            self._close()
            self._show()
            raise
        left = [f"a process is left: {words}" for words in self._close()]
        if kind is None and not left and not listening(self.address):
            shutil.rmtree(self.directory)
            return
        self._show()
        if kind is None:
            raise AssertionError("; ".join([*left, f"{self.address} is {'' if listening(self.address) else 'not '}listened to"]))

    def end(self) -> None:
        """All of it, as an operator ends it: svscan first, or it would start supervise anew. Fails if somebody keeps the log's pipe.

        multilog is told nothing: it leaves at the end of its input, which comes when nobody can write there any more.
        """
        self._ended = True
        assert self.process.running, "svscan is gone: somebody signalled the process group"
        self.process.signal(SIGTERM)
        assert self.process.exit_code() == -SIGTERM
        self.svc("-x", where=self.service / "log")
        self.svc("-dx")
        self.process.wait_alone()

    def _close(self) -> list[str]:
        left = self.process.end()
        for status in self._statuses.values():
            status.close()
        self.log.close()
        return left

    def _show(self) -> None:
        print(f"--- svscan, in {self.directory}", shown(self.process.log.all()), sep="\n", file=sys.stderr)
        print("--- log/main/current", shown(self.log.all()), sep="\n", file=sys.stderr)

    # -- what operators do ---------------------------------------------------------------------------------------------

    def svc(self, letters: str, where: Path | None = None) -> int:
        """`svc LETTERS SERVICE`, which does not wait; returns the mark of the log before it."""
        mark = self.log.mark()
        self._run("svc", letters, where)
        return mark

    def svstat(self) -> str:
        """What `svstat` says after the service's name."""
        return self._run("svstat", "", None).stdout.partition(": ")[2].strip()

    def svok(self) -> int:
        """The exit code of `svok`."""
        return subprocess.run(["svok", str(self.service)], check=False).returncode

    def _run(self, program: str, letters: str, where: Path | None) -> subprocess.CompletedProcess[str]:
        argv = [program, *filter(None, [letters]), str(where or self.service)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), f"{done}"
        return done

    def adapter(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`adapter WORDS…`, in the service's directory."""
        argv = [str(BIN / "adapter"), *words]
        return subprocess.run(argv, cwd=self.service, capture_output=True, text=True, timeout=90, check=False)

    def set(self, name: str, text: str) -> None:
        """Replace a file of the envdir."""
        fresh = self.service / "env" / f".{name}.new"
        fresh.write_text(text + "\n" if text else "")
        fresh.rename(self.service / "env" / name)

    # -- facts ---------------------------------------------------------------------------------------------------------

    def until(self, matters: Callable[[Told], bool], where: str = ".") -> Told:
        """Wait until supervise says so, of the service or (`log`) of its logger."""
        return self._statuses[self.service / where].until(matters)

    def until_down(self) -> None:
        """Wait until supervise has seen the end of it."""
        self.until(lambda told: told.pid == 0)

    @property
    def pid(self) -> int:
        """The process id that supervise knows now (tail(1) may not have told of it yet); 0 when it is down."""
        return Told.of((self.service / "supervise" / "status").read_bytes()).pid

    def until_relieved(self, since: int) -> None:
        """Wait until every worker from before `since` has gone: those still answer for a moment after `serving generation=`."""
        for worker in self.workers()[: len(self.workers()) - len(self.workers(since))]:
            self.log.wait_for(rf"adapter: info: drained worker={worker.worker} ")
