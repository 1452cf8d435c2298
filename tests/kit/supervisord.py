"""The real supervisord on the files of conf/supervisord, as they stand, in a directory that looks like a checkout.

    with Supervisord("adapter.conf") as sv, Load(sv.address) as load:
        sv.deploy("exact.py", 2)
        sv.ctl("signal", "HUP", "web")

The directory: `conf/supervisord/` with links to the shipped files (`%(here)s` is where the link is), `releases/1`, and
`examples`, a link to the latest release, so that `--chdir` meets what it is there for. Waiting is for lines: supervisord tells
every change of state on its stdout, the programs tell theirs in their log files.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from kit.asked import Asked, free_port
from kit.environment import environment
from kit.lines import Lines, shown
from kit.server import APPS, Caged, Ready, fields, listening

CONF = Path(__file__).parents[2] / "conf" / "supervisord"
BIN = Path(sys.executable).parent
_OUTCOME = r"adapter: (info: serving generation=|error: reload failed: )"


class Supervisord:
    """supervisord with `main`, and `program`, a file of conf/supervisord, as what that includes. `changed`: settings of the program
    to be otherwise; a whole line that is to be nothing is left out.
    """

    def __init__(
        self,
        program: str = "adapter.conf",
        app: str = "exact.py",
        changed: Mapping[str, str] | None = None,
        main: str = "supervisord.conf",
    ) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-sv-"))
        self._conf = self.directory / "conf" / "supervisord"
        self._conf.mkdir(parents=True)
        (self._conf / "supervisord.conf").symlink_to(CONF / main)
        included = self._conf / ("adapter.conf" if main == "supervisord.conf" else program)
        if changed:
            included.write_text(_changed((CONF / program).read_text(), changed))
        else:
            included.symlink_to(CONF / program)
        several = re.search(r"^numprocs=(\d+)", included.read_text(), re.MULTILINE)
        self.names = tuple(f"web:web_{number:02}" for number in range(int(several[1]))) if several else ("web",)
        self.deploy(app, 1)
        self.logs: dict[str, Lines] = {}
        self._tails: list[subprocess.Popen[str]] = []
        self._asked: list[subprocess.Popen[str]] = []

    # -- its life ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        env = environment()
        env |= {"PORT": str(self.port), "PATH": f"{BIN}:{env['PATH']}"}
        argv = [str(BIN / "supervisord"), "--nodaemon", "--configuration", "conf/supervisord/supervisord.conf"]
        self.process = Caged(argv, self.directory, env)
        self.log = self.process.log
        try:
            self._start()
        except BaseException:
            self._close()
            self._show()
            raise
        return self

    def _start(self) -> None:
        self.log.wait_for("supervisord started with pid")
        self.rpc("getState")  # it looks at its programs once a second, and whenever it is spoken to
        for name in self.names:
            path = self._conf / f"{name.rpartition(':')[2]}.log"
            # `tail` follows by inotify, through rotation, and waits for a file that is still to come.
            argv = ["tail", "--lines=+1", "--follow=name", "--retry", str(path)]
            tail = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace")
            assert tail.stdout
            self._tails.append(tail)
            self.logs[name] = Lines(tail.stdout)
        for log in self.logs.values():
            log.wait_for("adapter: info: serving generation=")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None and self.process.running:
                self.shutdown()
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

    def _close(self) -> list[str]:
        left = self.process.end()
        for asked in self._asked:  # who is left by a test that failed must not fail the next one
            asked.kill()
            asked.wait()
            if asked.stdout:
                asked.stdout.close()
        for tail in self._tails:
            tail.terminate()
            tail.wait()
        for log in self.logs.values():
            log.close()
        return left

    def _show(self) -> None:
        print(f"--- supervisord, in {self.directory}", shown(self.log.all()), sep="\n", file=sys.stderr)
        for name, log in self.logs.items():
            print(f"--- {name}", shown(log.all()), sep="\n", file=sys.stderr)

    # -- what operators do ---------------------------------------------------------------------------------------------

    def ctl(self, *words: str, code: int = 0) -> str:
        """`supervisorctl WORDS…`: what it printed. AssertionError when it exits otherwise than with `code`."""
        asked = self.asking(*words)
        said, _ = asked.communicate(timeout=180)
        assert asked.returncode == code, f"supervisorctl {' '.join(words)}: exit code {asked.returncode}\n{said}"
        return said

    def asking(self, *words: str) -> subprocess.Popen[str]:
        """`supervisorctl WORDS…`, not waited for. Without PORT: that is supervisord's to know."""
        argv = [str(BIN / "supervisorctl"), "-c", str(self._conf / "supervisord.conf"), *words]
        self._asked.append(subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return self._asked[-1]

    def adapter(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`adapter WORDS…`, run beside the control sockets."""
        return subprocess.run(
            [str(BIN / "adapter"), *words], cwd=self._conf, capture_output=True, text=True, timeout=90, check=False
        )

    def rpc(self, method: str, *arguments: Any, of: str = "supervisor") -> Any:
        """A call of supervisord's XML-RPC interface, or of the plug-in `of`."""
        transport = SupervisorTransport(None, None, f"unix://{self._conf}/supervisor.sock")
        try:
            return getattr(ServerProxy("http://127.0.0.1", transport), f"{of}.{method}")(*arguments)
        finally:
            transport.close()

    def deploy(self, app: str, version: int) -> Path:
        """A new release: the file `app` of tests/apps as hello.py, `version` beside it; `examples` is moved on to it in one step."""
        release = self.directory / "releases" / str(version)
        release.mkdir(parents=True)
        (release / "hello.py").write_text((APPS / app).read_text())
        (release / "version").write_text(f"{version}\n")
        link = self.directory / "examples.new"
        link.symlink_to(release)
        link.rename(self.directory / "examples")
        return release

    def reload(self) -> list[str]:
        """`signal HUP` to all, waited for; the lines that tell the outcomes."""
        marks = {name: log.mark() for name, log in self.logs.items()}
        self.ctl("signal", "HUP", *self.names)
        return [self.logs[name].wait_for(_OUTCOME, since=mark, timeout=60).string for name, mark in marks.items()]

    def shutdown(self) -> None:
        """`supervisorctl shutdown`, waited for."""
        self.ctl("shutdown")
        assert self.process.exit_code(60) == 0

    # -- facts ---------------------------------------------------------------------------------------------------------

    def pids(self) -> list[int]:
        """The process ids that supervisord knows, of programs that it takes for running."""
        told = [self.rpc("getProcessInfo", name) for name in self.names]
        assert all(each["statename"] in {"STARTING", "RUNNING"} for each in told), f"{told}"
        return [int(each["pid"]) for each in told]

    def state(self, name: str = "web") -> str:
        """RUNNING, STOPPED…, as supervisord says."""
        return str(self.rpc("getProcessInfo", name)["statename"])

    def workers(self, name: str = "web") -> list[Ready]:
        """The workers of that program that said they were ready, in the order of its log."""
        said = [fields(line) for line in self.logs[name].all() if "adapter: info: ready worker=" in line]
        return [Ready(*(int(each[field]) for field in Ready._fields)) for each in said]

    def ask(self, path: str) -> Asked:
        """Send a request; its answer can be waited for later."""
        return Asked(self.address, path)

    def ask_slow(self, seconds: float) -> Asked:
        """A request that the application (slow.py) has already begun to work on for `seconds`."""
        (log,) = self.logs.values()
        mark = log.mark()
        asked = self.ask(f"/slow?seconds={seconds}")
        log.wait_for("^slow: begun", since=mark)
        return asked


def _changed(text: str, changed: Mapping[str, str]) -> str:
    for setting, value in changed.items():
        if setting in text and not value:  # a line of the command, left out
            text = text.replace(f"{setting}\n", "")
            continue
        text, count = re.subn(rf"^{setting}=\S+", f"{setting}={value}", text, flags=re.MULTILINE)
        assert count == 1, f"{setting}= is there {count} times"
    return text
