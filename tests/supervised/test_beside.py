"""A program beside the application, as `adapter translate` and `adapter conf --beside` write it, under the real supervisors."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from signal import SIGKILL

import pytest

from kit.beside import EXAMPLES, KINDS, Beside
from kit.environment import environment
from kit.server import PROGRAM, wait_until_gone
from kit.tail import Tail


@pytest.mark.parametrize("kind", KINDS)
def test_a_mule_lives_beside_the_application(kind: str) -> None:
    """It runs with the file's variables and directory, is started anew when it dies, and ends by TERM when it alone is stopped; the application
    serves meanwhile, and a stop of everything ends both.
    """
    with Beside(kind) as site:
        first = site.begun()
        environ = Path(f"/proc/{first}/environ").read_bytes().split(b"\0")
        assert b"SHOP=it's 100%" in environ
        assert os.readlink(f"/proc/{first}/cwd") == str(site.directory)
        mark = site.log.mark()
        os.kill(first, SIGKILL)
        second = site.begun(since=mark)
        assert second != first
        site.stop()
        site.log.wait_for("tasks: ended", since=mark, timeout=60)
        wait_until_gone(second)
        assert site.answer() == (200, b"hello\n")


def test_a_program_of_init() -> None:
    """What `adapter conf initd --beside` prints, as a script: start, status, stop (TERM, waited for), status; its log is where it says."""
    directory = Path(tempfile.mkdtemp(prefix="adapter-beside-initd-"))
    argv = ["conf", "initd", "--beside", "env A=1 python -u tasks.py", "--name", "tasks", "--chdir", str(EXAMPLES)]
    argv += ["--run-dir", str(directory), "--log-dir", str(directory), "--out", str(directory / "init.d")]
    subprocess.run([*PROGRAM, *argv], check=True, capture_output=True, timeout=60)

    log = Tail(directory / "tasks.log")

    def verb(word: str) -> int:
        # Its output is nobody's: what is put into the background may keep it.
        script = [str(directory / "init.d" / "tasks"), word]
        return subprocess.run(script, env=environment(), stdout=subprocess.DEVNULL, timeout=60, check=False).returncode

    assert verb("status") == 3
    assert verb("start") == 0
    try:
        pid = int((directory / "tasks.pid").read_text())
        log.wait_for(f"tasks: begun pid={pid}$")
        assert verb("start") == 0
        assert verb("status") == 0
    finally:
        assert verb("stop") == 0
    wait_until_gone(pid)
    assert verb("status") == 3
    log.wait_for("tasks: ended")
    log.close()
    shutil.rmtree(directory)
