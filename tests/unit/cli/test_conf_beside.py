"""`adapter conf --beside`, from the command line to what is written."""

import os
import sys
from pathlib import Path

import pytest

from adapter.cli.main import run


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty directory, as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    return tmp_path


def test_the_interpreter_is_this_one(capfd, here):
    """`python` is that of this virtualenv, by its path; the directory is this one; the name is the program's."""
    assert run(["conf", "supervisord", "--beside", "python tasks.py"]) == 0
    text = capfd.readouterr().out

    assert "\n[program:tasks]\n" in text
    assert f"\ncommand={Path(sys.executable).parent}/python tasks.py\n" in text
    assert f"\ndirectory={here}\n" in text


def test_files(here):
    """A service directory of its own, with a script that can be run; another one with the same name is not overwritten."""
    words = ["conf", "runit", "--beside", "env A=1 ./work --fast", "--chdir", "/srv/shop", "--user", "www-data", "--out", "sv"]
    assert run(words) == 0

    assert (here / "sv/run").read_text().endswith("\nexec chpst -u www-data /usr/bin/env A=1 /srv/shop/work --fast\n")
    assert os.access(here / "sv/log/run", os.X_OK)
    assert run([*words, "--name", "other", "--chdir", "/"]) == 100


def test_a_program_that_is_not_there(capfd):
    """It is written, and the operator warned."""
    assert run(["conf", "systemd", "--beside", "no-such-program --x", "--user", "www-data"]) == 0
    text, told = capfd.readouterr()

    assert "\nExecStart=no-such-program --x\n" in text
    assert told == "adapter: warning: no-such-program is not on PATH: the supervisor would not find it either, so say its path\n"


def test_in_a_container(capfd):
    """There the programs are where they are: no path of this machine's."""
    assert run(["conf", "s6-overlay", "--beside", "python tasks.py", "--user", "app"]) == 0

    assert "\nexec s6-setuidgid app python tasks.py\n" in capfd.readouterr().out


@pytest.mark.parametrize(
    "more", [["shop.wsgi"], ["--bind", "8000"], ["--workers", "2"], ["--all", "."], ["--", "--threads", "8"]]
)
def test_nothing_of_adapters(capfd, more):
    """An application, and what is an option of adapter's, do not go with it."""
    assert run(["conf", "supervisord", "--beside", "python tasks.py", *more]) == 100

    assert "leave APP, --all, --bind, --workers" in capfd.readouterr().err


@pytest.mark.parametrize("command", ["", "'", "a\nb"])
def test_no_command(capfd, command):
    """One sentence, and no file."""
    assert run(["conf", "supervisord", "--beside", command]) == 100
    out, told = capfd.readouterr()

    assert out == ""
    assert told.count("\n") == 1
    assert "is no command" in told


def test_where_there_can_be_none(capfd):
    """xinetd keeps nothing running: said, with what to do."""
    assert run(["conf", "xinetd", "--beside", "python tasks.py"]) == 100

    assert capfd.readouterr().err.startswith(
        "adapter: fatal: no program can be kept running beside the application there: xinetd "
    )
