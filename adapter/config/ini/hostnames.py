"""`if-hostname-match`: a regular expression against the host's name, without those that take for ever."""

import re
import warnings
from typing import Final

from adapter.exits import Misuse

_LONGEST: Final = 200
_REPEATS: Final = 4  # of 64 letters: each one more multiplies the ways to match by some 15
_CHOICES: Final = 12  # ways double with each
_PIECE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:!=<a-zA-Z]*|.", re.DOTALL)


def matches(pattern: str, hostname: str, place: str) -> bool:
    """Whether the pattern is found in the host's name. Raises Misuse for what is no pattern, or a dear one."""
    pieces = [found[0] for found in _PIECE.finditer(pattern)]
    repeats = [index for index, piece in enumerate(pieces) if piece in ("*", "+", "?", "{")]
    if any(index and pieces[index - 1] == ")" for index in repeats):
        raise Misuse(f"{place}: a group that is repeated can take for ever: say it without the group, or use if-hostname")
    if len(repeats) > _REPEATS or pieces.count("|") > _CHOICES or len(pattern) > _LONGEST:
        raise Misuse(
            f"{place}: the pattern is too dear: at most {_LONGEST} letters, {_REPEATS} repetitions and {_CHOICES} alternatives"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "possible nested set" is for who wrote the pattern, not for stderr
            return re.search(pattern, hostname) is not None
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise Misuse(f"{place}: the pattern is not a regular expression: {error}") from None
