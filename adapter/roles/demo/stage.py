"""Where it happens: a directory, a port, the supervisor and its configuration; at the end all of it is gone."""

import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from typing import Self

from adapter.exits import Misuse, SystemFailure
from adapter.roles.demo.kinds import Kind
from adapter.unix import processes, procfs

_SAMPLE = os.path.join(os.path.dirname(__file__), "hello.py")
_LINE = 'GREETING = "Hello"'
_ENDING = 30.0  # seconds the supervisor has to end everything
_PATIENCE = 90.0  # seconds a command may take
_BINARIES = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on everybody's path
_OURS = ("ADAPTER_", "LISTEN_", "SUPERVISOR_", "NOTIFY_SOCKET")
_TAIL = 20  # lines
_LOWEST, _HIGHEST = 10000, 65535


class Stage:
    """`with Stage(kind) as stage:`; what is started in it ends with it. Raises Misuse when the supervisor is not installed."""

    def __init__(self, kind: Kind) -> None:
        scripts = sysconfig.get_path("scripts")
        path = os.pathsep.join((scripts, os.environ.get("PATH", os.defpath), *_BINARIES))
        if missing := [each for each in kind.programs if shutil.which(each, path=path) is None]:
            raise Misuse(
                f"demo {kind.name} needs {', '.join(missing)}: install {kind.name} first (Debian: apt install {kind.package})"
            )
        if shutil.which("adapter", path=path) is None:
            raise Misuse("demo needs the command `adapter` on the PATH, as operators have it: pip install puts it there")
        self.kind = kind
        self.port = _free_port()
        self.directory = ""
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | {"PATH": path}
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._release = 0

    def __enter__(self) -> Self:
        processes.become_subreaper()  # whoever loses a parent below us is ours to end
        self.directory = tempfile.mkdtemp(prefix="adapter-demo-")
        os.makedirs(os.path.join(self.directory, self.kind.service), exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def control(self) -> str:
        """The control socket, from our directory on."""
        return os.path.normpath(os.path.join(self.kind.service, "web.control"))

    # -- what operators do ---------------------------------------------------------------------------------------------

    def deploy(self, line: str) -> None:
        """A new release of the sample application, with this line for its greeting; in one step the link `current` leads to it."""
        self._release += 1
        release = os.path.join(self.directory, "releases", str(self._release))
        os.makedirs(release)
        with open(_SAMPLE, encoding="utf-8") as sample, open(os.path.join(release, "hello.py"), "w", encoding="utf-8") as file:
            file.write(sample.read().replace(_LINE, line))
        fresh, link = (os.path.join(self.directory, name) for name in ("current.new", "current"))
        os.symlink(os.path.join("releases", str(self._release)), fresh)
        os.replace(fresh, link)

    def configure(self) -> list[str]:
        """`adapter conf` writes the files; the command's words. Raises SystemFailure."""
        words = ["adapter", "conf", self.kind.name, "hello.py", "--name", "web", "--chdir", "current"]
        words += ["--bind", f"127.0.0.1:{self.port}", "--out", self.kind.service, "--", "--rollback-window", "1h"]
        if (done := self.run(words)).returncode != 0:
            raise SystemFailure("adapter conf refuses; below is why", detail=done.stdout)
        return words

    def start(self) -> None:
        """The supervisor, in a session of its own: Ctrl-C is for us to hear."""
        with open(os.path.join(self.directory, "supervisor.log"), "wb") as log:
            self._supervisor = subprocess.Popen(
                self.kind.start,
                cwd=self.directory,
                env=self._environ,
                executable=shutil.which(self.kind.start[0], path=self._environ["PATH"]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """A command, typed in our directory, to its end; what it says on either stream is `stdout`. Raises SystemFailure."""
        try:
            return subprocess.run(
                words,
                cwd=self.directory,
                env=self._environ,
                executable=shutil.which(words[0], path=self._environ["PATH"]),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SystemFailure(f"{' '.join(words)} takes longer than {_PATIENCE:g} s") from None

    def log(self) -> str:
        """The last lines of what the server and the supervisor said."""
        said = []
        for name in (os.path.join(self.kind.service, self.kind.log), "supervisor.log"):
            try:
                with open(os.path.join(self.directory, name), encoding="utf-8", errors="replace") as file:
                    said += file.read().splitlines()[-_TAIL:]
            except OSError:
                continue
        return "\n".join(said)

    # -- the end -------------------------------------------------------------------------------------------------------

    def close(self) -> list[str]:
        """End everything, remove the directory; what had to be killed. Twice does no harm."""
        if not self.directory:
            return []
        self._end()
        deadline = time.monotonic() + _ENDING
        while (left := _living()) and time.monotonic() < deadline:
            _await(left, deadline)
        killed = [" ".join(found.words) or found.name for pid in left if (found := procfs.process(pid))]
        while left := _living():
            for pid in left:
                processes.kill(pid, signal.SIGKILL)
            _await(left, time.monotonic() + 1)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory = ""
        return killed

    def _end(self) -> None:
        if self._supervisor is None:
            return
        self._supervisor.send_signal(signal.Signals[f"SIG{self.kind.end_signal}"])
        for words in self.kind.ends:
            self.run(words)
        try:
            self._supervisor.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()
        self._supervisor = None


def _living() -> list[int]:
    """Below us; the dead among our children are let go."""
    for _ in processes.reap():
        pass
    found = (procfs.process(pid) for pid in procfs.below(os.getpid()))
    return [each.pid for each in found if each is not None and each.state != "Z"]


def _await(pids: Sequence[int], deadline: float) -> None:
    """Until all of these have ended, or it is time."""
    for pid in pids:
        try:
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            select.select([process], [], [], max(0.0, deadline - time.monotonic()))
        finally:
            os.close(process)


def _free_port() -> int:
    """One that nobody has, if possible below those that the kernel gives to clients: a visitor may get none of them as its own."""
    said = procfs.kernel("net/ipv4/ip_local_port_range").split()[:1]
    end = int(said[0]) if said and int(said[0]) > _LOWEST + 1000 else _HIGHEST
    while True:
        port = random.randrange(_LOWEST, end)  # noqa: S311 -- any will do
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
