"""Content is kept in memory, then in a file without a name, and read back the same."""

import io
import os
import tracemalloc

import pytest

from adapter.gateway.spool import Spool


def filled(memory: int, *pieces: bytes) -> Spool:
    spool = Spool(memory)
    for piece in pieces:
        spool.write(piece)
    return spool


@pytest.mark.parametrize("memory", [0, 1, 5, 11, 12, 100])
def test_what_is_written_is_read(memory):
    """Line by line, in part and whole, whatever the memory; and the end is the end."""
    body = filled(memory, b"on", b"", b"e\ntwo\n", b"end").rewind()
    assert body.readline() == b"one\n"
    assert body.read(2) == b"tw"
    assert body.readline(1) == b"o"
    assert list(body) == [b"\n", b"end"]
    assert body.read() == b""
    assert body.read(10) == b""
    body.close()


def test_small_content_stays_in_memory():
    """Up to `memory` bytes no file is made; one more, and it is."""
    small, large = filled(5, b"hello"), filled(5, b"hello", b"!")
    assert isinstance(small.rewind(), io.BytesIO)
    assert not isinstance(large.rewind(), io.BytesIO)
    small.close()
    large.close()


@pytest.mark.parametrize("size", [1, 7, 4095, 4096, 5000])
def test_pieces_of_any_size_are_read_in_order(size):
    """Small ones are gathered, large ones kept as they came: what is read is the same, as it is behind a descriptor for another process."""
    content = bytes(number % 251 for number in range(20_000))
    pieces = [content[:3], content[3:5003], *(content[begin : begin + size] for begin in range(5003, len(content), size))]
    spool = filled(1 << 20, *pieces)
    with os.fdopen(spool.descriptor(), "rb") as other:
        other.seek(0)
        assert other.read() == content
    assert spool.rewind().read() == content
    spool.close()


def test_small_pieces_take_no_more_than_they_are():
    """A client that sends ten bytes at a time makes us keep no object for each."""
    tracemalloc.start()
    try:
        spool = filled(1 << 20, *(b"%010d" % number for number in range(20_000)))
        pieces, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pieces < 2 * 200_000
    spool.close()


def test_the_file_has_no_name():
    """Nobody else can open it, and nothing is left behind, however we die."""
    spool = filled(0, b"secret")
    assert os.fstat(spool.rewind().fileno()).st_nlink == 0
    spool.close()


def test_closing_twice_is_fine():
    """`close` may come from several ends of a request."""
    spool = filled(0, b"x")
    body = spool.rewind()
    spool.close()
    spool.close()
    assert body.closed


def test_a_full_disk_is_told(monkeypatch, tmp_path):
    """An OSError of the file system goes to the caller, and the memory is kept."""
    spool = filled(3, b"abc")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError):
        spool.write(b"d")
    assert spool.rewind().read() == b"abc"
    spool.close()
