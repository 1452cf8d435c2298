"""The real tcpserver (ucspi-tcp) on conf/inetd/tcpserver: one process per connection."""

import json
from collections.abc import Callable

import pytest

from kit import nowait
from kit.inetd import Tcpserver


@pytest.mark.parametrize("promise", nowait.ALL, ids=lambda each: each.__name__)
def test_nowait(promise: Callable[[nowait.Start], None]) -> None:
    """Every promise of kit.nowait holds under tcpserver."""
    promise(Tcpserver)


def test_the_socket_is_believed_and_the_environment_agrees() -> None:
    """TCPREMOTEIP and TCPREMOTEPORT, which tcpserver sets, say the same as REMOTE_ADDR and REMOTE_PORT."""
    with Tcpserver("surroundings.py") as site:
        around = json.loads(site.ask("/", source="127.0.0.9").answer()[1])
        told = around["env"]
        assert (around["REMOTE_ADDR"], around["REMOTE_PORT"]) == (told["TCPREMOTEIP"], told["TCPREMOTEPORT"])
        assert around["REMOTE_ADDR"] == "127.0.0.9"


def test_a_full_house_lets_them_wait() -> None:
    """With room for one process the second client waits in the kernel's queue, and is answered in its turn."""
    with Tcpserver("slow.py", changed={"-c50": "-c1"}) as site:
        first = site.ask("/slow?seconds=1")
        site.log.wait_for("slow: begun")
        second = site.ask("/slow?seconds=0")
        assert first.answer() == (200, b"slow\n")
        assert second.answer() == (200, b"slow\n")
