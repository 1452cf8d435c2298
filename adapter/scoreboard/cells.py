"""The layout of the scoreboard's memory: a header, then a cell for each worker, which it alone writes.

A cell is two halves, written in turn: sequence, length, checksum, then the record. Whoever dies while it writes leaves the
other half whole, and whoever reads takes the whole half with the higher sequence: always an entire record, the last or the one
before it. Records carry how many numbers of each sort they hold, so one of an older or newer adapter can be read: what is
missing is 0, what is unknown is left out.
"""

from binascii import crc32
from struct import Struct, error
from typing import NamedTuple

from adapter.scoreboard import latency
from adapter.scoreboard.figures import Counters, Now, Record, Running

MAGIC = b"adapter\0"
VERSION = 1
"""Of the layout. Numbers may be added to a record without a new one."""
SIZE = 4096
"""Bytes of a cell, and of the header before the first."""
HALF = SIZE // 2
MOST_RUNNING = 8
LONGEST_LINE = 150

_HEADER = Struct("<8sII")
_FRAME = Struct("<QII")  # sequence, length of the record, checksum of both and the record
_COUNTS = Struct("<4H")  # numbers of `Now`, of `Counters`, buckets, running requests
_OURS = [len(Now._fields), len(Counters._fields), latency.BUCKETS]
_NUMBERS = Struct(f"<{sum(_OURS)}Q")  # of a record of ours
_RECORD = Struct(f"<4H{sum(_OURS)}Q")  # one of ours, up to the requests
_RUNNING = Struct("<QH")  # when it began, the length of its line
_WORD = 8
_MOST = (1 << 64) - 1


class Shape(NamedTuple):
    """What a scoreboard's header says."""

    version: int
    size: int


def header() -> bytes:
    """The first bytes of a scoreboard of ours."""
    return _HEADER.pack(MAGIC, VERSION, SIZE)


def shape(data: bytes) -> Shape | None:
    """What a header says; None when it is none."""
    if len(data) < _HEADER.size:
        return None
    magic, version, size = _HEADER.unpack_from(data)
    return Shape(version, size) if magic == MAGIC and size > 0 else None


def offset(cell: int) -> int:
    """Where a cell begins."""
    return (cell + 1) * SIZE


def write(sequence: int, record: Record) -> tuple[int, bytes]:
    """What to write for the record number `sequence` (counted from 1): where within the cell, and the bytes."""
    data = pack(record)
    framed = _FRAME.pack(sequence, len(data), _checksum(sequence, data)) + data
    assert len(framed) <= HALF
    return sequence % 2 * HALF, framed


def read(cell: bytes) -> tuple[int, Record] | None:
    """The newest whole record in a cell and its sequence; None when there is none (yet)."""
    sequence, data = max(_half(cell, 0), _half(cell, HALF))
    record = unpack(data) if sequence else None
    return None if record is None else (sequence, record)


def pack(record: Record) -> bytes:
    """The record as bytes. A number that is none from 0 to 2**64 - 1 becomes the nearest that is: nobody serves less for it."""
    running = record.running[:MOST_RUNNING]
    now, counters, buckets = record.now, record.counters, record.latency
    lengths = len(now), len(counters), len(buckets), len(running)
    try:
        numbers = _RECORD.pack(*lengths, *now, *counters, *buckets)
    except error:
        numbers = _RECORD.pack(*lengths, *(min(max(each, 0), _MOST) for each in (*now, *counters, *buckets)))
    return b"".join((numbers, *map(_running, running)))


def unpack(data: bytes) -> Record | None:
    """The record in these bytes; None when they are none."""
    try:
        *counts, runs = _COUNTS.unpack_from(data)
        form = _NUMBERS if counts == _OURS else Struct(f"<{sum(counts)}Q")
        numbers = form.unpack_from(data, _COUNTS.size)
        running = _all_running(data, _COUNTS.size + len(numbers) * _WORD, runs)
    except (error, UnicodeDecodeError):
        return None
    now, counters = numbers[: counts[0]], numbers[counts[0] : counts[0] + counts[1]]
    return Record(
        Now(*now[: len(Now._fields)]),
        Counters(*counters[: len(Counters._fields)]),
        latency.fitted(numbers[counts[0] + counts[1] :]),
        running,
    )


def _half(cell: bytes, start: int) -> tuple[int, bytes]:
    """The sequence and the record of the half that begins there; 0 and nothing when there is none, or not to its end."""
    if len(cell) < start + _FRAME.size:
        return 0, b""
    sequence, length, checksum = _FRAME.unpack_from(cell, start)
    data = cell[start + _FRAME.size : start + _FRAME.size + length]
    whole = len(data) == length <= HALF and checksum == _checksum(sequence, data)
    return (sequence, data) if whole else (0, b"")


def _checksum(sequence: int, data: bytes) -> int:
    return crc32(data, crc32(sequence.to_bytes(8, "little")))


def _running(each: Running) -> bytes:
    line = each.line.encode("ascii", "backslashreplace")[:LONGEST_LINE]
    return _RUNNING.pack(max(each.began, 0), len(line)) + line


def _all_running(data: bytes, place: int, runs: int) -> tuple[Running, ...]:
    running: list[Running] = []
    for _ in range(runs):
        began, length = _RUNNING.unpack_from(data, place)
        place += _RUNNING.size
        running.append(Running(began, data[place : place + length].decode("ascii")))
        place += length
    return tuple(running)
