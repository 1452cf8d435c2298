"""What is said of one thing."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One line: what is so, and what to do about it.

    `about` is the word that programs know it by. `wrong`: sooner or later somebody loses a request or a night by it; else it is
    worth knowing.
    """

    about: str
    sentence: str
    remedy: str
    wrong: bool = True
