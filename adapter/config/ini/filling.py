"""`$(VARIABLE)`, `@(file)` and `%(option)`: filled in when every line is known, in this order."""

from collections.abc import Callable
from typing import Final

from adapter.config.ini.limits import TURNS, Allowance, fitting
from adapter.exits import Misuse

_LOOKED: Final = 32  # characters' worth of work, to look a name up
_WORD: Final = 1 << 64
_LARGEST: Final = (1 << 63) - 1
_DIGITS: Final = 19  # of the largest number

Look = Callable[[str], str | None]


def filled(text: str, sign: str, look: Look, place: str, allowance: Allowance) -> str:
    """The text with each `sign(name)` that `look` knows; what it does not know stays as it is. Raises Misuse.

    As in uWSGI the innermost goes first, and what was put in is looked at again: `%(base%(n))` is good.
    """
    at = turns = 0
    while (start := text.find(f"{sign}(", at)) >= 0:
        end, whole = _end(text, start + 2, sign)
        allowance.spend(_LOOKED + end - at, place)
        name = text[start + 2 : end]
        value = look(name) if whole and name else None
        if value is None:
            at = end + whole
            continue
        allowance.spend(len(text) + len(value), place)
        text, at, turns = fitting(text[:start] + value + text[end + 1 :], place), 0, turns + 1
        if turns > TURNS:
            raise Misuse(f"{place}: {sign}({name}) is filled in over and over: something there is made of itself")
    return text


def _end(text: str, at: int, sign: str) -> tuple[int, bool]:
    """Where the name ends, and whether by its own `)`; else where to look next."""
    depth = 0
    for index in range(at, len(text)):
        if (letter := text[index]) == sign:
            return index, False
        if letter == "(":
            depth += 1
        elif letter == ")":
            if not depth:
                return index, True
            depth -= 1
    return len(text), False


def reckoned(name: str, look: Look) -> str | None:
    """`%(a b)` joins, `%(a + b)` reckons in whole numbers, from left to right; names that say nothing are nothing."""
    if " " not in name:
        return look(name)
    value: str | None = None
    sign = ""
    for word in filter(None, name.split(" ")):
        if word in ("+", "-", "*", "/"):
            sign = word
            continue
        if word in ("++", "--"):
            value, sign = None if value is None else _reckoned(_number(value), word[0], 1), ""
            continue
        other = word if word.isascii() and word.isdigit() else look(word) or ""
        value, sign = _reckoned(_number(value or ""), sign, _number(other)) if sign else (value or "") + other, ""
    return value


def _reckoned(left: int, sign: str, right: int) -> str:
    if sign == "/":
        value = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1) if right else 0
    else:
        value = {"+": left + right, "-": left - right, "*": left * right}[sign]
    return str((value + _LARGEST + 1) % _WORD - _LARGEST - 1)


def _number(text: str) -> int:
    """strtoll(3): the digits it begins with, or 0."""
    text = text.lstrip(" \t\n\v\f\r")
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    length = next((index for index, letter in enumerate(digits) if letter not in "0123456789"), len(digits))
    value = min(int(digits[: min(length, _DIGITS)] or "0") if length <= _DIGITS else _LARGEST, _LARGEST)
    return -value if sign == "-" else value
