"""The SysV script of conf/initd, made for a site by `adapter conf`, with Debian's start-stop-daemon: each verb and its LSB exit code.

https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/iniscrptact.html
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from signal import SIGKILL

import pytest

from kit.asked import Asked
from kit.initscript import Scripted
from kit.load import Load
from kit.releases import until_only
from kit.server import listening, wait_until_reaped


@pytest.fixture
def initd():
    """A site of its own; nothing may be left of it."""
    site = Scripted("initd", Path(tempfile.mkdtemp(prefix="adapter-initd-")))
    try:
        yield site
    finally:
        left = site.close()
        print(site.log, file=sys.stderr)
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
    assert (status.returncode, initd.pid) == (0, pid), f"{status}"
    assert "generation" in status.stdout

    with Load(initd.address) as load:
        initd.deploy("exact.py", 2)
        assert initd.service("reload").returncode == 0
        until_only("2", load)
        initd.deploy("syntax_error.broken", 3)
        refused = initd.service("force-reload")
        assert refused.returncode == 1, f"{refused}"
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
    assert "KeyError: 'DATABASE_URL'" in initd.log
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
