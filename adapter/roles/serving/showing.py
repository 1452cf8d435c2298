"""The frame by which roles/lastwords.py knows in a stack that its thread is in a call: never compiled, as compiled code has none."""

from typing import Protocol


class Runs(Protocol):
    """A call."""

    def run(self) -> None:
        """All of it."""


def show(call: Runs) -> None:
    """Have it run from here."""
    call.run()
