"""What one process per connection promises, whoever starts it. Each takes `start`, which makes a site for an application."""

import json
import os
import re
from collections.abc import Callable

from kit.asked import talk
from kit.exchange import Wire, question
from kit.inetd import Site
from kit.load import Load

Start = Callable[..., Site]
_GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
_LAST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def several_requests_on_one_connection(start: Start) -> None:
    """GET, a POST of 1 MB, a stream: one after the other, right in every byte, all from one process."""
    with start("exact.py") as site:
        wire = Wire(site.address, 60)
        answers = [
            wire.exchange(question(name, number)) for number, name in enumerate(("small", "post", "big", "stream", "post"))
        ]
        wire.close()
        assert len({answer.fields["x-worker"] for answer in answers}) == 1
        assert not any(answer.close for answer in answers)


def pipelined_requests(start: Start) -> None:
    """Five requests in one packet: five answers in order, then the end, since the last one asked for it."""
    with start("hello.py") as site:
        heard = talk(site.address, _GET * 4 + _LAST)
        assert heard.count(b"HTTP/1.1 200 OK\r\n") == heard.count(b"\r\n\r\nhello\n") == 5, f"{heard}"
        assert heard.lower().count(b"connection: close") == 1
        assert heard.endswith(b"\r\n\r\nhello\n")


def what_is_printed_never_reaches_the_client(start: Start) -> None:
    """print() and writes to descriptor 1 at import and at each request: the log has them all, the client none."""
    with start("printing.py") as site:
        heard = talk(site.address, _GET + _LAST)
        assert re.fullmatch(rb"(HTTP/1\.1 200 OK\r\n([A-Za-z-]+: [^\r\n]*\r\n)+\r\n(6\r\n)?hello\n(\r\n0\r\n\r\n)?){2}", heard), (
            f"{heard}"
        )
        assert b"printed" not in heard
        assert b"written" not in heard
        for line in ("printed to stdout at import", "printed to stderr at import", "written to fd 1 at import"):
            site.log.wait_for(line)
        for line in ("printed to stdout at request", "written to fd 1 at request", "written to wsgi.errors at request"):
            site.log.wait_for(line)


def a_traceback_never_reaches_the_client(start: Start) -> None:
    """An exception in the application is a 500 for the client, who can go on asking, and a traceback for the log."""
    with start("raises_at_request.py") as site:
        heard = talk(site.address, _GET.replace(b" / ", b" /early ") + _LAST)
        assert heard.startswith(b"HTTP/1.1 500 ")
        assert heard.count(b"HTTP/1.1 ") == 2, f"{heard}"
        assert b"Traceback" not in heard
        assert b"failed early" not in heard
        site.log.wait_for("RuntimeError: the application failed early")


def a_broken_release_is_a_500(start: Start) -> None:
    """An application that cannot be imported: a whole 500 for the client, the traceback for the log; the next release serves at once."""
    with start("raises_at_import.py") as site:
        status, body = site.ask("/").answer()
        assert status == 500
        assert b"Traceback" not in body
        assert b"DATABASE_URL" not in body
        site.log.wait_for("KeyError: 'DATABASE_URL'")
        site.log.wait_for("adapter: fatal: ")
        site.deploy("hello.py", 2)
        assert site.ask("/").answer() == (200, b"hello\n")


def the_application_knows_its_client(start: Start) -> None:
    """REMOTE_ADDR is the client's, the rest of its surroundings is right, and none of its descriptors 0 to 2 is the connection."""
    with start("surroundings.py") as site:
        status, body = site.ask("/", source="127.0.0.9").answer()
        around = json.loads(body)
        assert status == 200
        assert around["REMOTE_ADDR"] == "127.0.0.9"
        assert around["SERVER_PORT"] == site.address.rpartition(":")[2]
        assert (around["wsgi.run_once"], around["wsgi.multiprocess"], around["wsgi.multithread"]) == (True, True, False)
        assert (around["sockets"], around["stdin"]) == ([], "")
        assert around["cwd"] == os.path.realpath(site.directory / "current")


def many_at_once(start: Start) -> None:
    """Twelve connections at a time, kept and fresh, idle and slow, through a deploy: 0 failed of all; new ones get the new release."""
    with start("exact.py") as site, Load(site.address) as load:
        site.deploy("exact.py", 2)
        load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        assert "2" in report.versions


ALL = (
    several_requests_on_one_connection,
    pipelined_requests,
    what_is_printed_never_reaches_the_client,
    a_traceback_never_reaches_the_client,
    a_broken_release_is_a_500,
    the_application_knows_its_client,
    many_at_once,
)
