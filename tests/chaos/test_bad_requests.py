"""A flood of bad requests leaves a worker as it was."""

from kit import packets, proxied
from kit.flood import BAD, BAD_PATH, WARM, flood, weigh
from kit.proxies import turned_away
from kit.server import Adapter

MORE = 4000
PACKETS = tuple(case.raw for case in packets.BAD if case.limits.body == 1 << 30)
HEADERS = tuple(case.raw for case in proxied.BAD)


def test_bad_requests_leave_nothing_behind() -> None:
    """After thousands of bad requests of hundreds of kinds the worker is the same process, with the same descriptors and as much memory."""
    assert len(BAD) > 500
    with Adapter("hello.py", bind=(BAD_PATH,)) as server:
        path = server.address.removeprefix("unix:")
        [worker] = server.ready()
        assert flood(path, WARM) == []
        before = weigh(worker.pid, path)
        assert flood(path, MORE) == []
        after = weigh(worker.pid, path)

        assert after.descriptors == before.descriptors
        assert after.kilobytes <= before.kilobytes + 512
        assert server.ready() == [worker]
        assert not [line for line in server.log.all() if "Traceback" in line]


def test_bad_packets_and_headers_leave_nothing_behind() -> None:
    """The same of thousands of bad packets of the uwsgi protocol, and of connections without a good PROXY header."""
    options = ("--uwsgi=unix:{directory}/uwsgi", "--proxy-protocol=unix:{directory}/proxied")
    with Adapter("hello.py", *options, bind=()) as server:
        server.wait_for("adapter: info: serving generation=")
        uwsgi, balancers = server.addresses
        path = uwsgi.removeprefix("unix:")
        [worker] = server.ready()
        assert flood(path, WARM, PACKETS) == []
        assert all(turned_away(balancers, header) for header in HEADERS * 5)
        before = weigh(worker.pid, path)
        assert flood(path, MORE, PACKETS) == []
        assert all(turned_away(balancers, header) for header in HEADERS * 20)
        after = weigh(worker.pid, path)

        assert after.descriptors == before.descriptors
        assert after.kilobytes <= before.kilobytes + 512
        assert server.ready() == [worker]
        assert 0 < len([line for line in server.log.all() if "warning" in line]) < 10  # of thousands: once a minute
        assert not [line for line in server.log.all() if "Traceback" in line]
