"""`%d`, `%n` and the other variables of one letter: put in as the file is read, before anything else is done with a line."""

import re
from collections.abc import Mapping
from typing import Final

from adapter.config.ini.world import Facts

_VERSION: Final = "2.0.31"  # %V: of the grammar that is spoken here; it agrees with `uwsgi.version`
_OF_FILE: Final = "opsdencxij"
_SIGN: Final = re.compile(r"%(.?)", re.DOTALL)
_MASK: Final = 0xFFFF_FFFF


def of_process(facts: Facts) -> dict[str, str]:
    """What is the same in every file."""
    return {
        "%": "%",
        "(": "%(",  # a placeholder: filled in later, when all options are known
        "[": "\x1b",
        "v": facts.directory,
        "V": _VERSION,
        "h": facts.hostname,
        "k": str(facts.processors),
        "u": str(facts.uid),
        "U": facts.user,
        "g": str(facts.gid),
        "G": facts.group,
        "t": str(facts.microseconds // 1_000_000),
        "T": str(facts.microseconds),
        "b": facts.binary,
        **dict.fromkeys(_OF_FILE.upper(), ""),  # until the first file is known
    }


def of_file(given: str, path: str, section: str, inode: int | None) -> dict[str, str]:
    """Of the file that is being read: `path` is absolute, `given` and `section` as they were asked for ("" for none)."""
    directory, _, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    components = [part for part in directory.split("/") if part][:10]
    return {
        "o": given,
        "p": path,
        "s": name,
        "d": f"{directory}/",
        "e": extension if dot else "",
        "n": stem if dot else name,
        "c": directory.rpartition("/")[2],
        "x": section,
        "i": "" if inode is None else str(inode),
        "j": _hash(path),
        **{str(index): components[index] if index < len(components) else "" for index in range(10)},
    }


def first_file(own: Mapping[str, str]) -> dict[str, str]:
    """The capitals, which mean the file that was asked for wherever they stand."""
    return {letter.upper(): own[letter] for letter in _OF_FILE}


def put_in(text: str, magic: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with its variables put in, and what followed a `%` without being one ("" at the end of the line).

    Like uWSGI, a letter that means nothing goes away with its `%`; unlike uWSGI, a `%` that ends a line stays, and the next line too.
    """
    strange: list[str] = []

    def value(found: re.Match[str]) -> str:
        if (letter := found[1]) in magic:
            return magic[letter]
        strange.append(letter)
        return "" if letter else "%"

    return (_SIGN.sub(value, text), strange) if "%" in text else (text, strange)


def _hash(path: str) -> str:
    """%j: Bernstein's, with xor, its four bytes as they lie in a PC's memory."""
    value = 5381
    for byte in path.encode(errors="surrogateescape"):
        value = ((value << 5) + value ^ (byte | 0xFFFF_FF00 if byte > 0x7F else byte)) & _MASK  # noqa: PLR2004 -- C's char has a sign
    return value.to_bytes(4, "little").hex().upper()
