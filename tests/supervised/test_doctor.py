"""`adapter doctor` under a real supervisor."""

import pytest

from kit.commands import adapter
from kit.services import RUNIT, S6, Scan
from kit.supervisord import Supervisord
from kit.svscan import Svscan


def test_the_shipped_configuration_is_sound():
    """conf/supervisord/adapter.conf as it stands: all is well."""
    with Supervisord("adapter.conf") as sv:
        done = sv.adapter("doctor", "web.control")

        assert done.returncode == 0, f"{done}"
        assert "wrong: " not in done.stdout
        assert "all is well: " in done.stdout
        assert "supervisor" not in done.stdout


def test_a_supervisord_that_does_not_wait():
    """Too short a stopwaitsecs, and what else its section has wrong: a line each, which says what to write where."""
    changed = {"stopwaitsecs": "5", "killasgroup": "false", "startsecs": "1", "stopsignal": "QUIT"}
    with Supervisord("adapter.conf", changed=changed) as sv:
        done = sv.adapter("doctor", "web.control")
        section = f"[program:web] of {sv.directory}/conf/supervisord/adapter.conf"

        assert done.returncode == 1, f"{done}"
        assert "wrong: supervisord kills after 5 s, and a stop may take 21.5 s" in done.stdout
        for remedy in ("stopwaitsecs=30", "killasgroup=true", "startsecs=3 or more", "stopsignal=TERM"):
            assert f"write {remedy} in {section}" in done.stdout
        assert "4 of " in done.stdout


def test_an_fcgi_program_alone():
    """Nobody holds its socket while it restarts: that is told, with the plug-in that would."""
    with Supervisord("adapter-fcgi.conf", changed={"numprocs": "1"}) as sv:
        done = sv.adapter("doctor", "web_00.control")

        assert done.returncode == 1, f"{done}"
        assert "supervisord closes the socket of its [fcgi-program]" in done.stdout
        assert "1 of " in done.stdout


def test_a_socket_that_is_held():
    """With the plug-in there is nothing to say of it."""
    with Supervisord("adapter-fcgi-held.conf", main="supervisord-plugins.conf") as sv:
        done = sv.adapter("doctor", "web_00.control")

        assert done.returncode == 0, f"{done}"


@pytest.mark.parametrize("begin", [lambda: Scan(RUNIT), lambda: Scan(S6), Svscan], ids=["runit", "s6", "daemontools"])
def test_the_shipped_services_are_sound(begin):
    """conf/runit, conf/s6, conf/daemontools as they stand: nothing is wrong, and the supervisor is known."""
    with begin() as site:
        where = site["web"].directory if isinstance(site, Scan) else site.service
        done = adapter("doctor", "web.control", cwd=where)

        assert done.returncode == 0, f"{done}"
        assert "no supervisor" not in done.stdout
        assert ("SVWAIT=70" in done.stdout) is (where.name == "runit")
        if where.name == "s6":
            (where / "timeout-kill").write_text("5000\n")
            done = adapter("doctor", "web.control", cwd=where)
            assert done.returncode == 1, f"{done}"
            assert f"write 70000 into {where}/timeout-kill" in done.stdout
