"""Which files the application is made of."""

import importlib
import sys

import pytest

from adapter.roles.worker.imported import Imported


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module that can be imported by its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name, text):
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
        importlib.invalidate_caches()
        return str(path)

    return write


def told(imported, error=None):
    return {path for message in imported.news(error) for path in message.files}


def test_only_what_is_new_and_ours(module):
    """A module of our own is told once, with its mark; Python's, installed and adapter's own never."""
    imported = Imported(print)
    before = told(imported)
    assert not any("site-packages" in path or path == sys.modules["os"].__file__ or "/adapter/roles/" in path for path in before)
    assert told(imported) == set()
    path = module("watched_one", "x = 1\n")
    importlib.import_module("watched_one")
    assert told(imported) == {path}
    assert told(imported) == set()


@pytest.mark.parametrize("text", ["def broken(:\n", "import nowhere_to_be_found\n", "1 / 0\n"])
def test_a_module_that_cannot_be_imported(module, text):
    """Its file is told all the same, and that of who imports it: whoever mends it waits for the reload."""
    imported = Imported(print)
    told(imported)
    path = module("watched_broken", text)
    outer = module("watched_outer", "import watched_broken\n")
    with pytest.raises(Exception) as caught:
        importlib.import_module("watched_outer")
    assert {path, outer} <= told(imported, caught.value)


def test_many_are_told_in_several_messages(module):
    """A message fits into a socket's buffer, however many modules there are."""
    imported = Imported(print)
    told(imported)
    for number in range(450):
        module(f"watched_{number:03}", "")
        importlib.import_module(f"watched_{number:03}")
    messages = list(imported.news())
    assert [len(message.files) for message in messages] == [200, 200, 50]
