"""`adapter translate`, and `adapter conf --all` with an Emperor's directory, from the command line to what is written."""

import tomllib

import pytest

from adapter.cli.main import run

VASSAL = "[uwsgi]\nmodule = shop.wsgi\nhttp-socket = :8000\nworker-reload-mercy = 45\nmule = tasks.py\nvaccum = 1\n"


@pytest.fixture(autouse=True)
def vassals(tmp_path, monkeypatch):
    """A directory with a file in it, as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    (tmp_path / "shop.ini").write_text(VASSAL)
    return tmp_path


def test_toml(capfd):
    """On stdout is the file and nothing else; what is left to do is said beside it."""
    assert run(["translate", "shop.ini"]) == 0
    written, told = capfd.readouterr()

    assert tomllib.loads(written)["adapter"]["drain_timeout"] == 45
    assert "# shop.ini:5: worker-reload-mercy = 45" not in written
    assert "#   shop.ini:5: mule = tasks.py (a mule is a service of its own under the same supervisor)\n" in written
    assert "adapter: warning: shop.ini:5: mule: a mule is a service of its own" in told
    assert "adapter: warning: shop.ini:6: vaccum: uWSGI has no such option: did you mean vacuum?" in told


def test_command(capfd):
    """A command line, with the comments before it."""
    assert run(["translate", "shop.ini", "--to", "command"]) == 0

    assert capfd.readouterr().out.endswith(
        "\nadapter serve shop.wsgi \\\n    --bind 0.0.0.0:8000 \\\n    --threads 1 \\\n    --drain-timeout 45 \\\n    --access-log -\n"
    )


def test_a_supervisor(capfd, vassals):
    """Its configuration and the TOML that it names are written beside each other; its patience fits the drain."""
    assert run(["translate", "shop.ini", "--to", "supervisord", "--out", "etc"]) == 0
    conf = (vassals / "etc/adapter.conf").read_text()

    assert f" serve --config {vassals}/etc/shop.toml\n" in conf
    assert "\nstopwaitsecs=55 " in conf
    assert tomllib.loads((vassals / "etc/shop.toml").read_text())["adapter"]["app"] == "shop.wsgi"
    assert tomllib.loads((vassals / "etc/shop.toml").read_text())["adapter"]["chdir"] == str(vassals)  # where uWSGI was started
    assert "shop.toml" in capfd.readouterr().err


def test_programs_beside_it(capfd, vassals):
    """A mule and a daemon are services beside the application's, which says where each comes from and what is to be changed in it."""
    (vassals / "tasks.py").write_text("from uwsgidecorators import mulefunc\n")
    (vassals / "shop.ini").write_text(VASSAL + "attach-daemon = /bin/cat /dev/zero\ncron = -5 -1 -1 -1 -1 report\nmules = 2\n")
    assert run(["translate", "shop.ini", "--to", "supervisord", "--out", "etc"]) == 0
    told = capfd.readouterr().err
    mule, daemon = ((vassals / f"etc/{name}.conf").read_text() for name in ("shop-tasks", "shop-cat"))

    assert "\nfiles=adapter.conf shop-tasks.conf shop-cat.conf " in (vassals / "etc/supervisord.conf").read_text()
    assert "\n; From shop.ini:5: mule = tasks.py\n; To change: tasks.py imports uwsgidecorators, " in mule
    assert "; To change: tasks.py waits for what uWSGI brings it (mulefunc): " in mule
    assert f"/python -u tasks.py\ndirectory={vassals}\n" in mule
    assert "\ncommand=/bin/cat /dev/zero\n" in daemon
    assert "adapter: info: shop.ini:5: mule: runs as the service shop-tasks\n" in told
    assert "adapter: warning: shop.ini:9: mules: a mule without a file has no program" in told
    assert f"\n#     */5 * * * * cd {vassals} && report\n" in (vassals / "etc/shop.toml").read_text()


def test_a_directory_for_each_service(vassals):
    """Where a service is a directory, the programs and the application have one each, below the one that was named."""
    assert run(["translate", "shop.ini", "--to", "runit", "--out", "sv"]) == 0

    assert {path.parent.name for path in vassals.glob("sv/*/run")} == {"shop", "shop-tasks"}
    assert (vassals / "sv/shop/env/ADAPTER_CONFIG").read_text() == f"{vassals}/sv/shop.toml\n"
    assert "# To change: tasks.py could not be read: " in (vassals / "sv/shop-tasks/run").read_text()


def test_where_no_program_can_be_kept(capfd):
    """The application's is written, and what is to be done with the mule is said: a command for another kind, and why not this one."""
    assert run(["translate", "shop.ini", "--to", "docker"]) == 0
    written, told = capfd.readouterr()

    assert '\nCMD ["adapter", "serve", "--config", "/srv/app/shop.toml", "--chdir", "/srv/app", ' in written
    assert "#     adapter conf supervisord --beside 'python -u tasks.py' --name shop-tasks --chdir " in written
    assert "no program can be kept running beside the application: a container has one program" in told


def test_what_cannot_go_together(capfd):
    """What is only printed has no name, user or directory."""
    assert run(["translate", "shop.ini", "--name", "x"]) == 100
    assert run(["translate", "absent.ini"]) == 100
    assert run(["translate"]) == 100

    assert "Traceback" not in capfd.readouterr().err


def test_an_emperors_directory(capfd, vassals):
    """Each NAME.ini is a service; one that asks for what is not done is named with its line."""
    assert run(["conf", "supervisord", "--all", str(vassals), "--out", "etc"]) == 100
    assert "shop.ini:5: mule: " in capfd.readouterr().err
    (vassals / "shop.ini").write_text(VASSAL + "[adapter]\nwithout = mule\n")
    assert run(["conf", "supervisord", "--all", str(vassals), "--out", "etc"]) == 0

    assert f" serve --config {vassals}/shop.ini\n" in (vassals / "etc/shop/adapter.conf").read_text()


def test_an_ini_is_no_application(capfd):
    """uWSGI takes a file in place of an option; here the sentence says the option."""
    assert run(["serve", "shop.ini"]) == 100

    assert capfd.readouterr().err == "adapter: fatal: shop.ini is no application: say --ini shop.ini\n"
