"""The script of conf/openrc, made for a site by `adapter conf`, under Debian's OpenRC: openrc-run and supervise-daemon, on a machine that it
did not boot. They look for their files below /lib/rc, /run/openrc and /etc/init.d, so each verb has a view of the file system of its own.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from kit.asked import Asked
from kit.initscript import Scripted
from kit.load import Load
from kit.releases import until_only
from kit.server import listening, wait_until_reaped
from kit.until import until

OPENRC = Path(__file__).parents[2] / ".build" / "openrc"  # .ci/debian puts it there: it cannot live beside another init
_USER = () if os.geteuid() == 0 else ("--user", "--map-root-user")
_STATES = [
    "daemons",
    "exclusive",
    "failed",
    "hotplugged",
    "inactive",
    "options",
    "scheduled",
    "started",
    "starting",
    "stopping",
    "tmp",
    "wasinactive",
]
_VIEW = """\
set -e
mount -t overlay overlay -o "lowerdir=$1/lib:/usr/lib" /usr/lib
mount -t overlay overlay -o "lowerdir=$1/sbin:/usr/sbin" /usr/sbin
mount --bind "$2/runs" /run
mount --bind "$2/init.d" /etc/init.d
shift 2
exec /etc/init.d/shop --nocolor "$@"
"""


class Openrc(Scripted):
    """A site, and OpenRC's own directory of states in `runs/`."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            "openrc", directory, ("unshare", *_USER, "--mount", "sh", "-c", _VIEW, "sh", str(OPENRC), str(directory))
        )
        for state in _STATES:
            (directory / "runs" / "openrc" / state).mkdir(parents=True)
        (directory / "runs" / "openrc" / "softlevel").touch()  # "this machine was booted by OpenRC"

    @property
    def master(self) -> int:
        """The process that said last that it starts; the pidfile is supervise-daemon's."""
        return int(re.findall(r"adapter: info: starting .*?\bpid=(\d+)", self.log)[-1])


@pytest.fixture
def openrc() -> Iterator[Openrc]:
    """A site of its own; nothing may be left of it."""
    site = Openrc(Path(tempfile.mkdtemp(prefix="adapter-openrc-")))
    try:
        yield site
    finally:
        left = site.close()
        print(site.log, file=sys.stderr)
    assert left == []
    assert not listening(site.address)
    shutil.rmtree(site.directory)


def test_a_life(openrc: Openrc) -> None:
    """start, status, reload (good and broken), restart, kill -9, stop: 0 failed in a reload, 0 lost in a restart, started anew when killed."""
    openrc.deploy("exact.py", 1)
    assert openrc.service("status").returncode == 3
    assert openrc.starting("start")[0] == 0
    assert openrc.service("status").returncode == 0
    pid = openrc.master
    with Load(openrc.address) as load:
        openrc.deploy("exact.py", 2)
        reloaded = openrc.service("reload")
        assert reloaded.returncode == 0, f"{reloaded}"
        until_only("2", load)
        openrc.deploy("syntax_error.broken", 3)
        refused = openrc.service("reload")
        assert refused.returncode == 1, f"{refused}"
        assert "SyntaxError" in refused.stderr
        report = load.stop()
        assert report.failed == 0, str(report)
        assert openrc.master == pid

    openrc.deploy("exact.py", 4)
    with Load(openrc.address) as load:
        assert openrc.starting("restart")[0] == 0
        until_only("4", load)
        report = load.stop()
        assert report.lost == 0, str(report)

    pid = openrc.master
    with Load(openrc.address, keepalive=0, fresh=1, idle=0, slow=0, halting=0) as load:
        os.kill(pid, SIGKILL)
        wait_until_reaped(pid)
        load.lap()
        until(lambda: openrc.master, lambda master: master != pid)  # until it starts anew, orphans answer
    assert openrc.service("stop").returncode == 0
    assert openrc.service("status").returncode == 3


def test_a_request_in_flight_outlives_the_stop(openrc: Openrc) -> None:
    """stop waits for the drain, though supervise-daemon would kill after five seconds if nobody told it otherwise."""
    openrc.deploy("slow.py", 1)
    assert openrc.starting("start")[0] == 0
    slow = Asked(openrc.address, "/slow?seconds=6")
    assert Asked(openrc.address, "/slow?seconds=0").answer() == (200, b"slow\n")
    assert openrc.service("stop").returncode == 0
    assert slow.answer() == (200, b"slow\n")
