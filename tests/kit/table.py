"""What must happen when an operator says this in that state: a table as text, one line per thing to say, one column per state.

              serving     draining
    -h        reload      stay
    -t        drain,up    stay

Words: `stay` nothing changes, the state neither · `reload` a new generation, the same process · `drain` it ends, what is in flight is
answered · `cut` it ends, what is in flight is not answered · `kill` the master ends, its workers answer what is in flight · `last`
nothing changes, and its next end is the last · `leaves` nothing changes, and at its next end the supervisor of this service goes, too.
After an end: `up` another process serves, `down` none is started, `gone` nor is there who would start one.
`c:` before the word: not before the process is told to continue. A dot: not asked. `!` behind it: the
exit code says that it was not done.
"""

from typing import NamedTuple

ENDS = {"up", "down", "gone"}
WORDS = {"stay", "reload", "last", "leaves", *(f"{how},{then}" for how in ("drain", "cut", "kill") for then in ENDS)}


class Cell(NamedTuple):
    """Said `said` in `state`: `how` it ends, or goes on, and what is there `then`; `late`: once it continues; `fails`: who said it is told so."""

    state: str
    said: str
    how: str
    then: str
    late: bool
    fails: bool

    def __str__(self) -> str:
        return f"{self.said} while {self.state}"


def columns(text: str) -> dict[str, list[Cell]]:
    """The cells of each state, from the top down."""
    head, *rows = [line.split() for line in text.splitlines() if line.strip()]
    table: dict[str, list[Cell]] = {state: [] for state in head}
    for said, *words in rows:
        assert len(words) == len(head), f"{said}: {len(words)} words for {len(head)} states"
        for state, word in zip(head, words, strict=True):
            if word == ".":
                continue
            late, fails, plain = word.startswith("c:"), word.endswith("!"), word.removeprefix("c:").removesuffix("!")
            assert plain in WORDS, f"{said} while {state}: {word!r} is no word"
            how, _, then = plain.partition(",")
            table[state].append(Cell(state, said, how, then, late, fails))
    return table
