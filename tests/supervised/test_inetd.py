"""Debian's inetd (openbsd-inetd) on the lines of conf/inetd: one process per connection (`shop`), one server for all (`shop-wait`)."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from kit import nowait, wait
from kit.inetd import Inetd


@pytest.mark.parametrize("promise", nowait.ALL, ids=lambda each: each.__name__)
def test_nowait(promise: Callable[[nowait.Start], None]) -> None:
    """Every promise of kit.nowait holds under Debian's inetd."""
    promise(partial(Inetd, "shop"))


@pytest.mark.parametrize("promise", wait.ALL, ids=lambda each: each.__name__)
def test_wait(promise: Callable[[wait.Start], None]) -> None:
    """Every promise of kit.wait holds under Debian's inetd."""
    promise(partial(Inetd, "shop-wait"))


def test_the_environment_is_what_the_line_says() -> None:
    """inetd wipes the environment: the application has the PATH that --env gave it, and no HOME."""
    with Inetd("shop", "surroundings.py") as site:
        around = json.loads(site.ask("/").answer()[1])["env"]
        assert around["PATH"] == "/usr/bin:/bin"
        assert "HOME" not in around
