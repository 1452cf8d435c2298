"""The same complaint again and again."""

import os

from adapter.log import Log
from adapter.roles.serving import complaints
from adapter.roles.serving.complaints import SECONDS, Complaints


def test_it_is_said_once_a_minute(monkeypatch):
    """The first is said at once; those that follow within a minute are counted, and told with the next one."""
    now = [1000.0]
    monkeypatch.setattr(complaints, "monotonic", lambda: now[0])
    reader, writer = os.pipe()
    complain = Complaints(Log(writer, stamp=False)).say
    complain("refused", reason="one")
    for _ in range(1000):
        complain("refused", reason="two")
    now[0] += SECONDS
    complain("refused", reason="three")
    now[0] += SECONDS
    complain("refused", reason="four")
    os.close(writer)
    with os.fdopen(reader) as log:
        assert log.read().splitlines() == [
            "adapter: warning: refused reason=one",
            "adapter: warning: refused reason=three before=1000",
            "adapter: warning: refused reason=four",
        ]
