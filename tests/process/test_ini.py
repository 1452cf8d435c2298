"""`adapter serve --ini FILE`: an existing uwsgi.ini runs, and a bad one is told by file and line, at the start and at a reload."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.commands import answer
from kit.server import PROGRAM, Adapter

FLASK = """
[uwsgi]
base = %d
chdir = %(base)
module = flask_app
callable = app
master = true
processes = 2 ; two
http-socket = 127.0.0.1:0
pidfile = server.pid
touch-reload = %(base)touched
harakiri = 30
die-on-term
vacuum = true
vaccum = true
log-maxsize = 1000

[adapter]
workers = 1
drain-timeout = 5s
"""
HELLO = "[uwsgi]\nwsgi-file = hello.py\nhttp-socket = 127.0.0.1:0\ndie-on-term\ndisable-logging\n"
ASKS = """
import uwsgi
def application(environ, start_response):
    start_response("200 OK", [])
    return [uwsgi.opt["shop-key"]]
"""


class Ini(Adapter):
    """A server that is told everything by `shop.ini`; {directory} in it becomes the directory."""

    def __init__(self, text: str, *options: str, env: dict[str, str | None] | None = None, spec: str = "shop.ini") -> None:
        super().__init__(f"--ini={spec}", *options, bind=(), env=env)
        self.write("shop.ini", text.replace("{directory}", str(self.directory)))
        self.install("hello.py", "hello.py")


def test_a_flask_site() -> None:
    """It serves; [adapter] and the command line win; what is left out and what is a typo is said; a touched file reloads it."""
    server = Ini(FLASK, "--threads=3")
    shutil.copy(Path(__file__).parents[2] / "examples/flask_app.py", server.directory / "flask_app.py")
    with server:
        assert answer(server.address).startswith(b"Hello from worker ")
        assert server.wait_for("adapter: info: serving")["workers"] == "1"
        server.log.wait_for(r"warning: .*/shop\.ini:15: vaccum: uWSGI has no such option: did you mean vacuum\?")
        server.log.wait_for(r"info: .*/shop\.ini:16: log-maxsize: logrotate")
        assert (server.directory / "server.pid").read_text() == f"{server.process.pid}\n"
        server.log.wait_for(r'"GET / HTTP/1\.1" 200')
        mark = server.log.mark()
        (server.directory / "touched").touch()
        server.wait_for("adapter: info: serving generation=2", since=mark)


def broken(text: str) -> Callable[[Adapter], object]:
    """That file."""
    return lambda server: server.write("shop.ini", text)


def fifo(server: Adapter) -> None:
    """Nobody will ever write to it."""
    (server.directory / "shop.ini").unlink()
    os.mkfifo(server.directory / "shop.ini")


BROKEN = {
    "fifo": (fifo, r"cannot read .*/shop\.ini: it is not a regular file"),
    "gone": (lambda server: (server.directory / "shop.ini").unlink(), r"shop\.ini"),
    "binary": (lambda server: (server.directory / "shop.ini").write_bytes(b"[uwsgi]\n\xff\x00\x01"), r"shop\.ini"),
    "large": (broken("[uwsgi]\n" + "# and so on\n" * 1_000_000), r"cannot read .*/shop\.ini: it is larger than 1048576 bytes"),
    "endless": (broken(HELLO + "a = %(b)\nb = x%(a)\n"), r"shop\.ini:6: %\(b\) is filled in over and over"),
    "huge": (broken(HELLO + "#" * 11_000_000), r"shop\.ini: it is larger than"),
    "value": (broken(HELLO + "harakiri = soon\n"), r"shop\.ini:6: harakiri = soon is not a time"),
    "strict": (broken(HELLO + "strict\nharikiri = 5\n"), r"shop\.ini:7: harikiri: .* did you mean harakiri\?"),
    "refused": (broken(HELLO + "mule = tasks.py\n"), r"shop\.ini:6: mule: a mule is a service of its own"),
    "circle": (broken(HELLO + "ini = shop.ini\n"), r"shop\.ini"),
    "ours": (broken(HELLO + "[adapter]\nwokers = 2\n"), r"shop\.ini:7: there is no option wokers: did you mean workers\?"),
}


def test_a_broken_file_changes_nothing() -> None:
    """Whatever is wrong with it, a reload is refused in a sentence with its line, and the old generation serves; mended, it goes in."""
    with Ini(HELLO) as server:
        address = server.address
        for break_it, says in BROKEN.values():
            break_it(server)
            mark = server.log.mark()
            server.refuse_reload()
            server.log.wait_for(says, since=mark)
            assert answer(address) == b"hello\n"
        server.write("shop.ini", HELLO + "processes = 2\n")
        assert server.reload()["workers"] == "2"
        assert "Traceback" not in "\n".join(server.log.all())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_starts_nothing(name: str, tmp_path: Path) -> None:
    """One sentence, exit 100, no traceback."""
    server = Ini(HELLO)
    BROKEN[name][0](server)
    run = subprocess.run(
        [*PROGRAM, "serve", "--ini=shop.ini"], cwd=server.directory, capture_output=True, text=True, timeout=60, check=False
    )
    shutil.rmtree(server.directory)

    assert run.returncode == 100
    assert run.stderr.splitlines()[-1].startswith("adapter: fatal: ")
    assert "Traceback" not in run.stderr


def test_several_refusals() -> None:
    """Each has a line, the last sentence says how to go on, with the command that writes the mule's service; and so it goes on."""
    text = HELLO + "mule = a.py\ncron = 1 -1 -1 -1 -1 b\n"
    server = Ini(text)
    run = subprocess.run(
        [*PROGRAM, "serve", "--ini=shop.ini"], cwd=server.directory, capture_output=True, text=True, timeout=60, check=False
    )
    typed = run.stderr.rpartition(": `")[2].partition("`")[0]
    path = f"{Path(PROGRAM[0]).parent}:{os.environ['PATH']}"
    written = subprocess.run(
        typed, shell=True, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=60, check=False
    )
    shutil.rmtree(server.directory)

    assert written.returncode == 0, f"{written}"
    assert f"\ndirectory={server.directory}\n" in written.stdout
    assert "/python -u a.py\n" in written.stdout
    assert run.returncode == 100
    assert "shop.ini:6: mule: " in run.stderr
    assert "shop.ini:7: cron: " in run.stderr
    assert "say `without = mule, cron` in [adapter]" in run.stderr.splitlines()[-1]
    with Ini(text + "[adapter]\nwithout = mule, cron\n") as server:
        assert answer(server.address) == b"hello\n"
        server.log.wait_for("mule: somebody else does it")


