"""What every thread of a worker is doing, also when it is stuck or dying."""

import json
import os
import re
import time
from signal import SIGHUP, SIGUSR1, SIGUSR2

import pytest

from adapter.unix.witness import SHOW
from kit.asked import Asked
from kit.commands import Line, adapter, answer, preloaders, reload
from kit.load import Load
from kit.server import Adapter, wait_until_gone

DIES = """
import ctypes
import faulthandler
import os
import signal

faulthandler.enable()  # as many applications do: where the stacks go is for the server to say


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/segv":
        ctypes.string_at(0)
    if path == "/abrt":
        os.abort()
    if path == "/fpe":
        signal.raise_signal(signal.SIGFPE)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"alive\\n"]
"""


ENDLESS = """
import os
import re


def application(environ, start_response):
    os.write(2, f"endless: begun pid={os.getpid()}\\n".encode())
    re.match("(a+)+$", "a" * 64 + "b")  # years, in C, with the interpreter's lock held
"""


def unmarked(server: Adapter) -> list[str]:
    """Lines that are not ours to write, such as faulthandler's own."""
    return [line for line in server.log.all() if "adapter: " not in line]


def test_usr2_shows_each_thread_of_each_worker() -> None:
    """USR2 prints, beside the status, the stack of every thread of every worker, each line marked as ours."""
    with Adapter("hello.py", "--workers=2", "--threads=2") as server:
        assert answer(server.address) == b"hello\n"
        mark = server.signal(SIGUSR2)
        for slot in (0, 1):
            told = server.wait_for(rf"adapter: info: traceback worker=\d+ slot={slot} ", since=mark)
            assert told["pid"] in {str(each.pid) for each in server.ready()}
        server.log.wait_for(r"adapter: \|   File .*serving.server\.py", since=mark, skip=1)
        assert unmarked(server) == []


def test_who_asks_is_shown_it() -> None:
    """`adapter ctl T traceback` prints the stacks that the log has, of a worker stuck in C too, over a reload that is under way;
    of a slot with nobody in it, it says so.
    """
    server = Adapter("endless.py", "--workers=2", "--control=control", "--drain-timeout=4")
    server.write("endless.py", ENDLESS)
    with server:
        asked = Asked(server.address, "/stuck?x=1")
        stuck = int(server.log.wait_for(r"endless: begun pid=(\d+)")[1])
        server.signal(SIGHUP)
        ran = adapter("ctl", "control", "traceback", cwd=server.directory)
        assert ran.returncode == 0, ran.stderr
        assert f"pid {stuck}: /stuck?x=1\n" in ran.stdout
        assert re.search(r'  File ".*endless\.py", line \d+ in application', ran.stdout)
        assert "serving/server.py" in ran.stdout  # the other's
        server.wait_for("adapter: info: serving generation=2 ")
        slot = next(each.slot for each in server.ready())
        ran = adapter("ctl", "control", "traceback", str(slot), "--json", cwd=server.directory)
        shown = [each["slot"] for each in json.loads(ran.stdout)["stacks"]]
        assert set(shown) == {slot}
        ran = adapter("ctl", "control", "traceback", "7", cwd=server.directory)
        assert (ran.returncode, ran.stderr) == (1, "adapter: error: no worker is there to show a stack\n")
        assert server.stop() == 0
        assert asked.is_cut()


def test_who_is_stuck_in_c_is_shown_too() -> None:
    """A worker that holds the interpreter's lock in C cannot be asked, and shows where it is all the same; the others are left alone."""
    server = Adapter("endless.py", "--workers=2", "--control=control", "--drain-timeout=1")
    server.write("endless.py", ENDLESS)
    with server:
        asked = Asked(server.address, "/stuck?x=1")
        stuck = int(server.log.wait_for(r"endless: begun pid=(\d+)")[1])
        slot = next(each.slot for each in server.ready() if each.pid == stuck)
        mark = server.log.mark()
        with Line(server.directory / "control") as line:
            assert line.ask("traceback", number=slot)["ok"] is True
        told = server.wait_for("adapter: info: traceback worker=", since=mark)
        assert (told["pid"], told["request"]) == (str(stuck), "/stuck?x=1")
        server.log.wait_for(r'adapter: \|   File ".*endless\.py", line \d+ in application', since=mark)
        assert len([line for line in server.log.all(mark) if "info: traceback worker=" in line]) == 1
        assert server.stop() == 0
        assert asked.is_cut()


@pytest.mark.parametrize("reloaded", [False, True])
def test_a_crash_shows_where(reloaded: bool) -> None:  # noqa: FBT001 -- pytest gives it by name
    """After SEGV, ABRT and FPE the log has the signal and the stack, marked; also when the master has another image since."""
    server = Adapter("dies.py", "--workers=1")
    server.write("dies.py", DIES)
    with server:
        address = server.address
        if reloaded:
            reload(server)
        for path, said in (("/segv", "SEGV"), ("/abrt", "ABRT"), ("/fpe", "FPE")):
            mark = server.log.mark()
            assert Asked(address, path).is_cut()
            died = server.wait_for(rf"adapter: error: a worker died how=.*SIG{said}\)", since=mark)
            assert (died["stage"], died["request"]) == ("ready", path)
            server.log.wait_for(r"adapter: \| Fatal Python error: ", since=mark)
            server.log.wait_for(r'adapter: \|   File ".*dies\.py", line \d+ in application', since=mark)
            server.wait_for("adapter: info: ready worker=", since=mark)
        assert unmarked(server) == []


