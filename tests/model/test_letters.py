"""What is written into the FIFO, whatever it is: understood, or refused whole."""

from hypothesis import given
from hypothesis import strategies as st

from adapter.lifecycle.commands import Command
from adapter.lifecycle.dialects import FIFO, LETTERS, SLOTS
from adapter.lifecycle.letters import LONGEST, Heard, understood

KNOWN = [*LETTERS, *SLOTS]
words = st.text(st.sampled_from(KNOWN), min_size=1, max_size=LONGEST)
ends = st.sampled_from(["\n", " \n", "\r\n", "\n\n"])


def test_examples():
    """One letter, several, several lines; with and without a line end."""
    assert understood(b"r") == understood(b"r\n") == Heard((Command.RELOAD,))
    assert understood(b"++s\nq\n") == Heard((Command.MORE, Command.MORE, Command.STATISTICS, Command.STOP))
    assert understood(b"2s1") == Heard((Command.STATISTICS,), slot=1)
    assert understood(b"fE") == Heard(refused=(LETTERS["f"], LETTERS["E"]))
    assert understood(b"") == understood(b"\n \r\n") == Heard()


def test_a_word_is_no_letters():
    """A word that was not meant for us does nothing, not even by the letters of it that we know; its neighbours are done."""
    assert understood(b"stop\nr\nQuit please\n") == Heard((Command.RELOAD,), strange=("stop", "Quit please"))
    assert understood(b"r" * LONGEST).commands == (Command.RELOAD,) * LONGEST
    assert understood(b"r" * (LONGEST + 1)) == Heard(strange=("r" * (LONGEST + 1),))


@given(st.lists(st.tuples(words, ends), max_size=8))
def test_every_known_letter_is_done_in_order(lines):
    """Words of known letters, however their lines end: each command in order, the last slot, each refusal."""
    heard = understood("".join(word + end for word, end in lines).encode())
    letters = "".join(word for word, _ in lines)
    assert heard.commands == tuple(row.command for each in letters if (row := LETTERS.get(each)) and row.command)
    assert heard.refused == tuple(row for each in letters if (row := LETTERS.get(each)) and not row.command)
    assert heard.slot == next((int(each) for each in reversed(letters) if each in SLOTS), None)
    assert heard.strange == ()


@given(st.binary(max_size=4096))
def test_any_bytes(data):
    """Nothing raises; what is done is at most what stands in lines of known letters."""
    heard = understood(data)
    lines = [line.strip() for line in data.decode("latin-1").split("\n") if line.strip()]
    good = [line for line in lines if set(line) <= set(KNOWN) and len(line) <= LONGEST]
    assert len(heard.strange) == len(lines) - len(good)
    assert len(heard.commands) + len(heard.refused) == sum(each not in SLOTS for line in good for each in line)


def test_every_letter_alone():
    """Each row of the table is reachable by its letter."""
    for row in FIFO:
        heard = understood(row.letter.encode())
        assert heard.commands == ((row.command,) if row.command else ())
        assert heard.refused == (() if row.command else (row,))
