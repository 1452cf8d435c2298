"""How much one reading may take. A file that needs more is no configuration, and must not cost us minutes or our memory."""

from typing import Final

from adapter.exits import Misuse

FILE: Final = 1 << 20  # bytes, each
TABLE: Final = 64 << 10  # bytes of TOML: tomllib takes its time over deeply dotted keys
LINE: Final = 32 << 10  # bytes, as written
VALUE: Final = 64 << 10  # characters, with everything filled in
FILE_LINES: Final = 50_000  # of one file, whatever they are
LINES: Final = 10_000  # options, with every loop unrolled
ITEMS: Final = 1_000  # of one loop
TURNS: Final = 200  # names filled in, one value
DEPTH: Final = 16  # of files that include files
FILES: Final = 64  # read in all
WORK: Final = 4 << 20  # characters looked at, in all


class Allowance:
    """What is left of one reading's WORK."""

    def __init__(self, left: int = WORK) -> None:
        self._left = left

    def spend(self, characters: int, place: str) -> None:
        """Raises Misuse when nothing is left."""
        self._left -= characters
        if self._left < 0:
            raise Misuse(f"{place}: what is included, repeated and filled in never ends, or is more than {WORK >> 20} MB")


def fitting(value: str, place: str) -> str:
    """The value, when it is of a sane length."""
    if len(value) > VALUE:
        raise Misuse(f"{place}: the value is longer than {VALUE} characters")
    return value


def one_line(path: str, before: str) -> str:
    """The path, when it can stand in a sentence: `@(@(file))` would tell what is in the file."""
    if "\n" in path or "\r" in path:
        raise Misuse(f"{before}a file's name is one line")
    return path
