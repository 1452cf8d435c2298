"""The wall clock jumps: what is written with a date has the new one, and nothing else notices."""

import http.client
import os
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from signal import SIGTERM

from kit.asked import Asked
from kit.load import Load
from kit.server import Adapter

_FAKETIME = Path(__file__).parents[2] / ".build/faketime/usr/lib"
_DAY = 86400


class Elsewhen(Adapter):
    """A server whose processes alone have another wall clock (libfaketime); the monotonic one is everybody's.

    Its application must not call time.sleep: libfaketime makes that fail (clock_nanosleep(2): EINVAL).
    """

    def __init__(self, app: str, *options: str) -> None:
        super().__init__(app, *options)
        (library,) = _FAKETIME.glob("*/faketime/libfaketimeMT.so.1")
        self.jump(0)
        words = ("FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", f"FAKETIME_TIMESTAMP_FILE={self.directory}/clock")
        self.program = ("/usr/bin/env", f"LD_PRELOAD={library}", *words, *self.program)

    def jump(self, seconds: int) -> None:
        """From now on it is so many seconds later than it is."""
        self.write("clock", f"{seconds:+d}\n")


def test_requests_do_not_notice() -> None:
    """A kept-alive connection goes on, its answers dated anew; of all other requests none fails, nor does a reload."""
    with Elsewhen("exact.py", "--workers=2") as server, Load(server.address, slow=0) as load:
        host, _, port = server.address.rpartition(":")
        kept = http.client.HTTPConnection(host, int(port), timeout=60)
        kept.connect()
        wire = kept.sock
        for days in (0, 1, -1, 400):
            server.jump(days * _DAY)
            load.lap()  # each visitor has asked since
            kept.request("GET", "/small?nonce=1")
            with kept.getresponse() as answer:
                assert answer.read() == b"1\n"
                said = parsedate_to_datetime(answer.headers["Date"]).timestamp()
            assert abs(said - time.time() - days * _DAY) < 60
            assert kept.sock is wire
        server.reload()
        kept.close()
        report = load.stop()
    assert report.failed == 0, str(report)


def test_a_drain_lasts_as_long_as_it_was_given() -> None:
    """A day goes by in the midst of it: the request that was under way is answered all the same."""
    server = Elsewhen("gated.py", "--drain-timeout=20")
    os.mkfifo(server.directory / "gate")
    with server:
        asked = Asked(server.address, "/gated")
        server.wait_for("gated: begun")
        mark = server.signal(SIGTERM)
        server.wait_for("adapter: info: stop source=", since=mark)
        server.jump(_DAY)
        (server.directory / "gate").write_text("go")
        assert asked.answer() == (200, b"gated\n")
        assert server.process.exit_code() == 0
