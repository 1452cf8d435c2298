"""Log files: appended to by many, and set aside without destroying any."""

import os
import stat
from pathlib import Path

import pytest

from adapter.unix.logfiles import append, set_aside


def say(path: Path, text: bytes) -> None:
    """As a process that opens, writes and closes."""
    fd = append(str(path))
    try:
        os.write(fd, text)
    finally:
        os.close(fd)


def test_appended(tmp_path: Path) -> None:
    """What was there stays; two who have it open overwrite nothing of each other's."""
    path = tmp_path / "log"
    one, other = append(str(path)), append(str(path))
    for fd, text in ((one, b"a\n"), (other, b"b\n"), (one, b"c\n")):
        os.write(fd, text)
    say(path, b"d\n")
    for fd in (one, other):
        assert not os.get_inheritable(fd)
        assert os.get_blocking(fd)
        os.close(fd)
    assert path.read_bytes() == b"a\nb\nc\nd\n"
    assert stat.S_IMODE(path.stat().st_mode) & 0o137 == 0


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/null", path)])
def test_nothing_is_followed_or_waited_for(tmp_path: Path, make) -> None:
    """A link, a directory, and a FIFO that nobody reads are errors, at once."""
    make(tmp_path / "log")
    with pytest.raises(OSError):
        append(str(tmp_path / "log"))


def test_set_aside(tmp_path: Path) -> None:
    """The name is new each time, whatever is taken, and whoever writes goes on writing to the renamed file."""
    path = tmp_path / "log"
    (tmp_path / "log.now").write_text("somebody's\n")
    (tmp_path / "log.now.1").symlink_to("nowhere")
    fd = append(str(path))
    os.write(fd, b"before\n")
    assert set_aside(str(path), "now") == f"{path}.now.2"
    os.write(fd, b"after\n")
    os.close(fd)
    say(path, b"anew\n")
    assert set_aside(str(path), "now") == f"{path}.now.3"
    found = {each.name: each.read_text() for each in tmp_path.iterdir() if not each.is_symlink()}
    assert found == {"log.now": "somebody's\n", "log.now.2": "before\nafter\n", "log.now.3": "anew\n"}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/null", path), lambda _path: None])
def test_only_files_are_set_aside(tmp_path: Path, make) -> None:
    """What is no regular file, or not there, stays as it is, and leaves nothing behind."""
    make(tmp_path / "log")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError):
        set_aside(str(tmp_path / "log"), "now")
    assert sorted(tmp_path.iterdir()) == before


def test_a_name_is_not_kept_when_the_rename_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reserved name goes when the file could not be renamed to it."""
    (tmp_path / "log").write_text("x")

    def refuse(_old: str, _new: str) -> None:
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(PermissionError):
        set_aside(str(tmp_path / "log"), "now")
    assert [each.name for each in tmp_path.iterdir()] == ["log"]
