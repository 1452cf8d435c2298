"""What a reload picks up: code, config, environment, directory, interpreter; under the same PID."""

import os
import shutil
import socket
import sys
from pathlib import Path
from signal import SIGALRM

import pytest

from adapter.unix.scheduling import turns
from kit.asked import free_port
from kit.commands import Line, answer, facts, free, reload, status
from kit.releases import Releases
from kit.server import PROGRAM, Adapter


def test_new_code_under_the_same_pid() -> None:
    """The new code answers, the process is the one it was, and its children are still its own."""
    with Adapter("environment.py", "--control=control") as server:
        address = server.address
        assert facts(address)["version"] is None
        for version in ("two", "three"):
            server.write("version", version)
            reload(server)
            assert facts(address)["version"] == version
        assert status(server)["pid"] == server.process.pid
        assert status(server)["reloads"] == 2


def test_the_master_takes_short_turns_and_nobody_else_does() -> None:
    """Whoever is asked while workers keep the processors busy runs soon, also as a new image; those who work run as ever."""
    with Adapter("environment.py", "--workers=2", "--control=control") as server:
        server.wait_for("adapter: info: serving generation=1 ")
        for _ in range(2):
            assert turns(server.process.pid) == (ours := turns(0))._replace(turn=min(ours.turn, 300_000))
            assert {turns(each["pid"]) for each in status(server)["workers"]} == {ours}
            reload(server)


def test_the_config_file_is_read_anew() -> None:
    """Workers and threads of the new file; an option taken out of it has its default again."""
    server = Adapter("environment.py", "--config=adapter.toml", "--control=control")
    server.write("adapter.toml", '[adapter]\nworkers = 1\nenv = ["GREETING=one"]\n')
    with server:
        address = server.address
        assert facts(address)["greeting"] == "one"
        server.write("adapter.toml", '[adapter]\nworkers = 3\nenv = ["GREETING=two"]\n')
        reload(server)
        assert facts(address)["greeting"] == "two"
        assert [each["generation"] for each in status(server)["workers"] if each["stage"] == "ready"] == [2, 2, 2]
        server.write("adapter.toml", "[adapter]\n")
        reload(server)
        assert facts(address)["greeting"] is None
        assert status(server)["slots"] == 1
        server.wait_for("adapter: info: drained .*slot=2")


def test_a_chain_reload_reads_no_config() -> None:
    """ALRM loads the code anew with the config that serves."""
    server = Adapter("environment.py", "--config=adapter.toml", "--control=control")
    server.write("adapter.toml", "[adapter]\nworkers = 2\n")
    with server:
        address = server.address
        server.write("adapter.toml", "[adapter]\nworkers = 1\n")
        server.write("version", "new")
        reload(server, SIGALRM)
        assert facts(address)["version"] == "new"
        assert status(server)["slots"] == 2


def test_listeners_come_and_go_with_the_config() -> None:
    """A new address is served, a removed one is free, and one that stays is never closed in between."""
    old, new = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    server = Adapter("hello.py", "--config=adapter.toml", bind=())
    path = server.directory / "app.sock"
    server.write("adapter.toml", f'[adapter]\nbind = ["127.0.0.1:0", "{old}"]\n')
    with server:
        kept = server.address
        with socket.create_connection(tuple(kept.split(":"))) as idle:
            server.write("adapter.toml", f'[adapter]\nbind = ["127.0.0.1:0", "{new}", "unix:app.sock"]\n')
            server.reload()
            idle.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert idle.makefile("rb").read().endswith(b"hello\n")
        assert answer(new) == answer(kept) == b"hello\n"
        server.wait_for("adapter: info: drained ")
        assert free(old)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
        server.write("adapter.toml", '[adapter]\nbind = ["127.0.0.1:0"]\n')
        reload(server)
        assert not path.exists()
        assert answer(kept) == b"hello\n"


def test_a_moved_listener_is_drained() -> None:
    """Clients in the queue of an address that the new config leaves are answered before it closes."""
    old, new = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    server = Adapter("hello.py", "--config=adapter.toml", bind=())
    server.write("adapter.toml", f'[adapter]\nbind = "{old}"\n')
    with server:
        assert server.address == old
        server.write("adapter.toml", f'[adapter]\nbind = "{new}"\n')
        reload(server)
        server.wait_for("adapter: info: drained ")
        assert free(old)
        assert answer(new) == b"hello\n"


