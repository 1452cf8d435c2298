"""The table of uWSGI's options is whole, and says something of each."""

from pathlib import Path

import pytest

from adapter.config.ini.rows import Verdict
from adapter.config.ini.table import FAMILIES, ROWS, THEMES, row_of
from adapter.config.settings import OPTIONS

THEIRS = Path(__file__).with_name("names-of-uwsgi-2.0.31").read_text().split()
ALL = [row for _, rows in THEMES for row in rows]


def test_every_option_of_theirs_has_a_row():
    """Whatever uWSGI 2.0.31 takes (its core and its plug-ins) has one."""
    assert len(THEIRS) > 1200
    assert [name for name in THEIRS if row_of(name) is None] == []


def test_one_row_each():
    """No name stands in two rows, so none is hidden by another; and a family is not one of a single name."""
    names = [name for row in ALL for name in row.names]

    assert sorted(names) == sorted(set(names))
    assert len(names) == len(ROWS) + len(FAMILIES)


def test_no_row_is_invented():
    """Every name is one of uWSGI's, a letter of its command line, or stands in its documentation."""
    known = {*THEIRS, "touch-gracefully-stop"}

    assert [name for name in ROWS if len(name) > 1 and name not in known] == []
    assert [family for family in FAMILIES if not any(name.startswith(family) for name in THEIRS)] == []


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.names[0])
def test_row(row):
    """It names options that we have, and where the line does nothing it says why."""
    assert set(row.ours) <= set(OPTIONS)
    assert row.why or row.verdict not in {Verdict.IGNORED, Verdict.REFUSED}
    if row.verdict is not Verdict.REFUSED:  # of which some say it of each line
        assert bool(row.make) == (row.verdict in {Verdict.SAME, Verdict.RENAMED, Verdict.TRANSLATED})
    if row.verdict is Verdict.SAME:
        assert row.ours == (row.names[0].replace("-", "_"),)
