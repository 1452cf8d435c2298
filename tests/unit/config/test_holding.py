"""The command line of `adapter hold`."""

import os

import pytest

from adapter.config.holding import OPTIONS, Holding, Wanted, parse
from adapter.exits import Misuse


def test_listeners_and_names():
    """A listener is called as one says, or by its address; paths are absolute, for a reload may be elsewhere."""
    holding = parse(
        [
            "/run/h",
            "web=8000",
            "[::1]:81",
            "u=unix:/run/a=b",
            "unix:/run/c",
            "unix:@d",
            "--backlog=7",
            "--allow",
            "0",
            "--allow=5",
        ]
    )

    assert holding.socket == "/run/h"
    assert holding.listeners == (
        Wanted("web", "127.0.0.1:8000"),
        Wanted("[::1]:81", "[::1]:81"),
        Wanted("u", "unix:/run/a=b"),
        Wanted("unix:/run/c", "unix:/run/c"),
        Wanted("unix:@d", "unix:@d"),
    )
    assert (holding.backlog, holding.allow, holding.log_time) == (7, (0, 5), True)
    assert parse(["h", "u=unix:x", "--no-log-time"]) == Holding(
        os.path.join(os.getcwd(), "h"), (Wanted("u", f"unix:{os.getcwd()}/x"),), log_time=False
    )


def test_a_file_of_listeners(tmp_path):
    """A line each, with remarks, behind those of the command line."""
    path = tmp_path / "listeners"
    path.write_text("# mine\n\nadmin=127.0.0.1:9000  # the other one\n8001\n")

    holding = parse(["/h", "web=8000", "--listeners-file", str(path)])
    assert [each.name for each in holding.listeners] == ["web", "admin", "127.0.0.1:8001"]


BAD = [
    ([], "needs the path of its own socket"),
    (["/h"], "nothing to hold"),
    (["/h", "8000", "8000"], "127.0.0.1:8000 twice"),
    (["/h", "a=8000", "a=8001"], "a twice"),
    (["/h", "a=8000", "b=8000"], "127.0.0.1:8000 twice"),
    (["/h", "a=hold:/other"], "a holder holds no other's"),
    (["/h", "a=80000"], "'80000' is not a port"),
    (["/h", "unix:/" + "é" * 20], "needs a name"),
    (["fd:", "8000", "--bcklog", "3"], "did you mean --backlog"),
    (["/h", "8000", "--backlog"], "--backlog needs a value"),
    (["/h", "8000", "--check=1"], "--check takes no value"),
    (["/h", "8000", "--socket-mode", "9"], "'9' is not an octal mode"),
    (["/h", "8000", "--listeners-file", "/nowhere/x"], "cannot read --listeners-file /nowhere/x: No such file"),
    (["/h", *map(str, range(8000, 8065))], "64 are the most"),
    (["/" + "x" * 200, "8000"], "the kernel takes 107"),
]


@pytest.mark.parametrize(("argv", "said"), BAD)
def test_bad(argv, said):
    """One sentence, the exit code of a wrong question."""
    with pytest.raises(Misuse) as caught:
        parse(argv)
    assert said in caught.value.sentence
    assert "\n" not in caught.value.sentence


def test_a_bad_line_is_named(tmp_path):
    """Which line of which file."""
    (tmp_path / "l").write_bytes(b"8000\nnonsense\n")
    with pytest.raises(Misuse, match=r"/l, line 2: bad address 'nonsense'"):
        parse(["/h", "--listeners-file", str(tmp_path / "l")])
    (tmp_path / "l").write_bytes(b"\xff\n")
    with pytest.raises(Misuse, match="no UTF-8"):
        parse(["/h", "--listeners-file", str(tmp_path / "l")])


def test_every_option_is_a_field():
    """What the table names is what `Holding` has."""
    assert set(OPTIONS) == set(Holding._fields) - {"socket", "listeners"}
