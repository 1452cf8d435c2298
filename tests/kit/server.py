"""The real `adapter`, as a subprocess in a directory of its own, watched through its log.

    with Adapter("exact.py", "--workers=2") as server:
        with Load(server.address) as load:
            server.reload()
            report = load.stop()

On the way out it is stopped if it still runs, and the test fails if a process is left or the port is still listened to.
When the test fails, the log is printed and the directory kept.
"""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIGHUP, SIGTERM
from types import TracebackType
from typing import Any, NamedTuple, Self

from kit.cage import below
from kit.lines import Lines, shown
from kit.until import until

PROGRAM: tuple[str, ...] = (str(Path(sys.executable).with_name("adapter")),)
APPS = Path(__file__).parent.parent / "apps"
_OUTCOME = r"adapter: (info: serving generation=\d+ workers=|error: (chain-)?reload failed: )"
_FIELD = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|\S+)')


class Ready(NamedTuple):
    """A worker that said it was ready."""

    worker: int
    generation: int
    slot: int
    pid: int


class Caged:
    """A program in a cage (see kit.cage) in `directory`: its pid, its log's lines, its exit code, and what it leaves behind."""

    def __init__(self, argv: list[str], directory: Path, env: Mapping[str, str], *, stdin: int = -1) -> None:
        outlet, inlet = os.pipe()
        passed = [inlet] + ([stdin] if stdin >= 0 else [])
        cage = [sys.executable, "-I", str(Path(__file__).with_name("cage.py")), str(inlet), str(stdin), *argv]
        self._cage = subprocess.Popen(
            cage,
            cwd=directory,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=passed,
            start_new_session=True,
            text=True,
        )
        os.close(inlet)
        assert self._cage.stdout
        self.log = Lines(os.fdopen(outlet, errors="replace"))
        self._facts = Lines(self._cage.stdout)
        self.pid = int(self._fact("started")["started"])

    def _fact(self, name: str, timeout: float = 60) -> dict[str, Any]:
        return dict(json.loads(self._facts.wait_for(rf'^\{{"{name}"', timeout=timeout).string))

    def signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def exit_code(self, timeout: float = 60) -> int:
        """Wait for its end, and for the last of its log; negative: the signal that killed it."""
        ended = self._facts.wait_for(rf'^\{{"ended": {self.pid},', timeout=timeout)
        self.log.settle()
        return int(json.loads(ended.string)["code"])

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not any(line.startswith(f'{{"ended": {self.pid},') for line in self._facts.all())

    def wait_alone(self, timeout: float = 60) -> None:
        """Until it and every process it left behind have ended (all become the cage's children once their parent has)."""
        self._fact("alone", timeout)

    def processes(self) -> dict[int, str]:
        """The processes alive below the cage, it included: pid and command line."""
        return below(self._cage.pid)

    def end(self) -> list[str]:
        """Kill whatever is left, and tell what it was."""
        assert self._cage.stdin
        self._cage.stdin.close()
        left = list(self._fact("left")["left"])
        self._cage.wait()
        self._facts.close()
        self.log.close()
        return left


