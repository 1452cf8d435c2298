"""`adapter doctor` under a real supervisor."""

from kit.supervisord import Supervisord


def test_the_shipped_configuration_is_sound():
    """conf/supervisord/adapter.conf as it stands: all is well."""
    with Supervisord("adapter.conf") as sv:
        done = sv.adapter("doctor", "web.control")

        assert done.returncode == 0, done
        assert "wrong: " not in done.stdout
        assert "all is well: " in done.stdout
        assert "supervisor" not in done.stdout


def test_a_supervisord_that_does_not_wait():
    """Too short a stopwaitsecs, and what else its section has wrong: a line each, which says what to write where."""
    changed = {"stopwaitsecs": "5", "killasgroup": "false", "startsecs": "1", "stopsignal": "HUP"}
    with Supervisord("adapter.conf", changed=changed) as sv:
        done = sv.adapter("doctor", "web.control")
        section = f"[program:web] of {sv.directory}/conf/supervisord/adapter.conf"

        assert done.returncode == 1, done
        assert "wrong: supervisord kills after 5 s, and a stop may take 21.5 s" in done.stdout
        for remedy in ("stopwaitsecs=30", "killasgroup=true", "startsecs=3 or more", "stopsignal=TERM"):
            assert f"write {remedy} in {section}" in done.stdout
        assert "4 of " in done.stdout


def test_an_fcgi_program_alone():
    """Nobody holds its socket while it restarts: that is told, with the plug-in that would."""
    with Supervisord("adapter-fcgi.conf", changed={"numprocs": "1"}) as sv:
        done = sv.adapter("doctor", "web_00.control")

        assert done.returncode == 1, done
        assert "supervisord closes the socket of its [fcgi-program]" in done.stdout
        assert "1 of " in done.stdout


def test_a_socket_that_is_held():
    """With the plug-in there is nothing to say of it."""
    with Supervisord("adapter-fcgi-held.conf", main="supervisord-plugins.conf") as sv:
        done = sv.adapter("doctor", "web_00.control")

        assert done.returncode == 0, done
