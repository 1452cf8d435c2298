"""The commands for people."""

from pathlib import Path

from adapter.lifecycle.commands import MEANINGS, Command
from adapter.lifecycle.dialects import FIFO, SIGNALS
from adapter.lifecycle.shown import page

ROOT = Path(__file__).parents[3]


def test_page_is_current():
    """docs/commands.md is what the tables make; `make docs` writes it."""
    assert (ROOT / "docs/commands.md").read_text() == page()


def test_page_has_everything():
    """Each command with its meaning, each signal, each letter."""
    text = page()
    assert all(f"| {command.value} |" in text and MEANINGS[command] in text for command in Command)
    assert all(row.signal.name.removeprefix("SIG") in text for row in SIGNALS)
    assert all(f"| {row.letter} | " in text for row in FIFO)
