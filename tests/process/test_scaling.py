"""More or fewer workers: whoever goes drains, and nothing is lost."""

import os
import re
import time
from pathlib import Path
from signal import SIGUSR1

import pytest

from kit.asked import Asked
from kit.commands import Line, adapter, answer, status
from kit.load import Load
from kit.server import Adapter


def test_so_many_workers() -> None:
    """`ctl T workers N` under load: each slot up to N is served, those above drain, and 0 requests of all fail."""
    with Adapter("exact.py", "--workers=2", "--control=control") as server:
        with Load(server.address) as load:
            for number in (5, 1, 3):
                mark = server.log.mark()
                asked = adapter("ctl", "control", "workers", str(number), cwd=server.directory)
                assert asked.returncode == 0, f"{asked}"
                server.wait_for(f"adapter: info: workers wanted workers={number}", since=mark)
                with Line(server.directory / "control") as line:
                    while [each["slot"] for each in line.ask("status")["status"]["workers"]] != list(range(number)):
                        pass
                load.lap()
            report = load.stop()
        assert report.failed == 0, str(report)


def test_who_has_to_go_finishes() -> None:
    """A worker whose slot is no more answers the request it works on."""
    server = Adapter("gated.py", "--workers=2", "--control=control", "--drain-timeout=60")
    os.mkfifo(server.directory / "gate")
    with server:
        answer(server.address)
        pid = next(each.pid for each in server.ready() if each.slot == 1)
        asked = []
        while not any(f"gated: begun pid={pid}" in line for line in server.log.all()):
            asked.append(Asked(server.address, "/gated"))
            server.log.wait_for("gated: begun", skip=len(asked) - 1)
        adapter("ctl", "control", "workers", "1", cwd=server.directory)
        server.wait_for("adapter: info: workers wanted workers=1")
        (server.directory / "gate").write_bytes(b"go\n")
        assert {each.answer()[0] for each in asked} == {200}
        server.wait_for("adapter: info: drained .*slot=1 ")
        assert [each["slot"] for each in status(server)["workers"]] == [0]


@pytest.mark.parametrize("number", [None, 0, -1, 1025, 10**12, "2", 1.0, True])
def test_no_such_number(number: object) -> None:
    """What is no number of workers gets a sentence, and the number stays."""
    with Adapter("hello.py", "--control=control") as server:
        assert answer(server.address) == b"hello\n"
        with Line(server.directory / "control") as line:
            answered = line.ask("workers", number=number)
        assert answered == {"ok": False, "error": "workers takes a number: how many, from 1 to 1024"}
        assert status(server)["slots"] == 1


def test_the_number_follows_the_load() -> None:
    """`--workers 1:4`: busy workers become more at once, idle ones fewer by and by; no request of all fails, and a reload keeps them."""
    server = Adapter("slow.py", "--workers=1:4", "--threads=1", "--workers-calm=1", "--control=control")
    with server:
        address = server.address
        asked = [Asked(address, "/?seconds=3") for _ in range(8)]
        for number in (2, 3, 4):
            server.wait_for(f"adapter: info: workers wanted workers={number} busyness=")
        mark = server.log.mark()
        server.reload()
        assert {each.slot for each in server.ready() if each.generation == 2} == {0, 1, 2, 3}
        assert {each.answer()[0] for each in asked} == {200}
        for number in (3, 2, 1):
            server.wait_for(rf"adapter: info: workers wanted workers={number} busyness=0\.\d+ waiting=0", since=mark)
        server.wait_for("adapter: info: drained .*slot=1 generation=2 ", since=mark)
        assert [each["slot"] for each in status(server)["workers"]] == [0]
        assert answer(address, "/") == b"slow\n"


def test_a_fixed_number_is_not_looked_after() -> None:
    """Without a range the idle master does not wake up; with one it does, once a second."""
    for option, most in (("--workers=2", 1), ("--workers=1:2", 8)):
        with Adapter("hello.py", option) as server:
            assert answer(server.address) == b"hello\n"
            server.wait_for("adapter: info: numbers", since=server.signal(SIGUSR1))  # whatever the start left to do is done
            before = switches(server)
            time.sleep(3)  # nothing is to happen: there is no line to be waited for
            assert (switches(server) - before >= 2) == (most > 1)
            assert switches(server) - before <= most


def switches(server: Adapter) -> int:
    """How often the master has waited for something so far (proc(5), status)."""
    found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", Path(f"/proc/{server.process.pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1])
