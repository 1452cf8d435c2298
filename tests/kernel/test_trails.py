"""The way to a file, and what the kernel tells of it."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapter.lifecycle.commands import Command
from adapter.lifecycle.touching import Wish
from adapter.log import Log
from adapter.roles.master import touching
from adapter.roles.master.touching import Touches
from adapter.roles.master.watch import Watch
from adapter.unix.inotify import Inotify
from adapter.unix.trails import mark, trail

FAR = 1e9  # an instant at which everything is due


def below(root: Path, path: str) -> dict[str, set[str] | None]:
    """The way, as seen from `root`."""
    found = trail(str(root / path))
    return {
        str(Path(directory).relative_to(root)): names
        for directory, names in found.items()
        if Path(directory).is_relative_to(root)
    }


def test_ways(tmp_path: Path) -> None:
    """Through directories, links (relative, absolute, several, endless), to a file, a directory, or what is not there."""
    (tmp_path / "releases/1").mkdir(parents=True)
    (tmp_path / "releases/1/touch").touch()
    (tmp_path / "current").symlink_to("releases/1")
    (tmp_path / "again").symlink_to(tmp_path / "current")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").symlink_to("again/../1/touch")
    assert below(tmp_path, "releases/1/touch") == {".": set(), "releases": set(), "releases/1": {"touch"}}
    assert below(tmp_path, "current/touch") == {".": {"current"}, "releases": set(), "releases/1": {"touch"}}
    assert below(tmp_path, "again/touch") == {".": {"again", "current"}, "releases": set(), "releases/1": {"touch"}}
    assert below(tmp_path, "file")["."] == {"file", "again", "current"}
    assert below(tmp_path, "file")["releases/1"] == {"touch"}
    assert below(tmp_path, "releases/2/touch") == {".": set(), "releases": {"2"}}
    assert below(tmp_path, "releases/1") == {".": set(), "releases": {"1"}, "releases/1": None}
    assert below(tmp_path, "loop/x") == {".": {"loop"}}
    assert below(tmp_path, "releases/1/touch/x")["releases/1"] == {"touch"}
    assert all(names == set() for directory, names in trail(str(tmp_path / "x")).items() if directory != str(tmp_path))


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Callable[[str], "Seen"]]:
    seen: list[Seen] = []

    def start(path: str) -> Seen:
        seen.append(Seen(str(tmp_path / path)))
        return seen[-1]

    yield start
    for each in seen:
        each.touches.close()


class Seen:
    """One file that is watched, by the real kernel."""

    def __init__(self, path: str) -> None:
        self.watch = Watch()
        self.touches = Touches(Log(2), self.watch)
        self.touches.follow([Wish(path, Command.RELOAD)], imported=False)

    def told(self) -> bool:
        """Whether the kernel told of something that matters since the last call (it tells at once)."""
        for hear in self.watch.wait(0):
            hear()
        return self.touches.deadline is not None

    def asked(self) -> int:
        """How often a reload is asked for by what happened."""
        return len(self.touches.look(FAR)) if self.told() else 0


def make(path: Path, text: str = "x") -> None:
    """A file, new or not, by way of another name."""
    fresh = path.with_name("." + path.name)
    fresh.write_text(text)
    fresh.rename(path)


def delete_and_create(path: Path) -> None:
    path.unlink()
    path.write_text("y")


def vim(path: Path) -> None:
    """backupcopy=no: the old file becomes a backup, a new one is written at the name, the backup goes."""
    probe = path.with_name("4913")
    probe.touch()
    probe.unlink()
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    path.write_text("z")
    backup.unlink()


@pytest.mark.parametrize(
    "change",
    [
        os.utime,
        lambda path: path.write_text("q"),
        make,
        delete_and_create,
        vim,
        lambda path: os.utime(path, (1, 1)),
    ],
)
def test_every_change_is_one_touch(tmp_path: Path, watched: Callable[[str], Seen], change: Callable[[Path], None]) -> None:
    """touch, write, rename, delete and create, an editor's way, an older time: one reload; then silence; then again."""
    path = tmp_path / "touch"
    path.touch()
    os.utime(path, (5, 5))
    seen = watched("touch")
    assert not seen.told()
    change(path)
    assert seen.asked() == 1
    assert not seen.told()
    os.utime(path, (7, 7))
    assert seen.asked() == 1


