"""Every letter of svc, sv and s6-svc in every state, under the real svscan, runsvdir and s6-svscan on the files of conf/: tables."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from kit.services import DAEMONTOOLS, Scan, Service
from kit.svscan import Status
from kit.table import columns
from kit.walk import Tongue, Walk


def _walk(tongue: Tongue, table: str) -> None:
    """Each column by a service of its own, all at once."""
    cells = columns(table)
    with Scan(tongue.kind, "gates.py", tuple(cells), ADAPTER_WORKERS="1") as scan, ThreadPoolExecutor(len(cells)) as pool:
        walks = {state: pool.submit(Walk(scan[state], tongue).through, column) for state, column in cells.items()}
        faults = [str(fault) for walk in walks.values() if (fault := walk.exception())]
        assert not faults, "\n\n".join(faults)


def _supervise_says_down(service: Service) -> None:
    with closing(Status(service.directory)) as status:
        status.until(lambda told: told.pid == 0)


SVC = Tongue(
    DAEMONTOOLS,
    argv=lambda said: ("svc", said),
    signals={"-h": "HUP", "-a": "ALRM", "-t": "TERM", "-i": "INT", "-c": "CONT"},
    up="-u",
    down="-d",
    term="-t",
    hup="-h",
    pause="-p",
    cont="-c",
    until_down=_supervise_says_down,
)


def test_svc() -> None:
    """daemontools: what each letter does while the service boots, serves, reloads, drains, is paused, and stands still (-p)."""
    _walk(
        SVC,
        """
              booting      serving      reloading    draining     paused       frozen
        -u    stay         stay         stay         drain,up     stay         c:stay
        -c    stay         stay         stay         stay         stay         stay
        -p    stay         stay         stay         stay         stay         c:stay
        -h    reload       reload       reload       stay         reload       c:reload
        -a    reload       reload       reload       stay         reload       c:reload
        -t    drain,up     drain,up     drain,up     stay         drain,up     c:drain,up
        -d    drain,down   drain,down   drain,down   stay         drain,down   drain,down
        -i    cut,up       cut,up       cut,up       cut,down     cut,up       c:cut,up
        -k    kill,up      kill,up      kill,up      kill,down    kill,up      kill,up
        -o    last         last         last         drain,down   last         c:last
        -x    leaves       leaves       leaves       drain,gone   leaves       c:leaves
        """,
    )
