"""docs/coming-from-uwsgi.md is made of the tables."""

from pathlib import Path

from adapter.config.ini.page import page


def test_page():
    """The page is what `make docs` makes."""
    assert (Path(__file__).parents[4] / "docs/coming-from-uwsgi.md").read_text() == page()
