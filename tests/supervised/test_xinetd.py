"""The real xinetd on the files of conf/xinetd: one process per connection (`shop`), one server for all (`shop-wait`)."""

from collections.abc import Callable
from functools import partial
from signal import SIGHUP

import pytest

from kit import nowait, wait
from kit.asked import talk
from kit.inetd import Xinetd


@pytest.mark.parametrize("promise", nowait.ALL, ids=lambda each: each.__name__)
def test_nowait(promise: Callable[[nowait.Start], None]) -> None:
    """Every promise of kit.nowait holds under xinetd."""
    promise(partial(Xinetd, "shop"))


@pytest.mark.parametrize("promise", wait.ALL, ids=lambda each: each.__name__)
def test_wait(promise: Callable[[wait.Start], None]) -> None:
    """Every promise of kit.wait holds under xinetd."""
    promise(partial(Xinetd, "shop-wait"))


def test_without_a_log_file_the_client_is_still_spared() -> None:
    """No --log-file: what the application prints goes to syslog, or nowhere; an answer is an answer, to the byte."""
    with Xinetd("shop", "printing.py", changed={"--log-file {directory}/log/shop.log": ""}) as site:
        heard = talk(site.address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"printed" not in heard
        assert b"written" not in heard


def test_a_slow_request_outlives_xinetd() -> None:
    """xinetd ends in the middle of a request: its process answers all the same, then leaves."""
    with Xinetd("shop", "slow.py") as site:
        slow = site.ask("/slow?seconds=1")
        site.log.wait_for("slow: begun")
        site.stop()
        assert slow.answer() == (200, b"slow\n")
        site.process.wait_alone()


def test_a_reload_of_xinetd_leaves_the_server_alone() -> None:
    """HUP to xinetd: the server on its listener serves on, the same process."""
    with Xinetd("shop-wait", "hello.py") as site:
        assert site.ask("/").answer() == (200, b"hello\n")
        pid = site.pid
        site.process.signal(SIGHUP)
        site.own.wait_for("Reconfigured: ")
        assert site.ask("/").answer() == (200, b"hello\n")
        assert site.pid == pid
