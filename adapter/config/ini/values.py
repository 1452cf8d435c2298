"""Values as uWSGI understands them: its truth, its numbers."""

import re
from typing import Final

_COMMENT: Final = re.compile(r"[ \t](?:#|;(?=[ \t]|$))")
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]{1,18})")
_FALSE: Final = frozenset({"false", "off", "no", "0"})


def bare(value: str) -> str:
    """The value without what looks like a comment behind it. uWSGI itself takes everything for the value."""
    found = _COMMENT.search(value)
    return value[: found.start()].rstrip(" \t") if found else value


def truth(value: str) -> bool:
    """Everything is true that is not one of four words: so is nothing at all, and a typo."""
    return bare(value).lower() not in _FALSE


def number(value: str) -> int | None:
    """The digits that the value begins with, as atoi(3); None where uWSGI would make 0 of what is no number."""
    found = _NUMBER.match(value)
    return int(found[1]) if found else None