def test_a_section_and_the_environment() -> None:
    """FILE:SECTION is that section; the environment wins over the file."""
    text = HELLO.replace("[uwsgi]", "[staging]") + "processes = 3\n"
    with Ini(text, spec="shop.ini:staging", env={"ADAPTER_WORKERS": "2"}) as server:
        assert server.wait_for("adapter: info: serving")["workers"] == "2"


APP = """
import os, sys
import extra
def application(environ, start_response):
    start_response("200 OK", [])
    told = [extra.WHO, os.environ.get("GONE", "-"), os.environ.get("KEPT", "-"), str(environ["wsgi.multithread"]), "first" in sys.modules]
    return ["|".join(map(str, told)).encode()]
"""


def test_a_virtualenv_a_script_and_an_environment() -> None:
    """The packages of the virtualenv are found, `.wsgi` is Python, variables come and go, a module is imported first, one thread runs."""
    packages = f"venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    text = "[uwsgi]\nchdir = {directory}\nwsgi-file = app.wsgi\nhttp-socket = 127.0.0.1:0\nvirtualenv = venv\nenv = KEPT=yes\nunenv = GONE\nimport = first\n"
    server = Ini(text, env={"GONE": "no"})
    (server.directory / packages).mkdir(parents=True)
    (server.directory / packages / "extra.py").write_text("WHO = 'extra'")
    server.write("first.py", "")
    server.write("app.wsgi", APP)
    with server:
        assert answer(server.address) == b"extra|-|yes|False|True"
        assert not (server.directory / "__pycache__/app.cpython-311.pyc").exists()
        server.log.wait_for("info: without die-on-term uWSGI reloads on TERM")
        os.rename(server.directory / "venv", server.directory / "moved")
        assert "cannot use the virtualenv" in server.refuse_reload()


def test_an_application_finds_its_own_lines() -> None:
    """uwsgi.opt has what the file says and what that includes, placeholders filled in, for who keeps his own settings there."""
    text = HELLO.replace("hello.py", "../asks.py") + "chdir = below\nbase = /srv\nini = more.ini\n"
    server = Ini(text)
    server.write("more.ini", "[uwsgi]\nshop-key = %(base)/shop\n")
    server.write("asks.py", ASKS)
    (server.directory / "below").mkdir()
    with server:
        assert answer(server.address) == b"/srv/shop"
