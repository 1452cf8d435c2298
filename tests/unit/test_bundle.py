"""The code of all modules of a command in one file, kept by the first who may write there."""

import os
import shutil
import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from marshal import dumps
from pathlib import Path

import pytest

import adapter
from adapter.bytecode import load

NAMES = "first", "second"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A package of two modules and their bytecode, which is taken for ours."""
    place = tmp_path / "adapter"
    place.mkdir(0o755)
    for name in NAMES:
        (place / f"{name}.py").write_text("SAID = 1\n")
    (place / "__init__.py").touch(0o644)
    compiled(place)
    monkeypatch.setattr(adapter, "__path__", [str(place)])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return place


def compiled(place):
    """With bytecode of its own."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-f", place], check=True)


def said(names=NAMES):
    """What the modules say when they are loaded anew."""
    for name in NAMES:
        sys.modules.pop(f"adapter.{name}", None)
    try:
        load(names, "both")
        return [sys.modules[f"adapter.{name}"].SAID for name in names]
    finally:
        for name in NAMES:
            sys.modules.pop(f"adapter.{name}", None)
            if hasattr(adapter, name):
                delattr(adapter, name)


def bundle(place):
    """Where it is kept."""
    return place / "__pycache__" / f"both.{sys.implementation.cache_tag}.bundle"


def change(place, name, text, seconds):
    """Another source of that module, so much newer, and no bytecode of it."""
    source = place / f"{name}.py"
    then = source.stat().st_mtime
    source.write_text(text)
    os.utime(source, (then + seconds, then + seconds))


def forget(place):
    """Take all bytecode away."""
    for each in place.glob("__pycache__/*.pyc"):
        each.unlink()


def test_it_is_kept_and_used(place):
    """Who loads them first keeps them, as readable as the source; who comes then needs neither bytecode nor the source's text."""
    (place / "__init__.py").chmod(0o640)
    assert said() == [1, 1]
    assert bundle(place).stat().st_mode & 0o777 == 0o640
    forget(place)
    change(place, "first", "SAID = 2\n", 0)
    assert said() == [1, 1]
    assert not list(place.glob("__pycache__/first.*"))


@pytest.mark.parametrize(("text", "seconds"), [("SAID = 2\n", 5), ("SAID = 2 \n", 0)], ids=["newer", "longer"])
def test_a_module_that_has_changed(place, text, seconds):
    """It is loaded as it is now, the other as it was kept; and then the new one is kept."""
    said()
    change(place, "first", text, seconds)
    compiled(place)
    assert said() == [2, 1]
    forget(place)
    assert said() == [2, 1]
    assert not list(place.glob("__pycache__/*.pyc"))


def test_a_module_that_is_needed_no_more(place):
    """It is kept as long as nothing else has changed, and then no longer."""
    said()
    assert said(["second"]) == [1]
    assert b"first" in bundle(place).read_bytes()
    change(place, "second", "SAID = 2\n", 5)
    compiled(place)
    assert said(["second"]) == [2]
    assert b"first" not in bundle(place).read_bytes()


def test_what_has_moved(place, tmp_path, monkeypatch):
    """Code says where it is from, in tracebacks: that of another place is not taken."""
    said()
    moved = Path(shutil.copytree(place, tmp_path / "moved"))
    before = bundle(moved).read_bytes()
    compiled(moved)
    monkeypatch.setattr(adapter, "__path__", [str(moved)])
    assert said() == [1, 1]
    assert str(place).encode() in before
    assert str(place).encode() not in bundle(moved).read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:3],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: b"\0\0\r\n" + data[4:],
        lambda _: MAGIC_NUMBER + b"?",
        lambda _: MAGIC_NUMBER + dumps(["no", "dictionary"]),
    ],
    ids=["empty", "no head", "half", "all but a byte", "another Python's", "no data", "other data"],
)
def test_a_damaged_one(place, damage):
    """It is nothing, and is replaced."""
    said()
    good = bundle(place).read_bytes()
    bundle(place).write_bytes(damage(good))
    assert said() == [1, 1]
    assert bundle(place).read_bytes() == good


def test_who_may_not_write_there(place):
    """He does without."""
    cache = place / "__pycache__"
    for each in place.glob("__pycache__/*.pyc"):
        each.rename(place / each.name)
    cache.rmdir()
    cache.touch()  # no directory: not even root may write into it
    forget(place)
    assert said() == [1, 1]


def test_who_is_told_to_write_no_bytecode(place, monkeypatch):
    """He keeps nothing."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = sorted(place.glob("__pycache__/*"))
    assert said() == [1, 1]
    assert sorted(place.glob("__pycache__/*")) == before


FULL = """
import resource, sys
from adapter.bytecode import load
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
load(["config/", "exits", "config/kinds"], "full")
print(sys.modules["adapter.config.kinds"].__name__)
"""


def test_a_full_disk(tmp_path):
    """What could not be written whole is not left there; the modules are loaded all the same."""
    copy = shutil.copytree(Path(adapter.__file__).parent, tmp_path / "adapter")
    compiled(copy)
    before = sorted(copy.glob("__pycache__/*"))
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    words = [sys.executable, "-P", "-c", FULL]
    done = subprocess.run(words, env={**environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    assert done.stdout == "adapter.config.kinds\n"
    assert sorted(copy.glob("__pycache__/*")) == before
