"""`adapter top` in a real terminal, and what else looks at a running server: `status --ready`, targets by pidfile."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest

from kit.commands import Line, adapter, status
from kit.server import PROGRAM, Adapter
from kit.tmux import Tmux


@pytest.fixture
def server() -> Iterator[Adapter]:
    """Two workers and a control socket."""
    with Adapter("hello.py", "--workers=2", "--control=control", "--pidfile=pid") as running:
        running.wait_for("adapter: info: serving generation=")
        yield running


def top(server: Adapter, *words: str, **more: object) -> Tmux:
    """`adapter top` in a terminal."""
    return Tmux([*PROGRAM, "top", "control", "--interval=100ms", *words], cwd=server.directory, **more)  # type: ignore[arg-type]  # as it takes them


def table(screen: str) -> list[str]:
    """The lines of the workers."""
    lines = screen.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("SLOT GEN"))
    return [line for line in lines[first + 1 :] if re.match(r" +\d+ ", line)]


def test_it_shows_the_workers_and_quits(server: Adapter) -> None:
    """In 80 columns: each worker with its pid and stage, the last events; `q` ends it with 0 and gives the screen back."""
    with top(server) as terminal:
        screen = terminal.wait_for(lambda shown: "DOING" in shown)
        assert {line.split()[2] for line in table(screen)} == {str(each.pid) for each in server.ready()}
        assert f"pid {server.process.pid} " in screen
        assert "LAST EVENTS" in screen
        assert "ready worker=2 slot=1" in screen
        assert terminal.ask("#{alternate_on} #{cursor_flag}") == "1 0"
        terminal.keys("q")
        screen = terminal.wait_for(lambda shown: "exit code" in shown)
        assert screen.strip() == "exit code 0"
        assert terminal.ask("#{alternate_on} #{cursor_flag}") == "0 1"


def test_it_follows_the_size(server: Adapter) -> None:
    """A wider terminal shows more columns at once, a smaller one is not overrun."""
    with top(server) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown and "CONN" not in shown)
        terminal.resize(120, 30)
        terminal.wait_for(lambda shown: "CONN" in shown)
        terminal.resize(60, 10)
        screen = terminal.wait_for(lambda shown: "CONN" not in shown and "DOING" in shown)
        assert screen.splitlines()[9].startswith("q quit")


def test_a_reload_is_confirmed_and_watched(server: Adapter) -> None:
    """`R` asks; `n` does nothing; `y` reloads, and the new generation appears; nothing else was changed."""
    with top(server) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown)
        terminal.keys("R")
        terminal.wait_for(lambda shown: "reload: new code, new configuration? y: yes" in shown)
        terminal.keys("n")
        terminal.wait_for(lambda shown: "reload: not asked" in shown)
        assert status(server)["generation"] == 1
        terminal.keys("R", "y")
        terminal.wait_for(lambda shown: "generation 2 " in shown and [line.split()[1] for line in table(shown)] == ["2", "2"])
        assert status(server)["reloads"] == 1


def test_colours_only_where_they_are_wanted(server: Adapter) -> None:
    """Colours by default; none with NO_COLOR; on a dumb terminal no escape sequence at all."""
    with top(server) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown)
        assert "\x1b[32m" in terminal.screen(colours=True)
        terminal.keys("q")
        terminal.wait_for(lambda shown: "exit code 0" in shown)
    with top(server, env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown)
        assert not re.search(r"\x1b\[[^m]*3[0-7]", terminal.screen(colours=True))
        terminal.keys("q")
        terminal.wait_for(lambda shown: "exit code 0" in shown)
    with top(server, env={"TERM": "dumb"}) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown)
        assert terminal.ask("#{alternate_on}") == "0"
        assert "\x1b" not in terminal.screen(colours=True)
        terminal.keys("q")
        terminal.wait_for(lambda shown: "exit code 0" in shown)


@pytest.mark.parametrize("key", ["C-c", "C-\\"])
def test_the_terminal_is_given_back(server: Adapter, key: str) -> None:
    """Whatever ends it, the screen, the cursor and the keys are as they were."""
    with top(server) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown)
        terminal.keys(key)
        terminal.wait_for(lambda shown: "exit code" in shown)
        assert terminal.ask("#{alternate_on} #{cursor_flag}") == "0 1"
        terminal.keys("echoed")
        terminal.wait_for(lambda shown: "echoed" in shown)


def test_a_server_that_is_silent_or_gone_is_told(server: Adapter) -> None:
    """A stopped master is shown as silent, with the last that was known; a gone one too, and `q` still quits."""
    with top(server) as terminal:
        terminal.wait_for(lambda shown: "DOING" in shown)
        os.kill(server.process.pid, SIGSTOP)
        try:
            terminal.wait_for(lambda shown: "NO ANSWER" in shown and "ready" in shown)
        finally:
            os.kill(server.process.pid, SIGCONT)
        terminal.wait_for(lambda shown: "NO ANSWER" not in shown)
        assert server.stop() == 0
        terminal.wait_for(lambda shown: "NO ANSWER" in shown)
        terminal.keys("q")
        terminal.wait_for(lambda shown: "exit code 0" in shown)


def test_without_a_terminal(server: Adapter) -> None:
    """In a pipe it says what to use instead, with 100."""
    ran = adapter("top", "control", cwd=server.directory)
    assert (ran.returncode, ran.stdout) == (100, "")
    assert ran.stderr.startswith("adapter: fatal: adapter top needs a terminal")


def test_ready_is_for_scripts(server: Adapter) -> None:
    """0 and `serving` while every slot is served; 1 and why while one is not, or while it is paused."""
    ran = adapter("status", "control", "--ready", cwd=server.directory)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "serving\n", "")
    with Line(server.directory / "control") as line:
        line.ask("pause")
        ran = adapter("status", "control", "--ready", cwd=server.directory)
        assert (ran.returncode, ran.stdout) == (1, "serving, paused\n")
        line.ask("resume")
    assert adapter("status", "control", "--ready", cwd=server.directory).returncode == 0
    server.install("endless_import.py", "hello.py")
    os.mkfifo(server.directory / "gate")
    preloader = next(
        int(pid) for pid in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    )
    mark = server.log.mark()
    os.kill(preloader, SIGKILL)
    for each in server.ready():
        os.kill(each.pid, SIGKILL)
    server.log.wait_for("endless_import: begun", since=mark)
    ran = adapter("status", "control", "--ready", cwd=server.directory)
    assert ran.returncode == 1
    assert ran.stdout.startswith("not every slot is served")
    (server.directory / "gate").write_bytes(b"go\n")
    server.wait_for("adapter: info: serving generation=2", since=mark)


def test_a_pidfile_leads_to_the_control_socket(server: Adapter) -> None:
    """`status PIDFILE` finds the socket of the process; where there is none, one sentence says so."""
    assert adapter("status", "pid", "--ready", cwd=server.directory).stdout == "serving\n"
    with Adapter("hello.py", "--pidfile=pid", "--fifo=fifo") as mute:
        mute.wait_for("adapter: info: serving generation=")
        ran = adapter("status", "pid", cwd=mute.directory)
        assert ran.returncode == 100
        assert f"cannot find a control socket of pid {mute.process.pid}" in ran.stderr
        ran = adapter("status", "fifo", cwd=mute.directory)
        assert (ran.returncode, ran.stderr.count("\n")) == (100, 1)
        assert "cannot ask the FIFO fifo: it has no answers" in ran.stderr
    with Adapter("hello.py", "--pidfile=pid", env={"ADAPTER_CONTROL": "elsewhere"}) as other:
        other.wait_for("adapter: info: serving generation=")
        assert adapter("status", str(other.directory / "pid"), "--ready", cwd=server.directory).stdout == "serving\n"


def test_status_in_a_pipe_is_plain(server: Adapter) -> None:
    """No escape sequence, at most 80 columns."""
    run = subprocess.run([*PROGRAM, "status", "control"], cwd=server.directory, capture_output=True, text=True, check=True)
    assert "\x1b" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80
