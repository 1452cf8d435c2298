"""Which processes are masters, by their command lines alone."""

import pytest

from adapter.roles.asking.examining import served

LINES = [
    ("/venv/bin/python3 /venv/bin/adapter serve shop.wsgi --bind 8000", ["shop.wsgi", "--bind", "8000"]),
    ("/venv/bin/adapter serve", []),
    ("python -X dev -I -m adapter serve x", ["x"]),
    ("python -m adapter serve x", ["x"]),
    ("python3 -X dev -W error /srv/adapter/__main__.py serve x", ["x"]),
    ("python cage.py /venv/bin/adapter serve x", None),
    ("unshare --pid --fork adapter serve x", None),
    ("sh -c adapter serve x", None),
    ("adapter hold 8000", None),
    ("vim adapter serve", None),
    ("", None),
]


@pytest.mark.parametrize(("line", "found"), LINES)
def test_masters(line, found):
    """adapter itself, however Python was told to run it; not those who start it."""
    assert served(line.split()) == found