class Adapter:
    """`adapter COMMAND APP OPTIONS…`. `app` is a file of tests/apps (copied into the directory) or any other spec, as it stands.

    Bound to `bind`; with `bind` empty no address is given; `{directory}` in any word becomes the directory. `stdin`: a descriptor to be its fd 0. `env`: on top of ours; None removes.
    `keeps_listener`: its address stays listened to after it, by whoever gave it. Set `program` to run another than the console script.
    """

    command = "serve"

    def __init__(
        self,
        app: str,
        *options: str,
        bind: tuple[str, ...] = ("127.0.0.1:0",),
        stdin: int = -1,
        env: Mapping[str, str | None] | None = None,
        keeps_listener: bool = False,
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-test-"))
        name = app.partition(":")[0]
        if (APPS / name).is_file():
            shutil.copy(APPS / name, self.directory / name)
        self.program = PROGRAM
        words = [self.command, app, *(f"--bind={a}" for a in bind), *options]
        self._words = [word.replace("{directory}", str(self.directory)) for word in words]
        self._stdin = stdin
        # No .pyc: Python takes a cached one for fresh when the source was replaced within the same second by one as long.
        ours = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("ADAPTER_", "LISTEN_", "PYTHON", "PYTEST_"))}
        merged: dict[str, str | None] = {**inherited, **ours, **(env or {})}
        self._env = {k: v for k, v in merged.items() if v is not None}
        self._keeps_listener = keeps_listener
        self.process: Caged

    def __enter__(self) -> Self:
        self.process = Caged([*self.program, *self._words], self.directory, self._env, stdin=self._stdin)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None and self.process.running:
                assert self.stop() == 0, "it was asked to stop, and did not exit with 0"
        except AssertionError as failure:
            self._close()
            self._show()
            raise failure from None
        complaints = self._close()
        if kind is None and not complaints:
            shutil.rmtree(self.directory)
            return
        self._show()
        if kind is None:
            raise AssertionError("; ".join(complaints))
        print(*complaints, sep="\n", file=sys.stderr)

    def _close(self) -> list[str]:
        if not self.process.running:
            with suppress(AssertionError):  # whom a preloader had forked a moment before its end learns it by itself
                self.process.wait_alone(30)
        left = self.process.end()
        complaints = [f"a process is left: {words}" for words in left]
        if self._keeps_listener:
            return complaints
        return complaints + [f"{address} is still listened to" for address in self._said_addresses() if listening(address)]

    def _show(self) -> None:
        print(f"--- {' '.join(self._words)}, in {self.directory}", shown(self.log.all()), sep="\n", file=sys.stderr)

    @property
    def log(self) -> Lines:
        """What it wrote to stdout and stderr."""
        return self.process.log

    def _said_addresses(self) -> list[str]:
        said = [re.search(r"adapter: info: listening .*?address=\"?([^\s\"]+)", line) for line in self.log.all()]
        return list(dict.fromkeys(match[1] for match in said if match))

    @property
    def addresses(self) -> list[str]:
        """Where it says it listens, in the order of its log."""
        self.log.wait_for(r"adapter: info: listening .*address=")
        return self._said_addresses()

    @property
    def address(self) -> str:
        """The first of them, once a generation serves."""
        self.wait_for("adapter: info: serving generation=")
        return self.addresses[0]

    def wait_for(self, pattern: str, timeout: float = 60, since: int = 0) -> dict[str, str]:
        """Wait for a line of its log that matches; its `name=value` fields. AssertionError (with the log) when there is none."""
        return fields(self.log.wait_for(pattern, timeout=timeout, since=since).string)

    def ready(self, since: int = 0) -> list[Ready]:
        """The workers that said they were ready, in the order of the log."""
        self.log.settle()
        said = [fields(line) for line in self.log.all(since) if "adapter: info: ready worker=" in line]
        return [Ready(*(int(each[name]) for name in Ready._fields)) for each in said]

    def signal(self, number: int) -> int:
        """Send the master a signal; returns the mark of the log before it, for `since`."""
        mark = self.log.mark()
        self.process.signal(number)
        return mark

    def reload(self, number: int = SIGHUP, timeout: float = 60) -> dict[str, str]:
        """Ask for a reload and wait until the new generation serves; fails when it is refused."""
        line = self.log.wait_for(_OUTCOME, timeout=timeout, since=self.signal(number)).string
        assert " failed: " not in line, line
        return fields(line)

    def refuse_reload(self, number: int = SIGHUP, timeout: float = 60) -> str:
        """Ask for a reload and wait until it is refused; the line that says why. Fails when it succeeds."""
        line = self.log.wait_for(_OUTCOME, timeout=timeout, since=self.signal(number)).string
        assert " failed: " in line, line
        return line

    def stop(self, number: int = SIGTERM, timeout: float = 60) -> int:
        """Ask it to stop and wait for its end; its exit code."""
        with suppress(ProcessLookupError):  # it may have ended already, by what else the test has said
            self.signal(number)
        return self.process.exit_code(timeout)

    def write(self, name: str, text: str) -> Path:
        """Replace the file `name` of its directory in one step, as a careful deploy does."""
        path = self.directory / name
        fresh = path.with_name(f".{name}.new")
        fresh.write_text(text)
        fresh.rename(path)
        return path

    def install(self, app: str, name: str) -> Path:
        """Put the file `app` of tests/apps under the name `name` into its directory."""
        return self.write(name, (APPS / app).read_text())


def fields(line: str) -> dict[str, str]:
    """The `name=value` fields of a log line."""
    return {name: value.strip('"') for name, value in _FIELD.findall(line)}


def listening(address: str) -> bool:
    """Whether any socket of this machine listens there (as /proc/net says; nothing is connected to)."""
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        # Flags 00010000 is __SO_ACCEPTCON (Linux, net/unix/af_unix.c: unix_seq_show).
        rows = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()[1:]]
        return any(row[3] == "00010000" and row[7:] == [path] for row in rows)
    port = f":{int(address.rpartition(':')[2]):04X}"
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    return any(row.split()[1].endswith(port) and row.split()[3] == "0A" for table in tables for row in table)


def wait_until_gone(pid: int, timeout: float = 60) -> None:
    """Until the process `pid` has ended (a pidfd becomes readable; Linux pidfd_open(2))."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([fd], [], [], timeout)[0], f"pid {pid} is still there after {timeout} s"
    finally:
        os.close(fd)


def wait_until_stopped(pid: int, timeout: float = 60) -> None:
    """Until SIGSTOP has stopped it (proc(5), state T): it is sent before that, and a signal of a lower number, sent later, may be taken first."""
    until(lambda: state_of(pid), lambda state: state == "T", timeout=timeout)


def state_of(pid: int) -> str:
    """R, S, T, Z… (proc(5), /proc/PID/stat); empty when nothing is left of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until_reaped(pid: int, timeout: float = 60) -> None:
    """Until nothing is left of it, not even a zombie, which kill(2) still finds (so start-stop-daemon does)."""
    wait_until_gone(pid, timeout)
    until(lambda: state_of(pid), lambda state: not state, timeout=timeout)  # nothing tells of the end of somebody else's zombie
