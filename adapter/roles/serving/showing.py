"""The frame by which roles/lastwords.py knows in a stack that its thread is in a call: never compiled, as compiled code has none."""

from typing import Protocol


class Answers(Protocol):
    """A call."""

    def answer(self) -> None:
        """All of it."""


def show(call: Answers) -> None:
    """Have it answer from here."""
    call.answer()
