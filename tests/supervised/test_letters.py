"""Every letter of svc, sv and s6-svc in every state, under the real svscan, runsvdir and s6-svscan on the files of conf/: tables."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from kit.services import DAEMONTOOLS, RUNIT, S6, Kind, Scan, Service
from kit.svscan import Status
from kit.table import columns
from kit.tongues import Tongue
from kit.walk import Walk


def _walk(kind: Kind, tongue: Tongue, table: str) -> None:
    """Each column by a service of its own, all at once."""
    cells = columns(table)
    with (
        Scan(kind, "gates.py", tuple(cells), ADAPTER_WORKERS="1", ADAPTER_BOOT_TIMEOUT="300s") as scan,
        ThreadPoolExecutor(len(cells)) as pool,
    ):
        walks = {state: pool.submit(Walk(scan[state], tongue).through, column) for state, column in cells.items()}
        faults = [str(fault) for walk in walks.values() if (fault := walk.exception())]
        assert not faults, "\n\n".join(faults)


def _supervise_says_down(service: Service) -> None:
    with closing(Status(service.directory)) as status:
        status.until(lambda told: told.pid == 0)


def _runsv_wants_down(service: Service) -> None:
    """Before that, `sv up` sends nothing."""
    with closing(Status(service.directory, 20)) as status:
        status.until(lambda told: told.pid == 0 and told.want == "d")


FORCE = frozenset(("force-stop", "force-restart", "force-reload", "force-shutdown"))
SV_WAITS = FORCE | {"start", "stop", "restart", "shutdown", "try-restart"}
PATIENCE = {**dict.fromkeys(FORCE, "1"), "shutdown": "5"}


def _sv(said: str) -> tuple[str, ...]:
    """-w: the wait for the outcome, and after it force-… kills."""
    return ("sv", "-w", PATIENCE.get(said, "60"), said) if said in SV_WAITS else ("sv", said)


SVC = Tongue(
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

SV = Tongue(
    argv=_sv,
    signals={
        **dict.fromkeys(("hup", "reload"), "HUP"),
        **dict.fromkeys(("term", "try-restart"), "TERM"),
        "alarm": "ALRM",
        "interrupt": "INT",
        "quit": "QUIT",
        "1": "USR1",
        "2": "USR2",
        "cont": "CONT",
    },
    up="up",
    down="down",
    term="term",
    hup="hup",
    pause="pause",
    cont="cont",
    until_down=_runsv_wants_down,
    waits=SV_WAITS,
    # force-… exits with 1 when it was force that did it; and runsvdir may start another runsv before `shutdown` has looked.
    unjudged=FORCE | {"shutdown"},
    # It takes a process that has just started for the one that it has asked for.
    old=FORCE,
)

S6_SVC = Tongue(
    argv=lambda said: ("s6-svc", said),
    signals={
        **dict.fromkeys(("-t", "-r", "-d", "-D"), "TERM"),
        "-h": "HUP",
        "-a": "ALRM",
        "-i": "INT",
        "-q": "QUIT",
        "-1": "USR1",
        "-2": "USR2",
        "-y": "WINCH",
        "-c": "CONT",
    },
    up="-U",
    down="-d",
    term="-t",
    hup="-h",
    pause="-p",
    cont="-c",
    until_down=lambda service: service.run("s6-svwait", "-D", "-t", "60000"),
)


def test_svc() -> None:
    """daemontools: what each letter does while the service boots, serves, reloads, drains, is paused, and stands still (-p)."""
    _walk(
        DAEMONTOOLS,
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


def test_sv() -> None:
    """runit: the same of each letter of sv's; then the words of an init script, which are such letters and a wait: force-… ends that by KILL."""
    _walk(
        RUNIT,
        SV,
        """
                        booting      serving      reloading    draining     paused       frozen
        up              stay         stay         stay         drain,up     stay         c:stay
        status          stay         stay         stay         stay         stay         c:stay
        cont            stay         stay         stay         stay         stay         stay
        1               stay         stay         stay         stay         stay         c:stay
        2               stay         stay         stay         stay         stay         c:stay
        pause           stay         stay         stay         stay         stay         c:stay
        hup             reload       reload       reload       stay         reload       c:reload
        alarm           reload       reload       reload       stay         reload       c:reload
        term            drain,up     drain,up     drain,up     stay         drain,up     c:drain,up
        down            drain,down   drain,down   drain,down   stay         drain,down   drain,down
        interrupt       cut,up       cut,up       cut,up       cut,down     cut,up       c:cut,up
        quit            cut,up       cut,up       cut,up       cut,down     cut,up       c:cut,up
        kill            kill,up      kill,up      kill,up      kill,down    kill,up      kill,up
        once            last         last         last         drain,down   last         c:last
        exit            drain,gone   drain,gone   drain,gone   drain,gone   drain,gone   drain,gone
        start           stay         stay         .            drain,up     .            .
        reload          .            reload       .            stay         .            .
        try-restart     .            drain,up     .            stay         .            .
        restart         .            drain,up     .            drain,up     .            .
        stop            .            drain,down   .            stay         .            .
        force-reload    .            kill,up      .            kill,down    .            .
        force-restart   .            kill,up      .            kill,up      .            .
        force-stop      .            kill,down    .            kill,down    .            .
        shutdown        .            drain,gone   .            drain,gone   .            .
        force-shutdown  .            kill,gone    .            kill,gone    .            .
        """,
    )


def test_s6_svc() -> None:
    """s6: the same of each letter of s6-svc's; -O, -Q and -D are others that leave a file `down` or start nothing; -U takes it away."""
    _walk(
        S6,
        S6_SVC,
        """
              booting      serving      reloading    draining     paused       frozen
        -u    stay         stay         stay         drain,up     stay         c:stay
        -U    stay         stay         stay         drain,up     stay         c:stay
        -c    stay         stay         stay         stay         stay         stay
        -1    stay         stay         stay         stay         stay         c:stay
        -2    stay         stay         stay         stay         stay         c:stay
        -y    stay         stay         stay         stay         stay         c:stay
        -p    stay         stay         stay         stay         stay         c:stay
        -h    reload       reload       reload       stay         reload       c:reload
        -a    reload       reload       reload       stay         reload       c:reload
        -t    drain,up     drain,up     drain,up     stay         drain,up     c:drain,up
        -r    drain,up     drain,up     drain,up     stay         drain,up     c:drain,up
        -d    drain,down   drain,down   drain,down   stay         drain,down   drain,down
        -D    .            drain,down   .            stay         .            .
        -i    cut,up       cut,up       cut,up       cut,down     cut,up       c:cut,up
        -q    cut,up       cut,up       cut,up       cut,down     cut,up       c:cut,up
        -k    kill,up      kill,up      kill,up      kill,down    kill,up      kill,up
        -b    kill,up      kill,up      kill,up      kill,down    kill,up      c:kill,up
        -o    last         last         last         drain,down   last         c:last
        -O    .            last         .            drain,down   .            .
        -Q    .            last         .            drain,down   .            .
        -x    leaves       leaves       leaves       drain,gone   leaves       c:leaves
        """,
    )
