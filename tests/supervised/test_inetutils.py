"""GNU's inetd (inetutils-inetd) on the lines of conf/inetd, which are written for Debian's other one."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from kit import nowait, wait
from kit.inetd import Inetutils


@pytest.mark.parametrize(
    "promise",
    [nowait.several_requests_on_one_connection, nowait.what_is_printed_never_reaches_the_client],
    ids=lambda each: each.__name__,
)
def test_nowait(promise: Callable[[nowait.Start], None]) -> None:
    """Of the promises of kit.nowait those that an inetd has a part in."""
    promise(partial(Inetutils, "shop"))


def test_wait() -> None:
    """One server for all: stopped under load, it is started again; 0 failed of all, nobody refused."""
    wait.a_stopped_server_is_started_again(partial(Inetutils, "shop-wait"))


def test_the_environment_is_its_own() -> None:
    """It hands its whole environment down, but for what --env says."""
    with Inetutils("shop", "surroundings.py") as site:
        around = json.loads(site.ask("/").answer()[1])["env"]
        assert around["PATH"] == "/usr/bin:/bin"
        assert around["HOME"]
