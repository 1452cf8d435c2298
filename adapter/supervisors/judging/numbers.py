"""Numbers in files and variables that somebody else writes."""

_DIGITS = 9


def meant(text: str) -> int | None:
    """What it says, if that is a number that anybody can mean."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
