"""A virtualenv of another Python is told apart from one that is none."""

import sys

import pytest

from adapter.config.virtualenvs import packages
from adapter.exits import Misuse

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


def test_ours(tmp_path):
    """Its packages are found."""
    directory = tmp_path / "lib" / VERSION / "site-packages"
    directory.mkdir(parents=True)

    assert packages(str(tmp_path)) == str(directory)


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("lib/python2.7/site-packages", "it is of python2.7; install adapter in it"),
        ("lib", "it has no packages"),
        ("bin", "No such file or directory"),
    ],
)
def test_not_ours(tmp_path, inside, why):
    """A sentence says what it is instead."""
    (tmp_path / inside).mkdir(parents=True)

    with pytest.raises(Misuse, match=why):
        packages(str(tmp_path))
