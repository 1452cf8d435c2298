"""The short way to our own modules, beside the ordinary one."""

import gc
import importlib.util
import os
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path

import pytest

import adapter
from adapter.bytecode import load, plain
from adapter.nearby import Finder

ROOT = Path(__file__).parent.parent.parent


def package(directory):
    """A package of one module and its bytecode; its path."""
    place = directory / "adapter"
    place.mkdir()
    (place / "said.py").write_text("SAID = 1\n")
    subprocess.run([sys.executable, "-m", "compileall", "-q", place], check=True)
    return place


def run(place):
    """What the module says."""
    spec = Finder().find_spec("adapter.said", [str(place)])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SAID


def said(*words, **env):
    """What another Python with our modules at hand prints."""
    return subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("name", ["exits", "log", "roles", "protocols"])
def test_it_finds_the_same(name):
    """A module has the attributes that the ordinary way gives it."""
    ours = Finder().find_spec(f"adapter.{name}", adapter.__path__)
    theirs = PathFinder.find_spec(f"adapter.{name}", adapter.__path__)

    for attribute in ("name", "origin", "cached", "has_location", "parent", "submodule_search_locations"):
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert ours.loader.get_code(f"adapter.{name}") == theirs.loader.get_code(f"adapter.{name}")
    assert ours.loader.get_source(f"adapter.{name}") == theirs.loader.get_source(f"adapter.{name}")


@pytest.mark.parametrize(("name", "path"), [("json.decoder", ["/usr"]), ("adapter", None), ("adapter.nothing", adapter.__path__)])
def test_what_is_not_ours(name, path):
    """Other packages' modules, and what is not there, are left to the others."""
    assert Finder().find_spec(name, path) is None


def test_no_directory(tmp_path):
    """A package in an archive is left to the others."""
    assert Finder().find_spec("adapter.said", [str(tmp_path / "archive.zip" / "adapter")]) is None


@pytest.mark.parametrize("suffix", EXTENSION_SUFFIXES)
def test_compiled(tmp_path, suffix):
    """What is compiled is left to the others, though its source lies beside it."""
    place = package(tmp_path)
    (place / f"said{suffix}").touch()

    assert Finder().find_spec("adapter.said", [str(place)]) is None


def test_bytecode(tmp_path):
    """The bytecode is what runs, as long as it is of this source: it is not read again, nor compiled."""
    place = package(tmp_path)
    source = place / "said.py"
    before = source.stat()
    source.write_text("SAID = 2\n")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert run(place) == 1


@pytest.mark.parametrize("change", ["newer", "longer", "elsewhere", "gone", "garbled"])
def test_bytecode_of_something_else(tmp_path, monkeypatch, change):
    """Bytecode of another time, size, place or Python, or none: it is the source that counts."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    place = package(tmp_path)
    source = place / "said.py"
    (bytecode,) = place.glob("__pycache__/said.*.pyc")
    before = source.stat()
    if change == "newer":
        source.write_text("SAID = 2\n")
        os.utime(source, (before.st_atime, before.st_mtime + 5))
    elif change == "longer":
        source.write_text("SAID = 22\n")
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "elsewhere":
        place = Path(shutil.move(place, tmp_path / "moved"))
    elif change == "gone":
        bytecode.unlink()
    else:
        bytecode.write_bytes(b"another Python" + bytecode.read_bytes())

    assert run(place) == {"newer": 2, "longer": 22}.get(change, 1)
    code = Finder().find_spec("adapter.said", [str(place)]).loader.get_code("adapter.said")
    assert code.co_filename == str(place / "said.py")


@pytest.mark.parametrize(
    ("options", "env", "expected"), [([], {}, True), (["-O"], {}, False), ([], {"PYTHONPYCACHEPREFIX": "/nowhere"}, False)]
)
def test_only_where_bytecode_is_usual(options, env, expected):
    """It is asked while `with` lasts, and not at all where bytecode is another: under -O and PYTHONPYCACHEPREFIX."""
    code = "import sys; from adapter.nearby import Finder\nwith Finder() as finder: print(finder in sys.meta_path)\nprint(finder in sys.meta_path)"
    assert said(*options, "-c", code, **env).split() == [str(expected), "False"]


ATTRIBUTES = "__name__", "__file__", "__cached__", "__package__", "__path__", "__doc__"
LOADED = f"""
import sys, adapter
from adapter.bytecode import load
if sys.argv[1] == "load":
    load(["exits", "config/", "config/kinds"], "nothing")
import adapter.exits, adapter.config.kinds
for module in adapter.exits, adapter.config, adapter.config.kinds:
    print([getattr(module, name, None) for name in {ATTRIBUTES}], module.__spec__.name, module.__spec__.has_location)
"""


def test_it_loads_the_same():
    """What was loaded by name is where the ordinary way puts it, with the same attributes."""
    assert said("-B", "-c", LOADED, "load") == said("-B", "-c", LOADED, "import")


PLAIN = "from adapter.bytecode import plain; print(plain())"


def test_only_where_everything_is_plain():
    """All of it is loaded by name, or nothing: it is not, where bytecode is another."""
    assert said("-c", PLAIN) == "True\n"
    assert said("-O", "-c", PLAIN) == "False\n"
    assert said("-c", PLAIN, PYTHONPYCACHEPREFIX="/nowhere") == "False\n"


@pytest.mark.parametrize("suffix", EXTENSION_SUFFIXES)
def test_nothing_is_plain_where_a_part_is_compiled(tmp_path, monkeypatch, suffix):
    """Compiled modules and the source of others must not mix, so what mypyc builds beside us is looked for."""
    monkeypatch.setattr(adapter, "__path__", [str(package(tmp_path))])
    assert plain()
    (tmp_path / f"adapter__mypyc{suffix}").touch()
    assert not plain()


OF_PYTHON = """
import sys
if sys.argv[1] == "load":
    from adapter.bytecode import load
    load([], "nothing")
import __future__, _socket
for module in __future__, _socket:
    spec = module.__spec__
    print(module.__name__, getattr(module, "__file__", None), module.__package__, getattr(module, "__cached__", None))
    print(type(module.__loader__), spec.name, spec.origin, spec.has_location, spec.cached)
print(__future__.all_feature_names, _socket.socket)
"""


def test_modules_of_python_are_the_same_behind_it():
    """Whoever imports those of which our modules need something finds what the ordinary way would have found, with the same attributes."""
    assert said("-c", OF_PYTHON, "load") == said("-c", OF_PYTHON, "import")


def test_what_fails_is_not_there(tmp_path, monkeypatch):
    """A module that cannot be imported is not left half imported."""
    place = package(tmp_path)
    (place / "broken.py").write_text("raise LookupError\n")
    monkeypatch.setattr(adapter, "__path__", [str(place)])

    with pytest.raises(LookupError):
        load(["broken"], "nothing")

    assert "adapter.broken" not in sys.modules


def test_no_garbage_meanwhile():
    """No garbage is collected while modules are imported, and it is again behind that, also when an import failed."""
    with Finder():
        within = gc.isenabled()
    with pytest.raises(ModuleNotFoundError), Finder():
        importlib.import_module("adapter.nothing")

    assert (within, gc.isenabled()) == (False, True)
