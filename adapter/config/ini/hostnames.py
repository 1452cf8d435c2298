"""`if-hostname-match`: a regular expression against the host's name, without those that take for ever."""

import re
import warnings
from math import prod
from typing import Final

from adapter.exits import Misuse

_LONGEST: Final = 200
_WAYS: Final = 1 << 16  # to match, that may have to be tried
_REPEATED: Final = 16  # more with each repetition, of the 64 letters a name can have
_PIECE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?.?|.", re.DOTALL)


def matches(pattern: str, hostname: str, place: str) -> bool:
    """Whether the pattern is found in the host's name. Raises Misuse for what is no pattern, or a dear one."""
    _check(pattern, [found[0] for found in _PIECE.finditer(pattern)], place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "possible nested set" is for who wrote the pattern, not for stderr
            return re.search(pattern, hostname) is not None
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise Misuse(f"{place}: the pattern is not a regular expression: {error}") from None


def _check(pattern: str, pieces: list[str], place: str) -> None:
    """That it cannot take long, whatever the host is called."""
    repeats = [index for index, piece in enumerate(pieces) if piece in ("*", "+", "?", "{")]
    if any(index and pieces[index - 1] == ")" for index in repeats):
        raise Misuse(f"{place}: a group that is repeated can take for ever: say it without the group, or use if-hostname")
    if any(piece.startswith("(?") and piece != "(?:" for piece in pieces):
        raise Misuse(f"{place}: of the groups that begin with (? only (?: is understood")
    if len(pattern) > _LONGEST or _REPEATED ** len(repeats) * _alternatives(pieces) > _WAYS:
        raise Misuse(f"{place}: the pattern can take too long: let it be shorter, with fewer repetitions and alternatives")


def _alternatives(pieces: list[str]) -> int:
    """How many ways there are through all groups."""
    open_groups, done = [1], [1]
    for piece in pieces:
        if piece.startswith("("):
            open_groups.append(1)
        elif piece == "|":
            open_groups[-1] += 1
        elif piece == ")" and len(open_groups) > 1:
            done.append(open_groups.pop())
    return prod(done + open_groups)
