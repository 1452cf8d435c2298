"""The directory of variables, as envdir(8) reads it."""

import os

import pytest

from adapter.config.envdir import application_environment, over, read, read_all
from adapter.config.settings import Settings
from adapter.exits import Misuse

FILES = [
    (b"value\n", "value"),
    (b"value", "value"),
    (b"first\nsecond\n", "first"),
    (b"trailing \t \n", "trailing"),
    (b" leading\n", " leading"),
    (b"two\0lines\n", "two\nlines"),
    (b"\n", ""),
    (b"  \n", ""),
    (b"", None),
    (b"\r\n", "\r"),
    (b"caf\xc3\xa9\n", "café"),
    (b"\xff\n", "\udcff"),
    (b"a=b\n", "a=b"),
]


@pytest.mark.parametrize(("data", "value"), FILES)
def test_file(tmp_path, data, value):
    """First line, trailing blanks off, NUL for newline; nothing at all removes the variable."""
    (tmp_path / "NAME").write_bytes(data)

    assert read(str(tmp_path)) == {"NAME": value}


def test_dot_files_are_left_alone(tmp_path):
    """What editors and Kubernetes leave behind (`.swp`, `..data`) is no variable."""
    (tmp_path / ".NAME.swp").write_text("x")
    (tmp_path / "..data").mkdir()

    assert read(str(tmp_path)) == {}


def test_links_are_followed(tmp_path):
    """Kubernetes' mounted secrets are symlinks."""
    (tmp_path / ".real").write_text("x")
    (tmp_path / "NAME").symlink_to(".real")

    assert read(str(tmp_path)) == {"NAME": "x"}


def broken(tmp_path, kind):
    """A directory with one thing in it that is no variable; what must be said about it."""
    place = tmp_path / "env"
    if kind == "file":
        place.write_text("")
        return "Not a directory"
    if kind == "missing":
        return "No such file or directory"
    place.mkdir()
    if kind == "equals":
        (place / "A=B").write_text("x")
        return "A=B is not a variable's name"
    if kind == "directory":
        (place / "SUB").mkdir()
        return "SUB is not a regular file"
    if kind == "fifo":
        os.mkfifo(place / "FIFO")
        return "FIFO is not a regular file"
    if kind == "dangling":
        (place / "LINK").symlink_to("nowhere")
        return "No such file or directory"
    (place / "LONG").write_bytes(b"x" * 200_000)
    return "longer than a variable can be"


@pytest.mark.parametrize("kind", ["file", "missing", "equals", "directory", "fifo", "dangling", "long"])
def test_broken(tmp_path, kind):
    """What cannot be read as envdir(8) would is one sentence that names it, and never waits (a FIFO)."""
    sentence = broken(tmp_path, kind)
    with pytest.raises(Misuse) as caught:
        read(str(tmp_path / "env"))

    assert sentence in caught.value.sentence
    assert str(tmp_path / "env") in caught.value.sentence


def test_over():
    """What the directory says wins, and what it empties is gone."""
    assert over({"A": "1", "B": "2", "C": "3"}, {"B": "two", "C": None, "D": "4"}) == {"A": "1", "B": "two", "D": "4"}


def test_application_environment(tmp_path):
    """The application sees the supervisor's environment, then the envdir, less `--unenv`, then `--env`."""
    (tmp_path / "B").write_text("envdir")
    (tmp_path / "C").write_text("envdir")
    (tmp_path / "D").write_text("")
    settings = Settings(app="x", envdir=(str(tmp_path),), env=("C=option", "E=a=b"), unenv=("C", "F", "G"))
    environ = {"A": "supervisor", "B": "supervisor", "C": "supervisor", "D": "supervisor", "F": "supervisor"}

    assert application_environment(settings, environ) == {"A": "supervisor", "B": "envdir", "C": "option", "E": "a=b"}


def test_words_between_the_supervisor_and_us():
    """What a supervisor told us about sockets and readiness is not the application's to hear."""
    environ = {
        "LISTEN_FDS": "1",
        "LISTEN_PID": "7",
        "NOTIFY_SOCKET": "@x",
        "WATCHDOG_USEC": "1",
        "EINHORN_FD_0": "3",
        "SERVER_STARTER_PORT": "80=3",
        "ADAPTER_CARRYOVER": "9",
    }

    assert application_environment(Settings(app="x"), {**environ, "SUPERVISOR_ENABLED": "1"}) == {"SUPERVISOR_ENABLED": "1"}


def test_read_anew(tmp_path):
    """Each call reads the directory again: a reload sees what has changed."""
    settings = Settings(app="x", envdir=(str(tmp_path),))
    before = application_environment(settings, {})
    (tmp_path / "NEW").write_text("1")

    assert (before, application_environment(settings, {})) == ({}, {"NEW": "1"})


def test_the_last_one_wins(tmp_path):
    """Of several directories; what one removes another may set."""
    for name, value in ("a", "1"), ("b", ""), ("c", "3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "X").write_text(value)

    assert read_all(str(tmp_path / name) for name in "ab") == {"X": None}
    assert read_all(str(tmp_path / name) for name in "abc") == {"X": "3"}
