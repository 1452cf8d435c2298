"""docs/coming-from-gunicorn.md says what is so: of our options and signals, and of gunicorn's."""

import re
from pathlib import Path
from signal import Signals

import pytest
from gunicorn.config import KNOWN_SETTINGS

from adapter.config.settings import OPTIONS, spelled
from adapter.lifecycle.commands import Command
from adapter.lifecycle.dialects import DEFAULT

TEXT = (Path(__file__).parents[2] / "docs/coming-from-gunicorn.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
SIGNALS = [row for row in ROWS if row[0].isupper()]
WORDS = re.compile(r"`(--[a-z0-9_-]+)").findall


def test_our_options_exist():
    """Every option that the page names as ours is in the table; the one that was is said to be another's."""
    ours = {spelled(name) for name in OPTIONS} | {"--wait"}
    theirs = {word for row in ROWS for word in WORDS(row[0])} | {"--preload", "--timeout", "--graceful-timeout"}
    for row in ROWS:
        assert set(WORDS(" ".join(row[1:] if row not in SIGNALS else row[2:]))) <= ours, row
    assert set(WORDS(TEXT)) <= ours | theirs


def test_their_options_are_all_there():
    """Every setting that gunicorn's command line takes has one row."""
    named = [WORDS(row[0])[0] for row in ROWS if WORDS(row[0])]
    known = {setting.cli[-1] if setting.name != "errorlog" else "--error-logfile" for setting in KNOWN_SETTINGS if setting.cli}
    paster = {"--paster": "--paste"}
    assert sorted(named) == sorted(paster.get(each, each) for each in known)


@pytest.mark.parametrize("row", SIGNALS, ids=lambda row: row[0])
def test_signals(row):
    """A signal is the command that the dialect has for it."""
    assert DEFAULT[Signals["SIG" + row[0]]] is Command(row[2].split("`")[1])


def test_all_signals():
    """None of gunicorn's is missing."""
    assert {row[0] for row in SIGNALS} == {"HUP", "TERM", "INT", "QUIT", "TTIN", "TTOU", "USR1", "USR2", "WINCH"}
