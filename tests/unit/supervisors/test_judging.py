"""What `adapter doctor` thinks: a row per finding, with facts that bring it about and the word it is known by."""

import pytest

from adapter.supervisors.judging.facts import (
    S6,
    Ancestor,
    Container,
    Control,
    Daemontools,
    Facts,
    Instance,
    Means,
    Named,
    Place,
    Runit,
    Supervisord,
    Systemd,
)
from adapter.supervisors.judging.judge import RULES, judge

SOUND_SUPERVISORD = Supervisord(
    name="web",
    where="[program:web] of /etc/web.conf",
    stop_wait=30.0,
    stop_signal=15,
    kills_group=True,
    stops_group=False,
    start_seconds=3.0,
    restarts="true",
    socket="",
)
INSTANCE = Instance(
    pid=812,
    inner=812,
    uid=0,
    worker_uid=33,
    worker_gid=33,
    drain=20.0,
    binds=("127.0.0.1:8000",),
)
SOUND = Facts(
    instance=INSTANCE,
    ancestors=(Ancestor(800, "supervisord", ("python3", "/usr/bin/supervisord")), Ancestor(1, "systemd")),
    supervisor=SOUND_SUPERVISORD,
    places=(Place("--pidfile", "/run/shop"), Place("bodies", "/tmp", by_worker=True, mode=0o1777)),
    pidfile=Named("/run/shop/shop.pid", says=812),
    control=Control("/run/shop/control", listener=812),
    means=Means(files=4096, processes=1000, running=10, core_pattern="core", somaxconn=4096),
    proxy_keepalive=60.0,
)


def supervised(**changed):
    """By supervisord, but for this."""
    return SOUND._replace(supervisor=SOUND_SUPERVISORD._replace(**changed))


def asked(supervisor=SOUND_SUPERVISORD, **changed):
    """An instance that was asked for this."""
    return SOUND._replace(instance=INSTANCE._replace(**changed), supervisor=supervisor)


def fcgi(*, processes=1, holds_socket=False, signals="default", binds=()):
    """By supervisord, which gives it a socket. PWR stops in either dialect."""
    given = {"socket": "unix:///run/shop.sock", "processes": processes, "holds_socket": holds_socket, "stop_signal": 30}
    return asked(SOUND_SUPERVISORD._replace(**given), signals=signals, binds=binds)


def meant(**changed):
    """The kernel grants this."""
    return SOUND._replace(means=SOUND.means._replace(**changed))


def placed(*places):
    """These are the places."""
    return SOUND._replace(places=places)


def below(*ancestors):
    """These are above it."""
    return SOUND._replace(ancestors=ancestors)


SHELL = Ancestor(801, "sh", ("sh", "-c", "cd /srv; adapter serve shop.wsgi --env PASSWORD=hidden"))
SCRIPT = Ancestor(801, "bash", ("/bin/bash", "/srv/shop/start.sh"))
ABOVE = Ancestor(800, "supervisord")
DOCKER = Ancestor(1, "sh", ("/bin/sh", "-c", "adapter serve shop.wsgi"))

