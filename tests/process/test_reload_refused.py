"""A reload is a transaction: whatever is wrong with the new generation, the old one serves in every slot, and the log says why."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGALRM, SIGHUP, SIGKILL

import pytest

from kit.asked import free_port
from kit.commands import answer, free, preloaders, reload, status
from kit.server import Adapter, wait_until_gone
from kit.until import until

OPTIONS = ("--workers=3", "--control=control", "--config=adapter.toml")


def put(app: str) -> Callable[[Adapter], object]:
    """That application in place of the one that serves."""
    return lambda server: server.install(app, "hello.py")


def write(text: str) -> Callable[[Adapter], object]:
    """That config."""
    return lambda server: server.write("adapter.toml", f"[adapter]\n{text}\n")


def without_end(server: Adapter) -> None:
    """An import that waits for ever."""
    os.mkfifo(server.directory / "gate")
    server.install("endless_import.py", "hello.py")


def lazy_without_end(server: Adapter) -> None:
    """The same, in each worker."""
    without_end(server)
    write("lazy_apps = true")(server)


def lazy_broken(server: Adapter) -> None:
    """An import error in each worker."""
    put("raises_at_import.py")(server)
    write("lazy_apps = true")(server)


REFUSED = {
    "application deleted": (lambda server: (server.directory / "hello.py").unlink(), r"hello\.py"),
    "syntax error": (put("syntax_error.broken"), r"SyntaxError"),
    "import error, lazy": (lazy_broken, r"KeyError: 'DATABASE_URL'"),
    "import without end": (without_end, r"importing the application took longer than 4 s"),
    "import without end, lazy": (lazy_without_end, r"not ready within the boot timeout"),
    "the second worker dies": (put("dies_in_second_slot.py"), r"died before it was ready: exit code 9"),
    "chdir": (write('chdir = "nowhere"'), r"nowhere"),
}


def test_workers_that_die_when_they_are_ready() -> None:
    """Deaths of ready workers, too many in a row, are a reload that failed; as long as one of its workers is not ready, it is not over."""
    server = Adapter("hello.py", *OPTIONS)
    server.write("adapter.toml", "[adapter]\n")
    with server:
        server.wait_for("adapter: info: serving generation=")
        server.install("second_never_ready.py", "hello.py")
        mark = server.signal(SIGHUP)
        for deaths in range(5):
            ready = server.log.wait_for(r"adapter: info: ready .* generation=2 pid=(\d+)", since=mark, skip=deaths)
            os.kill(int(ready[1]), SIGKILL)
        line = server.log.wait_for("adapter: error: reload failed: ", since=mark).string
        assert "its workers die: 5 in 10 s, the last one: killed by signal 9 (SIGKILL)" in line
        settled(server)
        assert answer(server.address) == b"hello\n"


@pytest.mark.parametrize("name", REFUSED)
def test_the_old_generation_goes_on_in_every_slot(name: str) -> None:
    """It says why; three workers of the old code are ready, nobody else is left, and the next good reload goes in."""
    do, says = REFUSED[name]
    server = Adapter("hello.py", *OPTIONS, "--boot-timeout=4" if "without end" in name else "--boot-timeout=20")
    server.write("adapter.toml", "[adapter]\n")
    with server:
        address = server.address
        (preloader,) = preloaders(server)
        do(server)
        line = server.refuse_reload()
        server.log.wait_for(says)
        assert "serving=1" in line
        settled(server)
        assert answer(address) == b"hello\n"
        assert preloader in server.process.processes()
        server.write("adapter.toml", "[adapter]\nworkers = 1\n")
        server.install("echo.py", "hello.py")
        reload(server)
        assert answer(address).endswith(b" 0\n")


def settled(server: Adapter) -> None:
    """Wait until nobody but the old generation is left: master, preloader, three ready workers."""

    def stands() -> tuple[list[int], bool, int]:
        record = status(server)
        return [each["generation"] for each in record["workers"]], record["whole"], len(server.process.processes())

    until(stands, lambda found: found == ([1, 1, 1], True, 5))


def test_a_busy_port_is_named_and_what_was_opened_is_closed() -> None:
    """Of two new addresses one is taken: the reload says by whom, and the other one is free again."""
    new = f"127.0.0.1:{free_port()}"
    server = Adapter("hello.py", "--config=adapter.toml", bind=())
    server.write("adapter.toml", '[adapter]\nbind = "127.0.0.1:0"\n')
    with socket.create_server(("127.0.0.1", 0)) as busy, server:
        taken = f"127.0.0.1:{busy.getsockname()[1]}"
        address = server.address
        server.write("adapter.toml", f'[adapter]\nbind = ["{new}", "{taken}"]\n')
        line = server.refuse_reload()
        assert f"cannot bind {taken}: address in use (held by pid {os.getpid()}" in line.replace("\\", "")
        assert free(new)
        assert answer(address) == b"hello\n"


def test_a_preflight_without_end_is_given_up() -> None:
    """When the new image's interpreter hangs, the reload is refused at the boot timeout and the child that tried it is gone."""
    server = Adapter("hello.py", "--boot-timeout=4")
    script = server.write("start", f"#!{sys.executable}\nimport sys\nfrom adapter.__main__ import main\nsys.exit(main())\n")
    script.chmod(0o755)
    server.program = (str(script),)
    with server:
        address = server.address
        before = set(server.process.processes())
        os.mkfifo(server.directory / "never")
        server.write("start", f"#!/bin/sh\nread line < {server.directory}/never\n").chmod(0o755)
        line = server.refuse_reload()
        assert "pre-flight" in line
        for pid in set(server.process.processes()) - before:
            wait_until_gone(pid)
        assert answer(address) == b"hello\n"


@pytest.mark.parametrize("broken", ["#!/no/such/python\n", "#!/bin/sh\nexit 7\n", None])
def test_an_image_that_does_not_start_is_not_become(broken: str | None) -> None:
    """A missing interpreter, a script that fails, no script at all: refused, with the path or what it did."""
    server = Adapter("hello.py")
    text = f"#!{sys.executable}\nimport sys\nfrom adapter.__main__ import main\nsys.exit(main())\n"
    script = server.write("start", text)
    script.chmod(0o755)
    server.program = (str(script),)
    with server:
        address = server.address
        if broken is None:
            script.unlink()
        else:
            server.write("start", broken).chmod(0o755)
        line = server.refuse_reload()
        assert "exit code 7" in line if broken and "exit 7" in broken else str(script) in line
        assert answer(address) == b"hello\n"
        server.write("start", text).chmod(0o755)
        reload(server)


def test_a_working_directory_that_is_gone_is_told() -> None:
    """The directory it would go to does not exist any more: refused, by name, and the old generation serves."""
    server = Adapter("hello.py", "--chdir={directory}")
    place = server.directory / "here"
    place.mkdir()
    server.program = ("/bin/sh", "-c", f'cd here && exec {Path(sys.executable).with_name("adapter")} "$@"', "sh")
    with server:
        address = server.address
        place.rmdir()
        assert str(place) in server.refuse_reload()
        assert answer(address) == b"hello\n"


def test_a_chain_reload_is_a_transaction_too() -> None:
    """ALRM with half a good deploy: the one new worker that was ready gives its slot back."""
    server = Adapter("hello.py", *OPTIONS)
    server.write("adapter.toml", "[adapter]\n")
    with server:
        address = server.address
        server.install("dies_in_second_slot.py", "hello.py")
        assert "chain-reload failed: " in server.refuse_reload(SIGALRM)
        settled(server)
        assert answer(address) == b"hello\n"
