"""Each kind of value takes what it says, refuses the rest, and never lets `float` or `int` be clever."""

import os
import pwd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.config import fronts, kinds
from adapter.config.settings import OPTIONS
from adapter.exits import Misuse, SystemFailure

GOOD = [
    (kinds.WORKERS, "1", 1),
    (kinds.WORKERS, "1024", 1024),
    (kinds.WORKERS, "2:16", "2:16"),
    (kinds.WORKERS, "1:1", "1:1"),
    (kinds.count(10), "010", 10),
    (kinds.DURATION, "0", 0.0),
    (kinds.DURATION, "8", 8.0),
    (kinds.DURATION, "8s", 8.0),
    (kinds.DURATION, "1.5m", 90.0),
    (kinds.DURATION, ".5", 0.5),
    (kinds.DURATION, "500ms", 0.5),
    (kinds.DURATION, "168h", 604800.0),
    (kinds.SOME_DURATION, "1ms", 0.001),
    (kinds.SIZE, "1", 1),
    (kinds.SIZE, "512k", 512 << 10),
    (kinds.SIZE, "10M", 10 << 20),
    (kinds.SIZE, "1G", 1 << 30),
    (kinds.FLAG, "Yes", True),
    (kinds.FLAG, "off", False),
    (kinds.OCTAL, "600", 0o600),
    (kinds.OCTAL, "0o660", 0o660),
    (kinds.OCTAL, "0022", 0o22),
    (kinds.APP, "pkg.mod:factory()", "pkg.mod:factory()"),
    (kinds.ASSIGNMENT, "A=b=c", "A=b=c"),
    (kinds.ASSIGNMENT, "A=", "A="),
    (kinds.USER, "root", 0),
    (kinds.GROUP, "root", 0),
    (kinds.USER, "12345", 12345),
    (kinds.OWNER, "root", "0:"),
    (kinds.OWNER, "root:root", "0:0"),
    (kinds.OWNER, "12:34", "12:34"),
    (kinds.OWNER, ":34", ":34"),
    (kinds.choice("text", "json"), "json", "json"),
]

NO_NUMBER = [
    "",
    " ",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "1_0",
    "nan",
    "inf",
    "-inf",
    "٣",
    "²",
    "1" * 400,
    "1\n",
    " 1",
    "one",
    "--workers",
]
BAD = [
    *[(kinds.WORKERS, text) for text in [*NO_NUMBER, "0", "1025", "1.5", "Auto", "2:", ":2", "3:2", "1:2:3", "0:2", "1:1025"]],
    *[(kinds.DURATION, text) for text in [*NO_NUMBER, ".", "1.2.3", "1d", "s", "8 s", "169h", "9999999", "1mms", "8S"]],
    *[(kinds.SOME_DURATION, text) for text in [*NO_NUMBER, "0", "0s", "0.0", "0.5ms"]],
    *[(kinds.SIZE, text) for text in [*NO_NUMBER, "0", "0K", "1.5M", "K", "1KB", "1T", "9999999999G"]],
    *[(kinds.OCTAL, text) for text in ["", "8", "0o", "1777", "778", "-6", "rw", "0x1ff", "00600"]],
    *[(kinds.FLAG, text) for text in ["", "2", "oui", "y", "-1"]],
    *[(kinds.PATH, text) for text in ["", "a\0b", "a\nb"]],
    *[(kinds.APP, text) for text in ["", " app", "app ", "-app", "a\nb"]],
    *[(kinds.ASSIGNMENT, text) for text in ["", "A", "=b", " A=b", "A =b", "A=\0"]],
    *[(kinds.USER, text) for text in ["", "no such user", "4294967295", "-1", "²", "root\0"]],
    *[(kinds.GROUP, text) for text in ["", "no such group", "4294967295"]],
    *[(kinds.OWNER, text) for text in ["", ":", "0:", "no such user", "0:no such group", "0:0:0", "-1", "0:-1", "4294967295:0"]],
    *[(kinds.choice("text", "json"), text) for text in ["", "xml", "TEXT"]],
]


