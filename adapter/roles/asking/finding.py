"""From whatever names a running server to its control socket."""

from adapter.exits import Misuse
from adapter.roles.asking.targets import Kind, kind_of
from adapter.unix import pidfiles, startedwith


def control_of(target: str) -> str:
    """The path of the control socket of the server that this control socket or pidfile names.

    Behind a pidfile it is what the process was started with says. Raises Misuse when there is none.
    """
    kind = kind_of(target)
    if kind is Kind.CONTROL:
        return target
    if kind is Kind.FIFO:
        raise Misuse(f"cannot ask the FIFO {target}: it has no answers; name the server's --control socket or --pidfile")
    pid = pidfiles.read(target)
    path = startedwith.control_path(pid)
    if path is None:
        raise Misuse(
            f"cannot find a control socket of pid {pid}, which {target} names: it was not started with {startedwith.OPTION} PATH "
            f"(nor {startedwith.VARIABLE}); if its configuration file says one, name that socket instead"
        )
    return path