def test_control_and_pidfile_follow_the_config() -> None:
    """They appear at the new place and vanish from the old one."""
    server = Adapter("hello.py", "--config=adapter.toml")
    server.write("adapter.toml", '[adapter]\ncontrol = "control"\npidfile = "one.pid"\n')
    with server:
        server.wait_for("adapter: info: serving generation=")
        server.write("adapter.toml", '[adapter]\ncontrol = "other"\npidfile = "two.pid"\n')
        reload(server)
        assert sorted(path.name for path in server.directory.iterdir() if path.suffix not in (".py", ".toml")) == [
            "other",
            "two.pid",
        ]
        with Line(server.directory / "other") as line:
            assert line.ask("status")["ok"]
        assert (server.directory / "two.pid").read_text() == f"{server.process.pid}\n"
        assert server.stop() == 0
        assert [path.name for path in server.directory.iterdir() if path.suffix not in (".py", ".toml")] == []


def test_the_envdir_is_read_anew() -> None:
    """A changed file changes the application's environment, an emptied one removes a variable, ADAPTER_ ones are options."""
    server = Adapter("environment.py", "--envdir=env", "--control=control", env={"GREETING": "outside"})
    (server.directory / "env").mkdir()
    with server:
        address = server.address
        assert facts(address)["greeting"] == "outside"
        (server.directory / "env" / "GREETING").write_text("hello\nsecond line\n")
        (server.directory / "env" / "ADAPTER_WORKERS").write_text("2\n")
        reload(server)
        assert facts(address)["greeting"] == "hello"
        assert status(server)["slots"] == 2
        (server.directory / "env" / "GREETING").write_text("")
        (server.directory / "env" / "ADAPTER_WORKERS").unlink()
        reload(server)
        assert facts(address)["greeting"] is None
        assert status(server)["slots"] == 1


def test_chdir_through_a_link_follows_it() -> None:
    """`--chdir current`, as capistrano-like deploys have it: the application comes from where the link points now."""
    server = Adapter("hello.py:application", "--chdir=current")
    releases = Releases(server.directory, "current")
    first = releases.deploy("environment.py", 1)
    with server:
        address = server.address
        assert (facts(address)["version"], facts(address)["cwd"]) == ("1", str(first))
        second = releases.deploy("environment.py", 2)
        shutil.rmtree(first)
        reload(server)
        assert (facts(address)["version"], facts(address)["cwd"]) == ("2", str(second))


def test_a_working_directory_through_a_link_is_followed() -> None:
    """Started by a shell in a linked release ($PWD names the link): each reload goes where the link points, the old one may be gone."""
    server = Adapter("hello.py:application", "--control={directory}/control")
    server.program = ("/bin/sh", "-c", f'cd current && exec {PROGRAM[0]} "$@"', "sh")
    releases = Releases(server.directory, "current")
    first = releases.deploy("environment.py", 1)
    with server:
        address = server.address
        for version in (2, 3):
            second = releases.deploy("environment.py", version)
            shutil.rmtree(first)
            reload(server)
            assert (facts(address)["version"], facts(address)["cwd"]) == (str(version), str(second))
            first = second


def virtualenv(directory: Path, name: str) -> Path:
    """A virtualenv that sees all that ours sees, with a console script as pip writes it; the script."""
    home = directory / name
    packages = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (home / "bin").mkdir()
    base = Path(sys.executable).resolve()
    (home / "bin" / "python").symlink_to(base)
    (home / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    ours = [path for path in sys.path if Path(path).name == "site-packages"]
    (packages / "ours.pth").write_text("\n".join([str(Path(__file__).parents[2]), *ours]) + "\n")
    script = home / "bin" / "adapter"
    script.write_text(f"#!{home}/bin/python\nimport sys\nfrom adapter.__main__ import main\nsys.exit(main())\n")
    script.chmod(0o755)
    return script


PREFIX = """
import sys


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [sys.prefix.encode()]
"""


@pytest.mark.parametrize("relative", [True, False])
def test_a_script_through_a_link_brings_its_own_interpreter(*, relative: bool) -> None:
    """Started as current/bin/adapter: after the link has moved on, master and workers run in the new virtualenv."""
    server = Adapter("prefix.py")
    server.write("prefix.py", PREFIX)
    link = server.directory / "current"
    link.symlink_to("one")
    virtualenv(server.directory, "one")
    virtualenv(server.directory, "two")
    server.program = ("current/bin/adapter",) if relative else (str(link / "bin" / "adapter"),)
    with server:
        address = server.address
        assert answer(address).decode() == str(server.directory / "one")
        fresh = server.directory / "next"
        fresh.symlink_to("two")
        fresh.rename(link)
        reload(server)
        assert answer(address).decode() == str(server.directory / "two")
        master = Path(f"/proc/{server.process.pid}/cmdline").read_bytes().split(b"\0")[0]
        assert os.fsdecode(master) == str(server.directory / "two" / "bin" / "python")


def test_words_for_the_interpreter_are_kept() -> None:
    """Started as `python -X … -m adapter`, it is the same after a reload."""
    server = Adapter("environment.py")
    server.program = (sys.executable, "-X", "faulthandler", "-m", "adapter")
    with server:
        address = server.address
        server.write("version", "two")
        reload(server)
        assert facts(address)["version"] == "two"