@pytest.mark.parametrize(("kind", "text", "value"), GOOD)
def test_good(kind, text, value):
    """What the documentation allows is taken, and means what it says."""
    parsed = kind.parse(text)

    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_bad(kind, text):
    """What is not allowed is refused by a ValueError, whatever Python's own conversions would make of it."""
    with pytest.raises(ValueError):
        kind.parse(text)


@given(st.text(max_size=30))
def test_any_text(text):
    """No text makes a kind raise anything but ValueError or Misuse."""
    for option in OPTIONS.values():
        try:
            option.kind.parse(text)
        except (ValueError, Misuse):
            pass


def test_auto_is_at_least_one():
    """`--workers auto` is a number of processors we may really use."""
    workers = kinds.WORKERS.parse("auto")

    assert 1 <= workers <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("owner", "numbers"), [(None, (None, None)), ("0:", (0, None)), (":34", (None, 34)), ("12:34", (12, 34))]
)
def test_owner(owner, numbers):
    """An owner is a user, a group, or both; what was not said stays unsaid."""
    assert kinds.numbers(owner) == numbers


def test_user_by_name():
    """A name stands for its number."""
    entry = pwd.getpwall()[-1]

    assert kinds.USER.parse(entry.pw_name) == entry.pw_uid


def test_here_follows_pwd(tmp_path, monkeypatch):
    """The directory is named as the operator named it, through the symlink of a release."""
    (tmp_path / "release-1").mkdir()
    (tmp_path / "current").symlink_to("release-1")
    monkeypatch.chdir(tmp_path / "current")
    monkeypatch.setenv("PWD", str(tmp_path / "current"))

    assert kinds.here() == str(tmp_path / "current")


@pytest.mark.parametrize("lie", ["/", "relative", "", "/no/such/place"])
def test_here_does_not_trust_pwd(tmp_path, monkeypatch, lie):
    """A $PWD that is not where we are is not believed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", lie)

    assert kinds.here() == str(tmp_path.resolve())


def test_here_is_gone(tmp_path, monkeypatch):
    """In a directory that was removed under us: a sentence."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    with pytest.raises(SystemFailure, match="cannot tell which directory we are in: No such file or directory"):
        kinds.here()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (fronts.STATIC, "/s=/srv/s", "/s=/srv/s"),
        (fronts.STATIC, "/s/=/srv/s", "/s=/srv/s"),
        (fronts.STATIC, "/=/srv=x", "=/srv=x"),
        (fronts.MOUNT, "/=a:b", "=a:b"),
        (fronts.MOUNT, "/é=a.py", "/\xc3\xa9=a.py"),
        (fronts.FILE_NAME, "index.html", "index.html"),
        (fronts.FIELD, "X-A: b: c", "X-A: b: c"),
        (fronts.FIELD, "X-A:", "X-A:"),
        (fronts.COMMAND, "a && b", "a && b"),
    ],
)
def test_fronts(kind, text, value):
    """What stands in front of the application is written so."""
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((fronts.STATIC, text) for text in ("", "/s", "/s=", "s=/srv", "//=/srv", "/s?=/srv", "/s//t=/srv", "/a\n=/srv")),
        *((fronts.MOUNT, text) for text in ("", "/a", "/a=", "a=b", "/a=-x", "/a= b")),
        *((fronts.FILE_NAME, text) for text in ("", "..", "a/b", "/")),
        *((fronts.FIELD, text) for text in ("", "X", "X y: z", "Content-Length: 1", "Connection: close", "A: b\rc", "A: \u2603")),
        *((fronts.COMMAND, text) for text in ("", "a\nb", "a\0b")),
    ],
)
def test_not_fronts(kind, text):
    """What cannot be meant is refused when it is read, not at each request."""
    with pytest.raises((ValueError, Misuse)):
        kind.parse(text)
