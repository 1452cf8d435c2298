"""The table for people."""

from pathlib import Path

from adapter.config.settings import OPTIONS, spelled
from adapter.config.shown import page

ROOT = Path(__file__).parents[3]


def test_page_is_current():
    """docs/options.md is what the table makes; `make docs` writes it."""
    assert (ROOT / "docs/options.md").read_text() == page()


def test_page_has_every_option():
    """No option is undocumented."""
    text = page()

    assert [name for name in OPTIONS if f"`{spelled(name)}" not in text] == []
