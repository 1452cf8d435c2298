"""New bytes from known ones: of bytes, of tokens, of lines, of numbers; two inputs become one."""

import re
from collections.abc import Callable, Sequence
from random import Random

MOST = 700
"""Longest input, in bytes: what is wrong with a parser shows in few."""

_BYTES = bytes(range(256))
_ENDS = (b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n", b"\r\n ", b"\x00", b"")
_NUMBERS = (
    *(
        b"0",
        b"1",
        b"-1",
        b"+1",
        b"00",
        b"0x1",
        b"1_0",
        b"ffffffff",
        b"100000000",
        b"65",
        b"64",
        b"40",
        b"41",
        b"1 ",
        b" 1",
        b"\xb2",
    ),
    b"9" * 20,
)


class Mutation:
    """Changes inputs, with the random numbers and tokens it is given."""

    def __init__(self, random: Random, tokens: Sequence[bytes]) -> None:
        self._random = random
        self._tokens = tokens
        self._ways: tuple[Callable[[bytes, bytes], bytes], ...] = (
            *(self._byte, self._token, self._token, self._cut_out, self._twice, self._line_end, self._number),
            *(self._lines, self._lines, self._case, self._splice, self._insert_of),
        )

    def of(self, data: bytes, other: bytes) -> bytes:
        """One to four changes of `data`, perhaps with parts of `other`."""
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4))):
            data = self._random.choice(self._ways)(data, other)
        return data[:MOST]

    def _place(self, data: bytes) -> int:
        return self._random.randrange(len(data) + 1)

    def _span(self, data: bytes, most: int = 40) -> tuple[int, int]:
        start = self._place(data)
        return start, min(len(data), start + self._random.randint(1, most))

    def _byte(self, data: bytes, _other: bytes) -> bytes:
        at = self._place(data)
        byte = bytes([self._random.choice(_BYTES)])
        return data[:at] + byte + data[at + self._random.randrange(2) :]

    def _token(self, data: bytes, _other: bytes) -> bytes:
        start, end = self._span(data, 12)
        return data[:start] + self._random.choice(self._tokens) + data[end if self._random.randrange(2) else start :]

    def _cut_out(self, data: bytes, _other: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _twice(self, data: bytes, _other: bytes) -> bytes:
        start, end = self._span(data)
        return data[:end] + data[start:end] * self._random.choice((1, 1, 2, 8)) + data[end:]

    def _line_end(self, data: bytes, _other: bytes) -> bytes:
        ends = [match.span() for match in re.finditer(rb"\r\n|\n|\r", data)]
        start, end = self._random.choice(ends) if ends else (len(data), len(data))
        return data[:start] + self._random.choice(_ENDS) + data[end:]

    def _number(self, data: bytes, _other: bytes) -> bytes:
        numbers = [match.span() for match in re.finditer(rb"[0-9A-Fa-f]+", data)]
        start, end = self._random.choice(numbers) if numbers else (len(data), len(data))
        digits = data[start:end]
        if digits.isdigit() and self._random.randrange(2):
            fresh = b"%d" % max(0, int(digits[:18]) + self._random.choice((-2, -1, 1, 2)))
        else:
            fresh = self._random.choice(_NUMBERS)
        return data[:start] + fresh + data[end:]

    def _lines(self, data: bytes, other: bytes) -> bytes:
        """A line goes, comes twice, moves, or comes from the other."""
        lines, others = data.split(b"\r\n"), other.split(b"\r\n")
        at = self._random.randrange(len(lines))
        way = self._random.randrange(4)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines.insert(self._random.randrange(len(lines) + 1), lines[at])
        elif way == 2:
            lines.insert(self._random.randrange(len(lines) + 1), lines.pop(at))
        else:
            lines.insert(at, self._random.choice(others))
        return b"\r\n".join(lines)

    def _case(self, data: bytes, _other: bytes) -> bytes:
        start, end = self._span(data, 20)
        return data[:start] + data[start:end].swapcase() + data[end:]

    def _splice(self, data: bytes, other: bytes) -> bytes:
        return data[: self._place(data)] + other[self._place(other) :]

    def _insert_of(self, data: bytes, other: bytes) -> bytes:
        at = self._place(data)
        start, end = self._span(other)
        return data[:at] + other[start:end] + data[at:]
