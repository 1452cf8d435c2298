"""Files below a directory, against a real file system: what leads out of it is not found."""

import os
import threading
from pathlib import Path

import pytest

from adapter.unix.beneath import find


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with what one finds in directories, and a secret beside it."""
    root = tmp_path / "root"
    (root / "inner").mkdir(parents=True)
    (root / "file").write_text("file")
    (root / "inner/file").write_text("inner")
    (tmp_path / "secret").write_text("secret")
    (root / "out").symlink_to("../secret")
    (root / "absolute").symlink_to(tmp_path / "secret")
    (root / "within").symlink_to("file")
    (root / "up").symlink_to("..")
    os.mkfifo(root / "fifo")
    return root


def content(directory: Path, *names: bytes) -> str | None:
    """What is found there; a directory is ''."""
    found = find(str(directory), names)
    if found is None:
        return None
    with os.fdopen(os.dup(found.fd), "rb") if not found.directory else open(os.devnull, "rb") as file:
        data = file.read()
    os.close(found.fd)
    assert found.directory or found.size == len(data)
    return data.decode()


def test_what_is_there(root: Path, tmp_path: Path) -> None:
    """Files and directories below it; the directory itself may be a link, and without names a file."""
    (tmp_path / "current").symlink_to("root")
    assert content(root, b"file") == "file"
    assert content(root, b"inner", b"file") == "inner"
    assert (content(root, b"inner"), content(root)) == ("", "")
    assert content(tmp_path / "current", b"file") == "file"
    assert (content(root / "file"), content(root / "within"), content(root / "file", b"x")) == ("file", "file", None)


@pytest.mark.parametrize(
    "names",
    [
        [b"absent"],
        [b"out"],
        [b"absolute"],
        [b"within"],
        [b"up", b"secret"],
        [b"up", b"root", b"file"],
        [b"fifo"],
        [b"file", b"x"],
        [b"inner", b"absent"],
        [b"a\0b"],
        [b"x" * 300],
    ],
)
def test_what_is_not(root: Path, names: list[bytes]) -> None:
    """No link is followed, nobody is waited for, and what is no file is none; nothing is raised and no descriptor left."""
    before = len(os.listdir("/proc/self/fd"))
    assert content(root, *names) is None
    assert content(root / "absent", *names) is None
    assert len(os.listdir("/proc/self/fd")) == before


def test_whoever_changes_the_way_meanwhile(root: Path, tmp_path: Path) -> None:
    """A directory that becomes a link, again and again, while it is walked: the file below it or nothing, never the secret."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("secret")
    (root / "link").symlink_to("../elsewhere")
    ended = threading.Event()

    def swap() -> None:
        while not ended.is_set():
            (root / "inner").rename(root / "aside")
            (root / "link").rename(root / "inner")
            (root / "inner").rename(root / "link")
            (root / "aside").rename(root / "inner")

    thread = threading.Thread(target=swap)
    thread.start()
    seen = {content(root, b"inner", b"file") for _ in range(2000)}
    ended.set()
    thread.join()
    assert seen <= {"inner", None}
    # Not `in seen`: with few cores the two threads can fall into step, and every look then meets a link.
    assert content(root, b"inner", b"file") == "inner"
