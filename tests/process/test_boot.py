"""What stands when the server has started: whose child each process is, and what it holds open."""

import os
import sys

from kit.commands import answer, descriptors, facts, listens, parent, preloaders
from kit.server import Adapter, wait_until_gone
from kit.until import until


def test_workers_are_children_of_the_master() -> None:
    """Workers and the preloader have the master as parent, and there is nobody else."""
    with Adapter("hello.py", "--workers=2") as server:
        server.wait_for("adapter: info: serving generation=")
        workers = [each.pid for each in server.ready()]
        assert [parent(pid) for pid in workers] == [server.process.pid] * 2
        assert len(preloaders(server)) == 1
        assert len(server.process.processes()) == 4


def test_only_master_and_workers_hold_the_listener() -> None:
    """The preloader, who serves nobody, has no copy of the listener, also after a reload."""
    with Adapter("hello.py", "--workers=2") as server:
        address = server.address
        for _ in range(2):
            workers = [each.pid for each in server.ready()][-2:]
            (preloader,) = preloaders(server)
            assert [listens(pid, address) for pid in (server.process.pid, *workers, preloader)] == [True, True, True, False]
            server.reload()
            for pid in (*workers, preloader):
                wait_until_gone(pid)


def test_standard_input_is_nobodys() -> None:
    """Descriptor 0 of master, preloader and workers is /dev/null, and the application reads an end of file from it."""
    with Adapter("surroundings.py") as server:
        found = facts(server.address)
        for pid in server.process.processes():
            assert descriptors(pid)[0] == "/dev/null"
        assert found["stdin"] == ""
        assert found["sockets"] == []


def test_workers_have_not_imported_the_command_line() -> None:
    """Neither click nor anything of adapter.cli is in a worker."""
    with Adapter("modules.py") as server:
        names = answer(server.address).decode().split()
        assert "adapter.roles.worker.worker" in names
        assert [name for name in names if name.split(".")[0] == "click" or name.startswith("adapter.cli")] == []


def open_files(server: Adapter) -> list[list[str]]:
    """What the master, the preloader and each worker have open, without the numbers of sockets and pipes."""
    workers = [each.pid for each in server.ready()][-2:]
    return [
        sorted(name.partition("[")[0] for name in descriptors(pid).values())
        for pid in (server.process.pid, *preloaders(server), *workers)
    ]


def test_ten_reloads_leak_no_descriptor() -> None:
    """After ten reloads master, preloader and workers have just as many descriptors of each sort as at first."""
    with Adapter("hello.py", "--workers=2", "--pidfile=pid", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=")
        before = open_files(server)
        for _ in range(10):
            old = set(server.process.processes()) - {server.process.pid}
            server.reload()
            for pid in old:
                wait_until_gone(pid)
        # They have ended, but the master has yet to hear of it and to let go of what was theirs.
        until(lambda: open_files(server), lambda found: found == before)


def test_a_worker_inherits_nothing_of_the_master() -> None:
    """What a program started by the application would find open beyond 0, 1 and 2 is nothing."""
    with Adapter("descriptors.py") as server:
        address = server.address
        assert facts(address)["inherited"] == []
        server.reload()
        found = facts(address)
        assert found["inherited"] == []
        assert found["standard"][0] == os.devnull


_OLDER = """
from adapter.__main__ import main
from adapter.lifecycle.messages import Begin
from adapter.roles.master import crew

tell, serve = crew.Crew.tell, crew.Serve
crew.Crew.tell = lambda self, message, workers=None: isinstance(message, Begin) or tell(self, message, workers)
crew.Serve = lambda *words, begin: serve(*words)
main()
"""


def test_under_a_master_that_does_not_say_begin() -> None:
    """An image of an older version, whose word a worker would wait for in vain: it serves as soon as it can."""
    server = Adapter("hello.py")
    (server.directory / "older").write_text(_OLDER)
    server.program = (sys.executable, str(server.directory / "older"))
    with server:
        server.wait_for("adapter: info: serving generation=1 ")
        assert answer(server.address)
