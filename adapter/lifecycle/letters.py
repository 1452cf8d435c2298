"""What is made of bytes that somebody wrote into the Master FIFO.

A word is what stands between line ends. It is done letter by letter if we know every letter of it; else none of it is done:
who writes `stop` or a log file into the FIFO did not mean `s`, then `p`.
"""

from typing import NamedTuple

from adapter.lifecycle.commands import Command
from adapter.lifecycle.dialects import LETTERS, SLOTS, Letter

LONGEST = 32  # letters of one word; nobody types more, so nobody means more


class Heard(NamedTuple):
    """What was asked for: commands in order, the slot to go to, if any; and, for the log, the words that were none."""

    commands: tuple[Command, ...] = ()
    slot: int | None = None
    refused: tuple[Letter, ...] = ()
    strange: tuple[str, ...] = ()


def understood(data: bytes) -> Heard:
    """Make something of what was written, whatever it is."""
    commands: list[Command] = []
    refused: list[Letter] = []
    strange: list[str] = []
    slot = None
    for word in filter(None, map(str.strip, data.decode("latin-1").split("\n"))):
        if len(word) > LONGEST or any(letter not in LETTERS and letter not in SLOTS for letter in word):
            strange.append(word)
            continue
        for letter in word:
            if letter in SLOTS:
                slot = int(letter)
            elif (command := LETTERS[letter].command) is not None:
                commands.append(command)
            else:
                refused.append(LETTERS[letter])
    return Heard(tuple(commands), slot, tuple(refused), tuple(strange))