# about, facts, a piece of what is said, wrong (False: a note, None: nothing is said)
CASES = [
    ("wrapper", below(SHELL, ABOVE), "exec before adapter in the command of sh -c", True),
    ("wrapper", below(SCRIPT, ABOVE), "exec before adapter in /srv/shop/start.sh", True),
    ("wrapper", below(Ancestor(802, "sh", ("sh", "./run")), SCRIPT, ABOVE), "exec before adapter in ./run", True),
    ("wrapper", below(DOCKER), "process 1 does not even hear it", True),
    ("wrapper", below(Ancestor(5, "bash", ("-bash",)), Ancestor(4, "sshd")), "", None),
    ("wrapper", below(Ancestor(5, "zsh", ("zsh", "-i")), SHELL), "", None),
    ("wrapper", below(ABOVE, SHELL), "", None),
    ("process-one", SOUND._replace(zombies=3), "3 dead processes", False),
    ("process-one", asked(inner=1)._replace(zombies=3, pidfile=None), "", None),
    ("supervisor", SOUND._replace(supervisor=None), "no supervisor", False),
    ("supervisor", supervised(unknown="permission denied"), "permission denied", False),
    ("start-seconds", supervised(start_seconds=1.0), "startsecs=3", True),
    ("start-seconds", supervised(start_seconds=None), "", None),
    ("restarts", supervised(restarts="unexpected"), "autorestart=true", False),
    ("restarts", supervised(restarts="false"), "after any end", False),
    ("restarts", supervised(restarts=None), "", None),
    ("notify", asked(Systemd("web.service", "simple"), environ={"NOTIFY_SOCKET": "/run/s"}), "Type=notify", True),
    ("notify", asked(Systemd("web.service", "notify-reload"), environ={"NOTIFY_SOCKET": "/run/s"}), "", None),
    ("notify", asked(Systemd("web.service", "simple")), "", None),
    ("notify", asked(Systemd("web.service", "notify")), "pass NOTIFY_SOCKET on", True),
    ("notify", asked(Systemd("web.service", "notify"), environ={"ADAPTER_CARRYOVER": "7"}), "", None),
    ("notify", asked(Systemd("web.service", "simple"), environ={"ADAPTER_CARRYOVER": "7"}), "", None),
    ("notify", asked(environ={"NOTIFY_SOCKET": "/run/s"}), "unset NOTIFY_SOCKET", False),
    ("ready", asked(S6("/service/web", ready_fd=3)), "say --ready-fd 3", True),
    ("ready", asked(S6("/service/web", ready_fd=3), ready_fd=4), "say --ready-fd 3", True),
    ("ready", asked(S6("/service/web", ready_fd=3), ready_fd=3), "", None),
    ("ready", asked(S6("/service/web"), ready_fd=3), "", None),
    ("stop-time", supervised(stop_wait=10.0), "write stopwaitsecs=30 in [program:web] of /etc/web.conf", True),
    ("stop-time", supervised(stop_wait=20.0), "a stop may take 21.5 s", True),
    ("stop-time", supervised(stop_wait=21.5), "", None),
    ("stop-time", supervised(stop_wait=None), "", None),
    ("stop-time", asked(lame_duck=15.0), "--lame-duck 15 s", True),
    ("stop-time", asked(S6("/service/web", kill_after=10.0)), "write 30000 into /service/web/timeout-kill", True),
    ("stop-time", asked(S6("/service/web")), "", None),
    ("stop-time", asked(Daemontools("/service/web")), "", None),
    ("stop-time", asked(Runit("/service/web")), "SVWAIT=30", False),
    ("stop-time", asked(Runit("/service/web"), drain=5.0), "", None),
    ("stop-time", asked(Systemd("web.service", stop_wait=15.0)), "write TimeoutStopSec=30 in web.service", True),
    ("stop-time", asked(Systemd("web.service", stop_wait=90.0)), "", None),
    ("stop-time", asked(Systemd("web.service", stop_wait=15.0), environ={"NOTIFY_SOCKET": "/run/s"}), "", None),
    ("stop-time", asked(Container()), "--stop-timeout 30", True),
    ("stop-time", asked(Container(), drain=8.0), "", None),
    ("stop-time", asked(Container(30.0)), "", None),
    ("stop-time", asked(Container(12.0)), "the container is killed after 12 s", True),
    ("stop-signal", supervised(stop_signal=3), "QUIT is sent, which means stop-now here: requests in flight are cut", True),
    ("stop-signal", supervised(stop_signal=1), "HUP is sent, which means reload here: it does not stop", True),
    ("stop-signal", supervised(stop_signal=9), "KILL is sent, which means nothing here", True),
    ("stop-signal", supervised(stop_signal=None), "", None),
    ("stop-signal", asked(signals="uwsgi"), "leave --signals uwsgi out, or have it send PWR", True),
    ("stop-signal", asked(SOUND_SUPERVISORD._replace(stop_signal=30), signals="uwsgi"), "", None),
    ("stop-signal", asked(S6("/service/web", down_signal=3)), "remove /service/web/down-signal", True),
    ("stop-signal", asked(Systemd("web.service", stop_signal="SIGINT")), "KillSignal=SIGTERM", True),
    ("stop-signal", asked(Systemd("web.service", stop_signal="SIGTERM")), "", None),
    ("kill-group", supervised(kills_group=False), "killasgroup=true", True),
    ("kill-group", supervised(kills_group=None), "", None),
    ("stop-group", supervised(stops_group=True), "stopasgroup=false", True),
    ("stop-group", supervised(stops_group=None), "", None),
    ("restart-in-place", asked(restart_in_place=True), "leave --restart-in-place out", True),
    ("restart-in-place", asked(Daemontools("/service/web"), restart_in_place=True), "", None),
    ("restart-in-place", asked(Runit("/service/web"), restart_in_place=True, drain=5.0), "", None),
    ("backlog", meant(somaxconn=128), "net.core.somaxconn=1024", True),
    ("backlog", meant(somaxconn=None), "", None),
    ("keep-alive", SOUND._replace(proxy_keepalive=75.0), "--keepalive-timeout 90", True),
    ("keep-alive", SOUND._replace(proxy_keepalive=None), "", None),
    ("keep-alive", asked(keepalive=0.0), "", None),
    ("given-socket", fcgi(binds=("fd:0",), signals="default"), "load the plug-in", True),
    ("given-socket", fcgi(), "load the plug-in", True),
    ("given-socket", fcgi(processes=2), "", None),
    ("given-socket", fcgi(holds_socket=True), "", None),
    ("given-socket", fcgi(holds_socket=True, binds=("127.0.0.1:8000",)), "nobody serves it: we were told 127.0.0.1:8000", True),
    ("given-socket", fcgi(holds_socket=True, signals="uwsgi"), "say --uwsgi fd:0", False),
    ("given-socket", fcgi(holds_socket=True, signals="uwsgi", binds=("fd:0",)), "", None),
    ("given-socket", asked(environ={"LISTEN_PID": "812", "LISTEN_FDS": "1"}), "say --bind fd:3", True),
    ("given-socket", asked(environ={"LISTEN_PID": "812", "LISTEN_FDS": "1"}, binds=("fd:4",)), "", None),
    ("given-socket", asked(environ={"LISTEN_PID": "812", "LISTEN_FDS": "1"}, binds=()), "", None),
    ("given-socket", asked(environ={"LISTEN_PID": "7", "LISTEN_FDS": "1"}), "", None),
    ("held-socket", asked(binds=("hold:/run/h#web",)), "they hang until we are back", False),
    ("files", meant(files=1000), "ulimit -n", True),
    ("files", meant(files=1024), "", None),
    ("files", meant(files=None), "", None),
    ("processes", meant(processes=12), "has 10: a reload needs 7 more", True),
    ("processes", meant(processes=17), "", None),
    ("processes", asked(worker_uid=0)._replace(means=Means(processes=1)), "as root", None),
    ("core", meant(core=None), "ulimit -c 0", False),
    ("core", meant(core=None, core_pattern="|/lib/systemd/systemd-coredump"), "", None),
    ("core", meant(core=0), "", None),
    ("memory", meant(overcommit=2), "vm.overcommit_memory=0", False),
    ("memory", meant(swapped=3 << 20), "3 MB of us are swapped out", False),
    ("places", placed(Place("--pidfile", "/run/shop", exists=False)), "mkdir /run/shop", True),
    ("places", placed(Place("--fifo", "/run/shop", read_only=True)), "read-only", True),
    ("places", placed(Place("bodies", "/var/tmp", by_worker=True)), "chown 33 /var/tmp", True),
    ("places", placed(Place("bodies", "/var/tmp", by_worker=True, uid=33)), "", None),
    ("places", placed(Place("bodies", "/var/tmp", by_worker=True, gid=33, mode=0o775)), "", None),
    ("places", placed(Place("bodies", "/var/tmp", by_worker=True, uid=33, mode=0o577)), "user 33", True),
    ("places", placed(Place("multiprocessing", "/dev/shm", by_worker=True, needed=False, read_only=True)), "tmpfs", False),
    ("open-directories", placed(Place("--control", "/run/shop", mode=0o777)), "chmod o-w /run/shop", True),
    ("open-directories", placed(Place("--control", "/tmp", mode=0o1777)), "", None),
    ("pidfile", SOUND._replace(pidfile=Named("/run/p")), "/run/p is gone", True),
    ("pidfile", SOUND._replace(pidfile=Named("/run/p", says=9)), "names pid 9, not us", True),
    ("pidfile", SOUND._replace(pidfile=Named("/run/p", says=812, twins=(7, 9))), "pid 7, 9", True),
    ("pidfile", SOUND._replace(pidfile=None), "", None),
    ("control", SOUND._replace(control=Control("/run/c")), "nobody listens there", True),
    ("control", SOUND._replace(control=Control("/run/c", listener=9)), "pid 9 listens there", True),
    ("control", SOUND._replace(control=None), "", None),
    ("user", asked(worker_uid=0), "the application runs as root", False),
]


@pytest.mark.parametrize(("about", "facts", "said", "wrong"), CASES, ids=[f"{at}-{case[0]}" for at, case in enumerate(CASES)])
def test_findings(about, facts, said, wrong):
    """Each fact that matters is found, alone, with its remedy; and what is sound is not."""
    found = judge(facts)

    assert [(each.about, each.wrong) for each in found if each.about == about] == ([] if wrong is None else [(about, wrong)])
    assert all(said in f"{each.sentence}; {each.remedy}" for each in found if each.about == about)
    assert not [each for each in found if each.wrong and each.about != about]


def test_all_is_well():
    """Of a sound instance under a sound supervisor nothing is said."""
    assert judge(SOUND) == []


def test_every_rule_has_rows():
    """The table has every word, and no other."""
    assert {about for about, *_ in CASES} == set(RULES)


def test_no_secrets():
    """A wrapper's command may hold a password: it is not told."""
    assert "hidden" not in str(judge(below(SHELL, ABOVE)))
