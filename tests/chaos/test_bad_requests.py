"""A flood of bad requests leaves a worker as it was."""

from kit.flood import BAD, BAD_PATH, WARM, flood, weigh
from kit.server import Adapter

MORE = 4000


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
