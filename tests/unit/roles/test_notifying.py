"""What the environment says of a service manager is believed as far as it makes sense, and taken out of it."""

import pytest

from adapter.log import Log
from adapter.roles.master.notifying import Notifying
from adapter.roles.master.watch import Watch


@pytest.mark.parametrize(
    ("said", "every", "stores"),
    [
        ({}, None, False),
        ({"WATCHDOG_USEC": "20000000", "FDSTORE": "4"}, 10.0, True),
        ({"WATCHDOG_USEC": "1"}, 0.01, False),
        ({"WATCHDOG_USEC": "0", "FDSTORE": "0"}, None, False),
        ({"WATCHDOG_USEC": "9" * 5000, "FDSTORE": "9" * 5000, "SYSTEMD_EXEC_PID": "9" * 5000}, None, False),
        ({"WATCHDOG_USEC": "-5", "FDSTORE": "many", "SYSTEMD_EXEC_PID": "²"}, None, False),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}, None, False),
    ],
)
def test_the_environment(said, every, stores, tmp_path):
    """No number there can stop us, or have us do nothing but say that we live."""
    environ = {"NOTIFY_SOCKET": str(tmp_path / "nobody"), **said}
    notifying = Notifying(Log(2), Watch())
    notifying.take(environ)
    assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "FDSTORE"} & environ.keys()
    assert notifying.stores is stores
    assert notifying.deadline == (None if every is None else 0.0)
    if every is not None:
        notifying.look(100.0)
        assert notifying.deadline == 100.0 + every
