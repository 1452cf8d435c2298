"""What supervisord itself loads of us: an RPC interface for it, and commands for supervisorctl.

    [rpcinterface:adapter]
    supervisor.rpcinterface_factory=adapter.supervisors.supervisord:make_rpcinterface

    [ctlplugin:adapter]
    supervisor.ctl_factory=adapter.supervisors.supervisord:make_ctlplugin

Both programs end when such a line cannot be resolved, or when what it names raises. So nothing is imported before it is asked for.
"""

from typing import Any


def make_rpcinterface(supervisord: Any, **settings: str) -> Any:
    """The RPC interface, called by supervisord once for each of its http servers. `settings`: the rest of the section, as text.

    `hold` names the groups whose sockets are held, by patterns (default `*`: every [fcgi-program]). What is not known is a
    warning in supervisord's log: nothing here keeps it from starting.
    """
    from adapter.supervisors.supervisord.rpcinterface import RPCInterface  # noqa: PLC0415 -- see above

    return RPCInterface(supervisord, settings)


def make_ctlplugin(controller: Any, **_: str) -> Any:
    """supervisorctl's commands. Raises nothing: without what they need, they are there and say what is missing."""
    try:
        from adapter.supervisors.supervisord.ctlplugin import Commands  # noqa: PLC0415 -- see above

        return Commands(controller)
    except Exception as error:  # noqa: BLE001 -- whatever it is, supervisorctl and its own commands go on
        return Unavailable(controller, error)


class Unavailable:
    """In the place of our commands when they cannot be loaded: `help` says why."""

    def __init__(self, controller: Any, error: Exception) -> None:
        self.ctl = controller
        self._error = error

    def do_help(self, arg: str) -> None:
        """Asked by supervisorctl of every plug-in."""
        if not arg:
            self.ctl.output(f"adapter's commands are missing: {type(self._error).__name__}: {self._error}")
