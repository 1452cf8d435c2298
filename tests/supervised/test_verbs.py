"""Every verb of supervisorctl, its own and our plug-in's, in every state, under the real supervisord: tables."""

from concurrent.futures import ThreadPoolExecutor

from kit.programs import Program, Programs
from kit.table import columns
from kit.tongues import Tongue
from kit.walk import Walk

CTL = Tongue(
    argv=lambda said: (said,),
    signals={f"signal-{name}": name for name in ("HUP", "ALRM", "TERM", "INT", "QUIT", "USR1", "USR2", "WINCH", "CONT")},
    up="rpc-start",
    down="rpc-stop",
    term="rpc-TERM",
    hup="rpc-HUP",
    pause="",
    cont="rpc-CONT",
    until_down=Program.until_down,
    waits=("start", "stop", "restart", "update", "reload-app", "drain", "rolling-restart"),
    unjudged=frozenset(("fg",)),
    # Ends that supervisord did not ask for: within startsecs they are failed starts to it, and it gives up after a few in a row.
    old=frozenset(("signal-TERM", "signal-INT", "signal-QUIT", "signal-KILL")),
)


def _walk(table: str) -> None:
    """Each column by a program of its own, all at once."""
    cells = columns(table)
    with Programs(tuple(cells), "gates.py") as site, ThreadPoolExecutor(len(cells)) as pool:
        walks = {state: pool.submit(Walk(site[state], CTL).through, column) for state, column in cells.items()}
        faults = [str(fault) for walk in walks.values() if (fault := walk.exception())]
        assert not faults, "\n\n".join(faults)


def test_supervisorctl() -> None:
    """What each does to the process and what is in flight, and whether it says that it was done. (`update`: of a changed section.)"""
    _walk(
        """
                         booting      serving      reloading    draining     paused
        status           stay         stay         stay         stay         stay
        pid              stay         stay         stay         stay         stay
        tail             stay         stay         stay         stay         stay
        clear            stay         stay         stay         stay         stay
        fg               stay         stay         stay         stay         stay
        reread           stay         stay         stay         stay         stay
        add              stay         stay         stay         stay         stay
        remove           stay!        stay!        stay!        stay!        stay!
        start            stay         stay         stay         stay!        stay
        signal-CONT      stay         stay         stay         stay         stay
        signal-USR1      stay         stay         stay         stay         stay
        signal-USR2      .            stay         .            stay         .
        signal-WINCH     .            stay         .            stay         .
        app-status       stay         stay         stay         stay!        stay
        pause            .            .            .            stay!        stay
        pause,resume     stay         stay         stay         .            .
        resume           stay         stay         stay         stay!        .
        rollback         stay!        stay!        .            stay!        stay!
        workers-2        .            stay         .            stay!        stay
        signal-HUP       reload       reload       reload       stay         reload
        signal-ALRM      .            reload       .            stay         .
        reload-app       reload       reload       reload       stay!        reload
        stop             drain,down   drain,down   drain,down   stay         drain,down
        drain            drain,down   drain,down   drain,down   stay!        drain,down
        restart          drain,up     drain,up     drain,up     stay!        drain,up
        rolling-restart  drain,up     drain,up     drain,up     .            drain,up
        update           drain,up     drain,up     drain,up     stay!        drain,up
        signal-TERM      drain,up     drain,up     drain,up     stay         drain,up
        signal-INT       cut,up       cut,up       cut,up       cut,down     cut,up
        signal-QUIT      .            cut,up       .            cut,down     .
        signal-KILL      kill,up      kill,up      kill,up      kill,down    kill,up
        """
    )


def test_supervisorctl_reload() -> None:
    """supervisord starts anew while each program is in another state: what is in flight is answered first, then all are started."""
    _walk(
        """
                         booting      serving      reloading    draining     paused
        reload           drain,up     drain,up     drain,up     drain,up     drain,up
        """
    )
