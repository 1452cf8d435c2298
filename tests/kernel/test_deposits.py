"""Files put into a directory: all or none, no link followed, nothing of anybody's overwritten unasked."""

import os

import pytest

from adapter.exits import Misuse, SystemFailure
from adapter.unix.deposits import put

FILES = {"run": ("#!/bin/sh\n", 0o755), "log/run": ("exec x\n", 0o755), "env/A": ("1\n", 0o644)}


def test_written_whole(tmp_path):
    """Every file is there with its text and mode, whatever the umask; a second time nothing is written."""
    before = os.umask(0o077)
    try:
        assert put(str(tmp_path / "new"), FILES, force=False) == list(FILES)
    finally:
        os.umask(before)

    for path, (text, mode) in FILES.items():
        assert ((tmp_path / "new" / path).read_text(), (tmp_path / "new" / path).stat().st_mode & 0o7777) == (text, mode)
    assert put(str(tmp_path / "new"), FILES, force=False) == []
    assert sorted(each.name for each in (tmp_path / "new").iterdir()) == ["env", "log", "run"]


@pytest.mark.parametrize("other", ["other\n", "#!/bin/sh\nmore\n", ""])
def test_nothing_is_overwritten(tmp_path, other):
    """Another file of that name: refused, by name, before anything is written; --force replaces it."""
    (tmp_path / "run").write_text(other)
    with pytest.raises(Misuse, match="none is overwritten: run"):
        put(str(tmp_path), FILES, force=False)

    assert (sorted(each.name for each in tmp_path.iterdir()), (tmp_path / "run").read_text()) == (["run"], other)
    assert put(str(tmp_path), FILES, force=True) == list(FILES)
    assert (tmp_path / "run").read_text() == "#!/bin/sh\n"


@pytest.mark.parametrize("path", ["run", "log"])
def test_no_link_is_followed(tmp_path, path):
    """A link in a file's or a directory's place is refused, --force or not, and what it points to stays as it is."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "target").write_text("mine\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / path).symlink_to(tmp_path / ("target" if path == "run" else "elsewhere"))
    with pytest.raises((Misuse, SystemFailure), match=f"cannot write .*/out/{path}"):
        put(str(tmp_path / "out"), FILES, force=True)

    assert (tmp_path / "target").read_text() == "mine\n"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_directory_that_cannot_be(tmp_path):
    """A file where the directory should be: one sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemFailure, match=r"cannot write to the directory .*/file: "):
        put(str(tmp_path / "file"), FILES, force=False)
