"""Whole lines to files, pipes and what refuses them."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapter.unix.appending import Appender


@pytest.fixture
def pipe():
    """Its reading end, and what appends to it."""
    outlet, inlet = os.pipe()
    appender = Appender(inlet)
    yield outlet, appender
    appender.close()
    os.close(outlet)


def test_lines_reach_a_file_in_order(tmp_path: Path) -> None:
    """All of them, whatever their length."""
    appender = Appender(os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    lines = [b"%d %b\n" % (number, b"x" * (number % 5000)) for number in range(1000)]
    assert appender.write(lines) == 1000
    assert appender.write([]) == 0
    appender.close()
    assert (tmp_path / "log").read_bytes() == b"".join(lines)


WRITER = """
import os, sys
from adapter.unix.appending import Appender
appender = Appender(1)
who = sys.argv[1].encode()
for batch in range(100):
    lines = [who * (1 + (batch + number) % 60) + b"\\n" for number in range(50)]
    assert appender.write(lines) == 50
"""


@pytest.mark.parametrize("to", ["file", "pipe"])
def test_several_processes_write_whole_lines(tmp_path: Path, to: str) -> None:
    """Four write at the same time: each line there is one that somebody wrote, and none is missing."""
    path = tmp_path / "log"
    with path.open("ab") as file:
        reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=file) if to == "pipe" else None
        out = reader.stdin if reader else file
        writers = [subprocess.Popen([sys.executable, "-c", WRITER, who], stdout=out) for who in "abcd"]
        assert [each.wait(60) for each in writers] == [0] * 4
        if reader:
            assert reader.stdin
            reader.stdin.close()
            assert reader.wait(60) == 0
    lines = path.read_text().splitlines()
    wanted = [who * (1 + (batch + number) % 60) for who in "abcd" for batch in range(100) for number in range(50)]
    assert sorted(lines) == sorted(wanted)


def test_nobody_reads_any_more() -> None:
    """EPIPE: nothing is written, and the reason is there."""
    outlet, inlet = os.pipe()
    os.close(outlet)
    appender = Appender(inlet)
    assert appender.write([b"a\n", b"b\n"]) == 0
    assert appender.error == "Broken pipe"
    appender.close()


def test_the_disk_is_full_and_has_room_again(tmp_path: Path) -> None:
    """At a limit (RLIMIT_FSIZE, as ENOSPC) whole lines are counted, the cut one gets an end, and what comes later is whole."""
    program = """
import os, resource, signal, sys
from adapter.unix.appending import Appender
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
appender = Appender(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND))
resource.setrlimit(resource.RLIMIT_FSIZE, (25, resource.RLIM_INFINITY))
print(appender.write([b"%09d\\n" % number for number in range(10)]), bool(appender.error))
print(appender.write([b"lost\\n"]), bool(appender.error))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(appender.write([b"whole\\n"]), bool(appender.error))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "log")], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "2 True\n0 True\n1 False\n"
    assert (tmp_path / "log").read_bytes() == b"000000000\n000000001\n00000\nwhole\n"


def test_a_pipe_that_somebody_made_non_blocking_is_waited_for(pipe) -> None:
    """O_NONBLOCK leaks from those who share the pipe: that costs no line."""
    outlet, appender = pipe
    os.set_blocking(appender._fd, False)
    got = bytearray()
    lines = [b"x" * 4095 + b"\n"] * 100

    def read() -> None:
        while len(got) < 100 * 4096:
            got.extend(os.read(outlet, 4096))

    thread = threading.Thread(target=read, daemon=True)
    writer = threading.Thread(target=lambda: appender.write(lines), daemon=True)
    writer.start()
    thread.start()
    thread.join(30)
    writer.join(30)
    assert bytes(got) == b"".join(lines)
