"""The word that was probably meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, words: Iterable[str], likeness: float = 0.6) -> str | None:
    """The closest of `words`, or None when nothing is close."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only mistakes pay for it

    close = get_close_matches(word, list(words), n=1, cutoff=likeness)
    return close[0] if close else None


def meant(word: str, words: Iterable[str]) -> str:
    """`: did you mean X?` to end a sentence with, or nothing."""
    near = nearest(word, words)
    return f": did you mean {near}?" if near else ""
