"""Broken deploys while a strict client looks on: each is refused with its reason, nothing fails, and the repaired one goes in."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGALRM, SIGHUP
from typing import NamedTuple

import pytest

from kit.load import Load
from kit.server import Adapter


class Breakage(NamedTuple):
    """What is done to the directory, and what the log must then say, in its reason or in a traceback."""

    do: Callable[[Adapter], object]
    says: str
    number: int = SIGHUP
    options: tuple[str, ...] = ()


def never_ending(server: Adapter) -> None:
    """An import that waits for ever."""
    os.mkfifo(server.directory / "gate")
    server.install("endless_import.py", "exact.py")


def no_interpreter(server: Adapter) -> None:
    """The virtualenv is gone."""
    (server.directory / "venv" / "bin" / "python").unlink()


def put(app: str) -> Callable[[Adapter], object]:
    """This application in place of the one that serves."""
    return lambda server: server.install(app, "exact.py")


LAZY = ("--lazy-apps",)
BREAKAGES = {
    "syntax error": Breakage(put("syntax_error.broken"), r"\| SyntaxError: "),
    "syntax error, chain": Breakage(put("syntax_error.broken"), r"\| SyntaxError: ", SIGALRM),
    "import error": Breakage(put("raises_at_import.py"), r"\| KeyError: 'DATABASE_URL'"),
    "missing module": Breakage(put("missing_module.py"), r"\| ModuleNotFoundError: .*nobody"),
    "no application": Breakage(put("no_application.py"), r"reload failed: neither `application` nor `app`"),
    "no file": Breakage(lambda server: (server.directory / "exact.py").unlink(), r"exact\.py"),
    "death at import": Breakage(put("dies_at_import.py"), r"exit code 5"),
    "death at fork": Breakage(put("dies_at_fork.py"), r"reload failed: .*fork.* died"),
    "crash loop": Breakage(put("dies_at_boot.py"), r"exit code 9"),
    "crash loop, chain": Breakage(put("dies_at_boot.py"), r"exit code 9", SIGALRM),
    "slow boot": Breakage(never_ending, r"reload failed: .*(boot|load|import)"),
    "syntax error, lazy": Breakage(put("syntax_error.broken"), r"\| SyntaxError: ", SIGHUP, LAZY),
    "death at import, lazy": Breakage(put("dies_at_import.py"), r"exit code 5", SIGHUP, LAZY),
    "slow boot, lazy": Breakage(never_ending, r"reload failed: .*(boot|load|import|ready)", SIGALRM, LAZY),
    "bad config": Breakage(lambda server: server.write("adapter.toml", "[adapter]\nworkrs = 2\n"), r"workrs.*workers"),
    "unreadable config": Breakage(lambda server: (server.directory / "adapter.toml").unlink(), r"adapter\.toml"),
    "bad value": Breakage(lambda server: server.write("adapter.toml", "[adapter]\nworkers = 0\n"), r"workers"),
    "no interpreter": Breakage(no_interpreter, r"reload failed: .*venv/bin/python"),
}


def virtualenv(directory: Path) -> tuple[str, ...]:
    """A virtualenv of its own in that directory, which sees all that ours sees; how to run adapter with it."""
    home = directory / "venv"
    packages = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (home / "bin").mkdir()
    base = Path(sys.executable).resolve()
    (home / "bin" / "python").symlink_to(base)
    (home / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    ours = [path for path in sys.path if Path(path).name == "site-packages"]
    root = Path(__file__).parents[2]
    (packages / "ours.pth").write_text("\n".join([str(root), *ours]) + "\n")
    return (str(home / "bin" / "python"), "-m", "adapter")


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_deploy_is_refused(name: str) -> None:
    """0 failed of all; only the old version answers until the deploy is repaired, the new one afterwards; the log says why."""
    broken = BREAKAGES[name]
    server = Adapter(
        "exact.py", "--config=adapter.toml", "--boot-timeout=6" if "slow boot" in name else "--boot-timeout=20", *broken.options
    )
    if name == "no interpreter":
        server.program = virtualenv(server.directory)
    config = server.write("adapter.toml", "[adapter]\nworkers = 2\n").read_text()
    with server, Load(server.address) as load:
        server.write("version", "2\n")
        mark = server.log.mark()
        broken.do(server)
        server.refuse_reload(broken.number)
        server.wait_for(broken.says, since=mark)
        assert load.lap() == {"1"}
        repair(server, config)
        server.reload(broken.number)
        load.until("2")
        report = load.stop()
        assert report.failed == 0, str(report)
        assert set(report.versions) == {"1", "2"}
        assert len({each.generation for each in server.ready()}) == 2, "a worker of the broken deploy was ready"


def repair(server: Adapter, config: str) -> None:
    """All as it was."""
    server.install("exact.py", "exact.py")
    server.write("adapter.toml", config)
    python = server.directory / "venv" / "bin" / "python"
    if python.parent.is_dir() and not python.exists():
        python.symlink_to(Path(sys.executable).resolve())


def test_broken_deploys_in_a_row_harm_nothing() -> None:
    """Ten refused reloads one after the other: 0 failed of all, and nobody is left of them."""
    with Adapter("exact.py", "--workers=2", "--boot-timeout=20") as server, Load(server.address) as load:
        before = len(server.process.processes())
        for app in ("syntax_error.broken", "raises_at_import.py") * 5:
            server.install(app, "exact.py")
            server.refuse_reload()
            assert load.lap() == {"1"}
        report = load.stop()
        assert report.failed == 0, str(report)
        assert set(report.versions) == {"1"}
        assert len(server.process.processes()) == before, f"{server.process.processes()}"
