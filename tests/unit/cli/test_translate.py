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
    assert "shop.toml" in capfd.readouterr().err


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
