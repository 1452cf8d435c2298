"""Where the application's modules are looked for."""

import pytest

from adapter.roles.surroundings import directories


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (("libs/*",), ["libs/a", "libs/b"]),
        (("x", "libs/[b-z]", "libs/?", "libs"), ["x", "libs/b", "libs/a", "libs/b", "libs"]),
        (("none/*",), ["none/*"]),
        (("odd[1]",), ["odd[1]"]),
        ((), []),
    ],
)
def test_patterns(said, found, tmp_path, monkeypatch):
    """A pattern is what it matches, in order; what is there by that very name, or matches nothing, is itself."""
    for name in ("libs/b", "libs/a", "odd[1]", "odd1"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    assert directories(said) == found
