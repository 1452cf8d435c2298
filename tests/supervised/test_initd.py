"""The SysV script of conf/initd, made for a site by `adapter conf`, with Debian's start-stop-daemon: each verb and its LSB exit code.

https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/iniscrptact.html
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from signal import SIGKILL

import pytest

from adapter.supervisors.confs.kinds import KINDS
from adapter.supervisors.confs.rendering import render
from adapter.supervisors.confs.shelf import templates
from adapter.supervisors.confs.values import Values
from kit.asked import Asked, free_port
from kit.load import Load
from kit.releases import Releases, until_only
from kit.server import Caged, listening, wait_until_reaped


class Initd:
    """A site with its script. What the script starts stays in the cage it was started in."""

    def __init__(self, directory: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.directory = directory
        self.deploy = Releases(directory, "current").deploy
        values = Values(
            name="shop",
            app="hello.py",
            chdir=f"{directory}/current",
            bind=self.address,
            drain=KINDS["initd"].drain,
            program=str(Path(sys.executable).with_name("adapter")),
            user=pwd.getpwuid(os.getuid()).pw_name,
            run=f"{directory}/run",
            logs=f"{directory}/log",
        )
        ((path, file),) = render(KINDS["initd"], templates(KINDS["initd"]), [values]).items()
        self.script = directory / path
        self.script.write_text(file.text)
        self.script.chmod(file.mode)
        self._cages: list[Caged] = []
        # An init script is run with a bare environment (service(8)).
        self._env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}

    def starting(self, *words: str) -> tuple[int, str]:
        """A verb that may start a server: exit code, and what it said."""
        cage = Caged([str(self.script), *words], self.directory, self._env)
        self._cages.append(cage)
        return cage.exit_code(120), "\n".join(cage.log.all())

    def service(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Any other verb."""
        argv = [str(self.script), *words]
        return subprocess.run(argv, env=self._env, capture_output=True, text=True, timeout=120, check=False)

    @property
    def pid(self) -> int:
        """As the pidfile says."""
        return int((self.directory / "run" / "shop.pid").read_text())

    def close(self) -> list[str]:
        """Kill what is left, and tell what it was."""
        return [each for cage in self._cages for each in cage.end()]


@pytest.fixture
def initd():
    """A site of its own; nothing may be left of it."""
    site = Initd(Path(tempfile.mkdtemp(prefix="adapter-initd-")))
    try:
        yield site
    finally:
        left = site.close()
        log = site.directory / "log" / "shop.log"
        print(log.read_text() if log.exists() else "no log", file=sys.stderr)
    assert left == []
    assert not listening(site.address)
    shutil.rmtree(site.directory)


def test_a_life(initd):
    """start (twice), status, reload (good and broken), restart, stop (twice): LSB's codes; 0 failed in a reload, 0 lost in a restart."""
    initd.deploy("exact.py", 1)
    assert initd.starting("start")[0] == 0
    pid = initd.pid
    assert initd.starting("start")[0] == 0
    status = initd.service("status")
    assert (status.returncode, initd.pid) == (0, pid), status
    assert "generation" in status.stdout

    with Load(initd.address) as load:
        initd.deploy("exact.py", 2)
        assert initd.service("reload").returncode == 0
        until_only("2", load)
        initd.deploy("syntax_error.broken", 3)
        refused = initd.service("force-reload")
        assert refused.returncode == 1, refused
        assert "SyntaxError" in refused.stderr
        report = load.stop()
        assert report.failed == 0, str(report)
        assert initd.pid == pid

    initd.deploy("exact.py", 4)
    with Load(initd.address) as load:
        assert initd.starting("restart")[0] == 0
        until_only("4", load)
        report = load.stop()
        assert report.lost == 0, str(report)
        assert initd.pid != pid

    assert initd.starting("try-restart")[0] == 0
    assert initd.service("stop").returncode == 0
    assert initd.service("stop").returncode == 0


def test_without_a_process(initd):
    """Nothing runs: status 3, reload 7, try-restart and stop 0; an unknown verb 3, none 2. Killed: status 1, and start starts."""
    initd.deploy("hello.py", 1)
    codes = {verb: initd.service(verb).returncode for verb in ("status", "reload", "try-restart", "stop", "sing")}
    assert codes == {"status": 3, "reload": 7, "try-restart": 0, "stop": 0, "sing": 3}
    assert initd.service().returncode == 2

    assert initd.starting("start")[0] == 0
    os.kill(initd.pid, SIGKILL)
    wait_until_reaped(initd.pid)
    assert initd.service("status").returncode == 1
    assert initd.starting("start")[0] == 0
    assert Asked(initd.address, "/").answer() == (200, b"hello\n")
    assert initd.service("stop").returncode == 0


def test_a_release_that_does_not_start(initd):
    """start of a broken release: exit code 1 and a sentence, at once and not after a minute; the reason is in the log."""
    initd.deploy("raises_at_import.py", 1)
    code, said = initd.starting("start")
    assert code == 1
    assert "shop does not serve; the reason is in " in said
    assert "KeyError: 'DATABASE_URL'" in (initd.directory / "log" / "shop.log").read_text()
    assert initd.service("status").returncode in {1, 3}
    assert initd.service("stop").returncode == 0


def test_a_request_in_flight_outlives_the_stop(initd):
    """stop waits for the drain: a request that is being answered is answered."""
    initd.deploy("slow.py", 1)
    assert initd.starting("start")[0] == 0
    slow = Asked(initd.address, "/slow?seconds=1")
    assert Asked(initd.address, "/slow?seconds=0").answer() == (
        200,
        b"slow\n",
    )  # the first is accepted by now: one queue, in order
    assert initd.service("stop").returncode == 0
    assert slow.answer() == (200, b"slow\n")