def test_a_crash_in_the_import_shows_where() -> None:
    """A C extension that crashes when it is imported: the reload is refused with its stack, and the old generation serves."""
    with Adapter("hello.py", "--control=control") as server:
        address = server.address
        server.write("hello.py", "import ctypes\nctypes.string_at(0)\n")
        with Line(server.directory / "control") as line:
            answered = line.ask("reload", wait=True)
        assert "killed by signal 11 (SIGSEGV)" in answered["error"]
        assert 'hello.py", line 2 in <module>' in answered["detail"]
        assert answer(address) == b"hello\n"


def test_an_import_that_hangs_shows_where() -> None:
    """Past the boot timeout the log has the stack of the import, marked."""
    server = Adapter("endless_import.py", "--boot-timeout=4")
    os.mkfifo(server.directory / "gate")
    with server:
        assert server.process.exit_code() == 111
        server.log.wait_for(r'adapter: \|   File ".*endless_import\.py", line \d+ in <module>')


def test_a_slow_import_is_not_told_later() -> None:
    """One that came to its end shortly before the deadline has nothing to tell: not when its preloader is dismissed either."""
    server = Adapter("slow_import.py", "--boot-timeout=6")
    server.write("slow_import.py", "import time\ntime.sleep(4.1)\nfrom hello import application\n")
    server.install("hello.py", "hello.py")
    with server:
        assert answer(server.address) == b"hello\n"
        server.stop()
        assert not any("adapter: |" in line for line in server.log.all())


def test_a_worker_of_ones_own() -> None:
    """USR2 to a worker's own pid shows that one's stacks, and the requests it is at; nobody asked the others."""
    server = Adapter("gated.py", "--workers=2")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated?x=1")
        pid = int(server.log.wait_for(r"gated: begun pid=(\d+)")[1])
        mark = server.log.mark()
        os.kill(pid, SIGUSR2)
        told = server.wait_for("adapter: info: traceback worker=", since=mark)
        assert (told["pid"], told["request"]) == (str(pid), "/gated?x=1")
        server.log.wait_for(r'adapter: \|   File ".*gated\.py", line \d+, in application', since=mark)
        (server.directory / "gate").write_bytes(b"go\n")
        assert asked.answer() == (200, b"gated\n")


def test_a_busy_worker_survives_being_looked_at() -> None:
    """Stacks asked for again and again while all threads run: no worker dies of it, and no request is lost."""
    with Adapter("exact.py", "--workers=2", "--control=control") as server, Load(server.address) as load:
        with Line(server.directory / "control") as line:
            for _ in range(50):
                mark = server.log.mark()
                assert line.ask("traceback")["ok"] is True
                server.wait_for("adapter: info: traceback worker=1 ", since=mark)
        report = load.stop()
        assert report.failed == 0, str(report)
        assert not any("a worker died" in each for each in server.log.all())


def test_the_signal_that_shows_stacks_kills_nobody() -> None:
    """Whoever has nothing to show yet, as a worker that is just being forked, is not ended by being asked."""
    with Adapter("hello.py", "--workers=2") as server:
        address = server.address
        pids = [*preloaders(server), *(each.pid for each in server.ready())]
        for pid in pids:
            os.kill(pid, SHOW)
        mark = server.signal(SIGUSR2)
        server.wait_for("adapter: info: traceback worker=2 ", since=mark)
        assert set(pids) <= set(server.process.processes())
        assert answer(address) == b"hello\n"


def test_no_such_slot() -> None:
    """An empty slot, or a word where a number should be, gets a sentence; a number where none is wanted, too."""
    with Adapter("hello.py", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=1")
        with Line(server.directory / "control") as line:
            mark = server.log.mark()
            assert line.ask("traceback", number=7)["ok"] is True
            server.wait_for("adapter: warning: nobody there to show a stack slots=1", since=mark)
            for number in ("0", -1, 1.5, True, [], 10**30):
                answered = line.ask("traceback", number=number)
                assert number == 10**30 or "traceback takes a number: a slot" in answered["error"]
            assert line.ask("stop", number=1) == {"ok": False, "error": "stop takes no number"}
        assert answer(server.address) == b"hello\n"


def test_an_orphan_shows_its_stacks_itself() -> None:
    """With the master gone nobody reads what a worker leaves: from then on it writes stacks to its own stderr."""
    server = Adapter("gated.py", "--workers=1", "--drain-timeout=1")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated")
        server.log.wait_for("gated: begun")
        (worker,) = server.ready()
        server.process.signal(9)
        server.wait_for("adapter: warning: the master is gone")
        mark = server.log.mark()
        os.kill(worker.pid, SIGUSR2)
        server.log.wait_for(r'adapter: \|   File ".*gated\.py", line \d+, in application', since=mark)
        assert asked.is_cut()
        wait_until_gone(worker.pid)
        server.process.wait_alone()


def test_showing_costs_the_idle_master_nothing() -> None:
    """Once the stacks are told nothing is due: the master sleeps again."""
    with Adapter("hello.py", "--workers=1") as server:
        assert answer(server.address) == b"hello\n"
        mark = server.signal(SIGUSR2)
        server.wait_for("adapter: info: traceback worker=", since=mark)
        assert re.search(r"voluntary_ctxt_switches:\s+(\d+)", _status(server))
        server.wait_for("adapter: info: numbers", since=server.signal(SIGUSR1))  # whatever was left to do is done
        before = _switches(server)
        time.sleep(1.5)  # nothing is to happen: there is no line to be waited for
        assert _switches(server) - before <= 1


def _status(server: Adapter) -> str:
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return file.read()


def _switches(server: Adapter) -> int:
    found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", _status(server), re.MULTILINE)
    assert found
    return int(found[1])
