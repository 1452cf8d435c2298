"""--process-communication: how we stand, on stdout, as an event for supervisord's listeners (supervisord.org/events.html)."""

from adapter.lifecycle.heralding import Tidings, communication
from adapter.log import Log, Outlet

_BEGIN, _END = b"<!--XSUPERVISOR:BEGIN-->", b"<!--XSUPERVISOR:END-->"
_STDOUT = 1


class Communicating:
    """Off until it is asked for."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._stdout = Outlet(_STDOUT)
        self.asked_for = False

    def tell(self, told: Tidings) -> None:
        """In one write, so that nothing others print can be in between."""
        if self.asked_for and not self._stdout.write(_BEGIN + communication(told).encode() + _END) and self._stdout.lost == 1:
            self._log.warning("stdout is not read: supervisord's listeners do not hear how we stand (--process-communication)")
