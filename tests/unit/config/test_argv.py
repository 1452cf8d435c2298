"""The command line without click says what click would."""

import click
import pytest
from hypothesis import given as fuzz
from hypothesis import settings
from hypothesis import strategies as st

from adapter.cli.inetd import command
from adapter.cli.options import given
from adapter.cli.serve import command as serve
from adapter.config.argv import parse
from adapter.exits import Misuse

GOOD = [
    [],
    ["app"],
    ["--threads", "8", "app"],
    ["app", "--threads=8"],
    ["-w", "3", "app"],
    ["app", "--threads", "-8"],
    ["app", "--env", "A=b=c", "--env=C=d"],
    ["app", "--lazy-apps"],
    ["app", "--lazy-apps", "--no-lazy-apps"],
    ["app", "--no-log-time"],
    ["--threads", "1", "--threads", "2", "app"],
    ["--threads", "", "app"],
    ["--", "app"],
    ["--threads", "1", "--", "-app"],
]

BAD = [
    (["a", "b"], "inetd takes one application, and got a and b"),
    (["--", "a", "b"], "inetd takes one application, and got a and b"),
    (["--thread", "1"], "inetd has no option --thread: did you mean --threads?"),
    (["--thread=1"], "inetd has no option --thread: did you mean --threads?"),
    (["--bind", "80"], "inetd has no option --bind"),
    (["--check"], "inetd has no option --check"),
    (["-x"], "inetd has no option -x"),
    (["--threads"], "--threads needs a value"),
    (["--threads", "--env"], "--threads needs a value"),
    (["--lazy-apps=1"], "--lazy-apps takes no value"),
    (["--App", "x"], "inetd has no option --App"),
]


def by_click(argv, command=command):
    """What click makes of the same words."""
    context = command.make_context("adapter", list(argv))
    return {name: value for name, value in given(context).items() if value not in (None, ())}


@pytest.mark.parametrize("argv", GOOD, ids=" ".join)
def test_as_click(argv):
    """Both parsers agree on what is good."""
    parsed = {name: tuple(value) if isinstance(value, list) else value for name, value in parse(argv).items()}

    assert parsed == by_click(argv)


@pytest.mark.parametrize(("argv", "sentence"), BAD)
def test_bad(argv, sentence):
    """Each mistake is one sentence."""
    with pytest.raises(Misuse) as caught:
        parse(argv)

    assert caught.value.sentence.startswith(sentence)


@settings(deadline=None)  # a busy machine is no bug
@fuzz(
    st.lists(st.sampled_from(["a", "--threads", "--env", "A=b", "--lazy-apps", "--", "--threads=2", "-w", "-", "--no-log-time"]))
)
def test_any_words(argv):
    """Whatever click takes, we take alike; whatever we refuse is a Misuse, and nothing is silently read otherwise."""
    try:
        parsed = {name: tuple(value) if isinstance(value, list) else value for name, value in parse(argv).items()}
    except Misuse:
        return
    try:
        expected = by_click(argv)
    except click.UsageError:
        pytest.fail(f"click refuses {argv}, we read {parsed}")
    assert parsed == expected


@settings(deadline=None)  # a busy machine is no bug
@fuzz(
    st.lists(
        st.sampled_from(
            ["a", "--bind", "-b", "80", "--check", "--no-check", "-b=81", "--stats-http", "--", "-w", "-w3", "--fifo=f"]
        )
    )
)
def test_serve(argv):
    """The same of `adapter serve`; what we refuse is asked of click."""
    try:
        parsed = {name: tuple(value) if isinstance(value, list) else value for name, value in parse(argv, "serve").items()}
    except Misuse:
        return
    try:
        expected = by_click(argv, serve)
    except click.UsageError:
        pytest.fail(f"click refuses {argv}, we read {parsed}")
    assert {"check": False, **parsed} == {"check": False, **expected}
