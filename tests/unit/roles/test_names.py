"""The names operators know us by, as one image leaves them to the next."""

import os

import pytest

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.master.names import Names
from adapter.roles.master.watch import Watch


def names():
    return Names(Log(2), Watch(), describe=dict, wait_for=lambda _: 0, showing=lambda _: ())


def test_what_cannot_be_taken_over_ends_nothing(tmp_path, capfd):
    """A descriptor that is not what the record says is an error line; the next commit has the names anew."""
    paths = {name: str(tmp_path / name) for name in ("pid", "safe", "fifo")}
    lost = {name: {"asked": path, "path": path, "fd": 999} for name, path in paths.items()}
    fifo = {"paths": [paths["fifo"]], "slot": 0, "active": lost["fifo"]}
    ours = names()
    ours.restore({"control": {}, "pidfile": lost["pid"], "safe_pidfile": lost["safe"], "fifo": fifo})
    said = capfd.readouterr().err
    assert all(
        f"cannot take over the {kind} {paths[name]}" in said
        for kind, name in (("pidfile", "pid"), ("pidfile", "safe"), ("FIFO", "fifo"))
    )
    ours.follow(Settings(app="x", pidfile=paths["pid"], safe_pidfile=paths["safe"], fifo=(paths["fifo"],)))
    assert capfd.readouterr().err == ""
    assert sorted(os.listdir(tmp_path)) == ["fifo", "pid", "safe"]
    ours.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("spelled", ["run/fifo", "link/fifo"])
def test_another_spelling_is_the_same_fifo(tmp_path, capfd, spelled):
    """/var/run/x and /run/x: the one we have stays, under the name that is asked for now."""
    (tmp_path / "run").mkdir()
    (tmp_path / "link").symlink_to("run")
    ours = names()
    ours.take(Settings(app="x", fifo=(str(tmp_path / "run/fifo"),)))
    inode = (tmp_path / "run/fifo").stat().st_ino
    ours.follow(Settings(app="x", fifo=(str(tmp_path / spelled),)))
    assert capfd.readouterr().err == ""
    assert (tmp_path / "run/fifo").stat().st_ino == inode
    ours.close()
    assert not (tmp_path / "run/fifo").exists()