def test_what_does_not_matter_is_not_told(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """Other files in the same directory, reading it, and changes in directories on the way wake nobody."""
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/touch").touch()
    seen = watched("a/b/touch")
    (tmp_path / "a/b/other").write_text("x")
    (tmp_path / "a/other").mkdir()
    (tmp_path / "a/b/touch").read_text()
    assert not seen.told()
    os.chmod(tmp_path / "a/b/touch", 0o600)
    assert seen.asked() == 0  # told, looked at, and not touched


def test_a_file_that_comes_to_be(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """Not there, nor its directory, nor the one above: watched for; its appearance is a touch, and its later ones are."""
    seen = watched("a/b/touch")
    assert not seen.told()
    (tmp_path / "a").mkdir()
    assert seen.asked() == 0
    (tmp_path / "a/b").mkdir()
    assert seen.asked() == 0
    (tmp_path / "a/b/touch").touch()
    assert seen.asked() == 1
    os.utime(tmp_path / "a/b/touch", (5, 5))
    assert seen.asked() == 1


def test_a_tree_that_is_made_at_once(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """Directories and file appear before we have looked: seen, since we look once all is watched."""
    seen = watched("a/b/touch")
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/touch").touch()
    assert seen.asked() == 1


def test_deletion_is_no_touch(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """Gone: nothing. Back after we looked: one reload. Its whole directory gone and back: one."""
    path = tmp_path / "run/touch"
    path.parent.mkdir()
    path.touch()
    seen = watched("run/touch")
    path.unlink()
    assert seen.asked() == 0
    path.write_text("back")
    assert seen.asked() == 1
    shutil.rmtree(path.parent)
    assert seen.asked() == 0
    path.parent.mkdir()
    path.write_text("again")
    assert seen.asked() == 1
    os.utime(path, (5, 5))
    assert seen.asked() == 1


def test_a_link_is_switched(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """`ln -sfn` of a release on the way: one reload; then the new release's file is the one that counts."""
    for release in ("1", "2"):
        (tmp_path / release).mkdir()
        (tmp_path / release / "touch").touch()
    (tmp_path / "current").symlink_to("1")
    seen = watched("current/touch")
    os.utime(tmp_path / "1/touch", (5, 5))
    assert seen.asked() == 1
    (tmp_path / "fresh").symlink_to("2")
    (tmp_path / "fresh").rename(tmp_path / "current")
    assert seen.asked() == 1
    os.utime(tmp_path / "1/touch", (6, 6))
    assert seen.asked() == 0
    os.utime(tmp_path / "2/touch", (6, 6))
    assert seen.asked() == 1


def test_a_directory_far_above_is_renamed(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """mv of a whole tree away and of another one into its place: one reload, and the new one is watched."""
    for tree in ("old", "new"):
        (tmp_path / tree / "app").mkdir(parents=True)
        (tmp_path / tree / "app/touch").touch()
    (tmp_path / "old").rename(tmp_path / "srv")
    seen = watched("srv/app/touch")
    (tmp_path / "srv").rename(tmp_path / "old")
    (tmp_path / "new").rename(tmp_path / "srv")
    assert seen.asked() == 1
    os.utime(tmp_path / "srv/app/touch", (6, 6))
    assert seen.asked() == 1


def test_a_directory_is_touched_by_what_comes_into_it(tmp_path: Path, watched: Callable[[str], Seen]) -> None:
    """A directory as touch file, as uWSGI takes one: an entry made or removed is a touch."""
    (tmp_path / "conf.d").mkdir()
    seen = watched("conf.d")
    (tmp_path / "conf.d/a").touch()
    assert seen.asked() == 1
    (tmp_path / "conf.d/a").unlink()
    assert seen.asked() == 1


def test_across_an_exec(tmp_path: Path) -> None:
    """What is touched while one image becomes the next is seen by the next; what was seen before is not asked again."""
    path = tmp_path / "touch"
    path.touch()
    first = Seen(str(path))
    os.utime(path, (5, 5))
    assert first.asked() == 1
    plain = first.touches.to_plain()
    first.touches.close()
    for after, asked in ((5, 0), (6, 1)):
        os.utime(path, (after, after))
        later = Touches(Log(2), Watch())
        later.restore(plain)
        assert len(later.look(FAR)) == asked
        later.close()


def test_a_mark_tells_what_is_not_there(tmp_path: Path) -> None:
    """Missing, or not a way at all."""
    assert mark(str(tmp_path / "x")) is None
    assert mark("/dev/null/x") is None


def test_where_the_kernel_cannot_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Too many watches for this user: said once, and the file is looked at now and then; as soon as the kernel can, it tells again."""
    path = tmp_path / "touch"
    path.touch()

    def full() -> Inotify:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as broken:
        broken.setattr(touching, "Inotify", full)
        seen = Seen(str(path))
        assert seen.touches.deadline is not None
        assert seen.touches.look(0) == []
        assert seen.touches.look(FAR) == []
        os.utime(path, (5, 5))
        assert len(seen.touches.look(FAR)) == 1
        assert capfd.readouterr().err.count("the kernel will not tell of touched files") == 1
    assert seen.touches.look(FAR) == []
    assert seen.touches.deadline is None
    os.utime(path, (6, 6))
    assert seen.asked() == 1
    seen.touches.close()
