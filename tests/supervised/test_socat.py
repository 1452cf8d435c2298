"""The real socat on conf/inetd/socat: the connection itself (nofork), a socketpair with socat between, or two pipes."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from kit import nowait
from kit.inetd import Socat

HOW = {"nofork": ",nofork", "socketpair": "", "pipes": ",pipes"}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("promise", nowait.ALL, ids=lambda each: each.__name__)
def test_nowait(promise: Callable[[nowait.Start], None], how: str) -> None:
    """Every promise of kit.nowait holds under socat, whatever it puts on descriptors 0 and 1."""
    promise(partial(Socat, how=HOW[how]))


@pytest.mark.parametrize("how", ["socketpair", "pipes"])
def test_the_environment_names_the_client(how: str) -> None:
    """Where the connection knows no names, SOCAT_PEERADDR and SOCAT_PEERPORT are believed."""
    with Socat("surroundings.py", how=HOW[how]) as site:
        around = json.loads(site.ask("/", source="127.0.0.9").answer()[1])
        told = around["env"]
        assert around["REMOTE_ADDR"] == told["SOCAT_PEERADDR"] == "127.0.0.9"
        assert around["REMOTE_PORT"] == told["SOCAT_PEERPORT"]
