"""More or fewer workers: whoever goes drains, and nothing is lost."""

import os

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
                assert asked.returncode == 0, asked
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
