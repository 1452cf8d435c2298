"""What a log line is: one line, whatever it tells, in both forms."""

import json
import os
import re
import select
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.log import Log, Outlet

ANY = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["\n", "a\r\nadapter: fatal: forged", "\x1b[2J", '"', "\\", "\u202e", "\ud800"]
)
NUMBERS = st.floats() | st.integers() | st.booleans() | st.none()


class Kept(Outlet):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> bool:
        self.writes.append(data)
        return True


def said(form: str, *, stamp: bool = False, sentence: str = "it happened", **fields) -> str:
    """The line of one warning."""
    kept = Kept()
    Log(kept, stamp=stamp, form=form, pid=1).warning(sentence, **fields)
    (line,) = kept.writes
    return line.decode()


@given(st.lists(ANY | st.sampled_from(["ä" * 900, "a" * 1900]), max_size=12), st.sampled_from(["text", "json"]))
def test_several_facts_share_a_write_while_a_pipe_takes_that_whole(sentences, form):
    """Facts told together are the lines they would be one by one, each in one write, which is no longer than a pipe keeps together."""
    kept, single = Kept(), Kept()
    Log(kept, stamp=False, form=form, pid=1).infos([(each, {"number": 1}) for each in sentences])
    for each in sentences:
        Log(single, stamp=False, form=form, pid=1).info(each, number=1)
    assert b"".join(kept.writes) == b"".join(single.writes)
    assert all(each.endswith(b"\n") for each in kept.writes)
    assert all(len(each) <= select.PIPE_BUF or each in single.writes for each in kept.writes)
    assert all(len(one) + len(other) > select.PIPE_BUF for one, other in pairwise(kept.writes))


@given(ANY, ANY, NUMBERS)
def test_text_is_one_printable_line(sentence, value, number):
    """Nothing that is told can end the line, begin another, or speak to the terminal."""
    line = said("text", sentence=sentence, value=value, number=number)

    assert line.endswith(" pid=1\n")
    assert line[:-1].isprintable()
    assert re.fullmatch(r'adapter: warning: .* value=(\S+|"([^"\\]|\\.)*") number=\S+ pid=1\n', line)


@given(ANY, ANY, NUMBERS, st.booleans())
def test_json_is_an_object_per_line(sentence, value, number, stamp):
    """Each line is strict JSON, in ASCII, and says what was told."""
    line = said("json", sentence=sentence, value=value, number=number, stamp=stamp)

    def refuse(word):
        raise AssertionError(word)

    told = json.loads(line, parse_constant=refuse)
    assert line.isascii() and line.count("\n") == 1
    assert (told["level"], told["message"], told["value"], told["pid"]) == ("warning", sentence, value, 1)
    assert ("time" in told) is stamp


@given(st.lists(ANY, min_size=1), st.sampled_from(["text", "json"]))
def test_a_block_is_lines_of_ours(lines, form):
    """Each line of a traceback carries our mark, also those that a message of the application's made up."""
    kept = Kept()
    Log(kept, stamp=False, form=form).block("\n".join(lines))

    text = b"".join(kept.writes).decode()
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        assert line.startswith("adapter: | ") if form == "text" else json.loads(line)["level"] == "text"


def test_what_is_told_is_bounded():
    """A megabyte in one value is told in a line that a pipe takes in one piece."""
    for form in ("text", "json"):
        assert len(said(form, value="x" * 1_000_000)) < 4096


def full_pipe() -> tuple[int, int]:
    """A pipe that takes no more; its own end is blocking."""
    outlet, inlet = os.pipe()
    os.set_blocking(inlet, False)
    try:
        while True:
            os.write(inlet, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(inlet, True)
    return outlet, inlet


@pytest.mark.parametrize("old", [False, True], ids=["", "Linux before 6.4"])
def test_a_full_pipe_loses_lines_and_says_how_many(old, monkeypatch):
    """Nobody reads: what we say is lost, at once but for one moment of patience; when somebody reads again, that is told first."""
    if old:
        monkeypatch.setattr(os, "pwritev", refuse)
    outlet, inlet = full_pipe()
    log = Log(inlet, stamp=False)
    for number in range(1000):
        log.info("lost", number=number)
    os.read(outlet, 1 << 20)
    log.info("heard")
    first, second = os.read(outlet, 1 << 20).decode().splitlines()
    assert first == "adapter: warning: the log could not be written: lines are lost writes=1000"
    assert second == "adapter: info: heard"
    for fd in (outlet, inlet):
        os.close(fd)


def test_a_line_cut_by_a_full_pipe_is_ended_before_the_next():
    """Half a line stays half a line: the next one begins on a line of its own."""
    outlet, inlet = full_pipe()
    os.read(outlet, 4096)  # room for a page
    told = Outlet(inlet)
    assert not told.write(b"a" * 5000 + b"\n")
    os.read(outlet, 1 << 20)
    assert told.write(b"b\n")
    assert os.read(outlet, 1 << 20) == b"\nb\n"
    assert told.write(b"c\n")
    assert os.read(outlet, 1 << 20) == b"c\n"
    for fd in (outlet, inlet):
        os.close(fd)


def test_a_broken_pipe_and_a_full_disk_end_nobody():
    """EPIPE, ENOSPC and a descriptor that is closed are lost lines."""
    outlet, inlet = os.pipe()
    os.close(outlet)
    full = os.open("/dev/full", os.O_WRONLY)
    for fd in (inlet, full, 9999):
        log = Log(fd)
        log.error("nobody hears")
        log.block("nor\nthis")
    os.close(inlet)
    os.close(full)


def test_devices_files_and_sockets_are_written_to(tmp_path, monkeypatch):
    """Each sort of descriptor gets its line, with and without a kernel that knows RWF_NOWAIT for pipes."""
    import pty
    import socket

    for ask in (os.pwritev, refuse):
        monkeypatch.setattr(os, "pwritev", ask)
        master, terminal = pty.openpty()
        outlet, inlet = os.pipe()
        ours, theirs = socket.socketpair()
        file = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        for fd in (terminal, inlet, theirs.fileno(), file):
            Log(fd, stamp=False).info("here")
        os.lseek(file, 0, os.SEEK_SET)
        for fd in (master, outlet, ours.fileno(), file):
            assert os.read(fd, 100).rstrip() == b"adapter: info: here"
        for fd in (master, terminal, outlet, inlet, file):
            os.close(fd)
        ours.close()
        theirs.close()


def refuse(*_):
    """As Linux before 6.4."""
    raise OSError(95, "not supported")
