"""The table is whole, and `Settings` survives a journey as JSON."""

import json

import pytest

from adapter.config.kinds import ADDRESS, ASSIGNMENT, FLAG, OCTAL, PATH
from adapter.config.settings import DEFAULTS, OPTIONS, Settings, spelled, variable
from adapter.config.shown import default


@pytest.mark.parametrize("name", OPTIONS)
def test_row(name):
    """Every option says what it does and why its default is what it is, in sentences."""
    option = OPTIONS[name]

    assert option.help.endswith(".")
    assert option.why.endswith(".")
    assert isinstance(DEFAULTS[name], tuple) == option.many


@pytest.mark.parametrize("name", [name for name in OPTIONS if default(name) and OPTIONS[name].kind is not FLAG])
def test_default_is_allowed(name):
    """Every default, typed as `--help` shows it, is the default."""
    assert OPTIONS[name].kind.parse(default(name)) == DEFAULTS[name]


def test_spellings():
    """One name, three spellings."""
    assert (spelled("drain_timeout"), variable("drain_timeout")) == ("--drain-timeout", "ADAPTER_DRAIN_TIMEOUT")


def test_short_options_are_unique():
    """No letter means two things."""
    letters = [option.short for option in OPTIONS.values() if option.short]

    assert sorted(letters) == sorted(set(letters))


def test_json():
    """`from_dict` of `to_dict`, through JSON, is the same."""
    settings = Settings(app="a:b", bind=("127.0.0.1:1", "unix:/x"), env=("A=b",), uid=0, drain_timeout=0.5)

    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_neighbours():
    """A record of an older version (missing keys) or a newer one (unknown keys) is read."""
    assert Settings.from_dict({"app": "x", "from_the_future": [1]}) == Settings(app="x")


def test_frozen():
    """Nobody changes settings by accident."""
    with pytest.raises(AttributeError):
        Settings().workers = 2


def test_kinds_that_need_care():
    """Where several values go into one variable, the separator cannot occur in a value's usual form."""
    for option in OPTIONS.values():
        assert option.many or option.between == " "
        assert (option.kind is ASSIGNMENT) == (option.between is None)
    assert OPTIONS["bind"].kind is ADDRESS
    assert OPTIONS["bind"].between == " "
    assert PATH.relative
    assert OPTIONS["umask"].kind is OCTAL
