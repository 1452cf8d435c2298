"""Those who start adapter for a connection, or with a listener: xinetd, Debian's inetd, tcpserver, socat; the real programs.

    with Xinetd("shop", "exact.py") as site, Load(site.address) as load:
        site.deploy("exact.py", 2)

Each runs a file as in conf/xinetd or conf/inetd, made for the site by the line of the README there. The directory
is what the samples call /opt/shop: `venv`, `current`, a link to the latest of `releases/`, and `log`.
"""

import contextlib
import io
import os
import pwd
import re
import shlex
import shutil
import string
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import Self

from adapter.cli.main import run
from kit.asked import Asked, free_port
from kit.environment import environment
from kit.lines import Lines, shown
from kit.releases import Releases
from kit.server import Caged, listening
from kit.tail import Tail

ROOT = Path(__file__).parents[2]
INETD = ROOT / ".build" / "openbsd-inetd" / "usr" / "sbin" / "inetd"  # .ci/debian puts it there: it cannot live beside xinetd
INETUTILS = ROOT / ".build" / "inetutils-inetd" / "usr" / "sbin" / "inetutils-inetd"


class Site:
    """A directory like /opt/shop and a super-server on it. `changed`: words of the sample to be otherwise, `{directory}` for this one."""

    folder = "inetd"
    ready = ""
    """A line of the super-server's own log that says it listens."""
    signalled = -SIGTERM
    """Its exit code after TERM."""

    def __init__(self, sample: str, app: str = "exact.py", changed: Mapping[str, str] | None = None) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self.directory = Path(tempfile.mkdtemp(prefix="adapter-inetd-"))
        (self.directory / "venv").symlink_to(sys.prefix)
        (self.directory / "log").mkdir()
        self.deploy = Releases(self.directory, "current").deploy
        self.deploy(app, 1)
        text = _installed(self.folder, sample, {"SHOP": str(self.directory), "PORT": str(port)})
        for words, other in (changed or {}).items():
            old = words.replace("{directory}", str(self.directory))
            assert text.count(old) == 1, f"{old} is there {text.count(old)} times"
            text = text.replace(old, other)
        self.sample = self.directory / "sample"
        self.sample.write_text(text)

    def argv(self) -> list[str]:
        """The command that runs the sample."""
        return ["sh", str(self.sample)]

    def own_log(self) -> Lines:
        """What the super-server says."""
        return self.process.log

    def web_log(self) -> Lines:
        """What adapter and the application say."""
        return self.process.log

    # -- its life ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        env = environment()
        env["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
        self.process = Caged(self.argv(), self.directory, env)
        self.own = self.own_log()
        self.log = self.web_log()
        try:
            self.own.wait_for(self.ready)
        except BaseException:
            self._close()
            self._show()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
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
        """Stop the super-server, then the servers that it leaves behind; those of single connections end by themselves."""
        self.stop()
        if (pidfile := self.directory / "log" / "shop.pid").exists():
            stopped = self.adapter("stop", str(pidfile), "--wait")
            assert stopped.returncode == 0 or not pidfile.exists(), f"{stopped}"  # it may have left by itself meanwhile
        self.process.wait_alone()

    def stop(self) -> None:
        """TERM to the super-server."""
        if self.process.running:
            self.process.signal(SIGTERM)
            assert self.process.exit_code() == self.signalled

    def _close(self) -> list[str]:
        left = self.process.end()
        for log in {self.own, self.log} - {self.process.log}:
            log.close()
        return left

    def _show(self) -> None:
        print(f"--- {' '.join(self.argv())}, in {self.directory}", shown(self.process.log.all()), sep="\n", file=sys.stderr)
        for log in {self.own, self.log} - {self.process.log}:
            print("--- a log", shown(log.all()), sep="\n", file=sys.stderr)

    # -- what clients and operators do ---------------------------------------------------------------------------------

    def adapter(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`adapter WORDS…`."""
        argv = [str(self.directory / "venv" / "bin" / "adapter"), *words]
        return subprocess.run(argv, cwd=self.directory, capture_output=True, text=True, timeout=90, check=False)

    def ask(self, path: str, source: str = "") -> Asked:
        """Send a request; its answer can be waited for later."""
        return Asked(self.address, path, source=source)

    @property
    def pid(self) -> int:
        """The process id of the server in `wait` mode, as an operator finds it."""
        return int((self.directory / "log" / "shop.pid").read_text())


class Xinetd(Site):
    """xinetd on a file of conf/xinetd."""

    folder = "xinetd"
    ready = "Started working: 1 available service"
    signalled = 0

    def argv(self) -> list[str]:
        log = self.directory / "log"
        return ["xinetd", "-dontfork", "-f", str(self.sample), "-pidfile", f"{log}/xinetd.pid", "-filelog", f"{log}/xinetd.log"]

    def own_log(self) -> Lines:
        return Tail(self.directory / "log" / "xinetd.log")

    def web_log(self) -> Lines:
        return Tail(self.directory / "log" / "shop.log")


class Inetd(Site):
    """Debian's inetd (openbsd-inetd) on a file of conf/inetd."""

    ready = "^ADD: "
    signalled = 0

    def argv(self) -> list[str]:
        return [str(INETD), "-d", str(self.sample)]  # -d: in the foreground, as -i, and it says when it listens

    def web_log(self) -> Lines:
        return Tail(self.directory / "log" / "shop.log")


class Inetutils(Inetd):
    """GNU's inetd (inetutils) on the same file."""

    ready = "^registered "
    signalled = -SIGTERM

    def argv(self) -> list[str]:
        return [str(INETUTILS), "-d", "-p", str(self.directory / "inetd.pid"), str(self.sample)]


class Tcpserver(Site):
    """tcpserver of ucspi-tcp, as conf/inetd/tcpserver has it."""

    ready = "^tcpserver: status: 0/"
    signalled = 0

    def __init__(self, app: str = "exact.py", changed: Mapping[str, str] | None = None) -> None:
        super().__init__("tcpserver", app, changed)


class Socat(Site):
    """socat, as conf/inetd/socat has it; `how` replaces its `nofork`."""

    ready = "listening on "
    signalled = 128 + SIGTERM

    def __init__(self, app: str = "exact.py", changed: Mapping[str, str] | None = None, how: str = ",nofork") -> None:
        super().__init__("socat", app, {"\"',nofork": f"\"'{how}", **(changed or {})})


def _installed(folder: str, sample: str, words: Mapping[str, str]) -> str:
    """The sample as the README's own line installs it, with the kind that makes this file."""
    readme = (ROOT / "conf" / folder / "README.md").read_text()
    (line,) = re.findall(rf"^ *\$SHOP/venv/bin/adapter (conf {folder} .*) >>? /etc/", readme, re.MULTILINE)
    kind = sample.replace("shop", folder)
    words = {**words, "OWNER": pwd.getpwuid(os.getuid()).pw_name}
    argv = shlex.split(string.Template(line.replace(f"conf {folder} ", f"conf {kind} ")).substitute(words))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert run(argv) == 0
    return printed.getvalue()
