"""`adapter conf --beside`: every kind has a service for a program of the operator's own, or says why not; conf/beside is its output (test_confs)."""

import configparser
import io
import shlex
import subprocess

import pytest
from circus.util import StrictConfigParser

from adapter.exits import Misuse
from adapter.supervisors.confs.companions import INSTEAD, PIECES, beside, scanned
from adapter.supervisors.confs.kinds import KINDS
from adapter.supervisors.confs.rendering import render
from adapter.supervisors.confs.samples import SAMPLES
from adapter.supervisors.confs.shelf import templates
from adapter.supervisors.confs.values import Values

COMMAND = ("/usr/bin/env", "A=b c", "/v/bin/python", "it's.py", "50%", "$HOME")
PLAIN = Values(
    name="shop-tasks",
    command=("/v/bin/python", "-u", "tasks.py"),
    chdir="/srv/shop",
    user="www",
    run="/run/shop",
    logs="/var/log/shop",
)
SHELLS = ("daemontools", "runit", "s6", "s6-overlay", "upstart")


def files(name, values=PLAIN, **more):
    """What the kind makes of these values: text by path."""
    kind = beside(KINDS[name])
    return {path: file.text for path, file in render(kind, templates(kind), [values], **more).items()}


def exec_of(text):
    """The words of the last `exec`, as a shell reads them."""
    return shlex.split(text.rpartition("\nexec ")[2])


def test_every_kind_is_decided():
    """A kind has the files of a companion, or a sentence that says what to do instead."""
    assert set(PIECES) | set(INSTEAD) == set(KINDS)
    assert not set(PIECES) & set(INSTEAD)


def test_every_companion_has_a_sample():
    """Each is in conf/beside but for those that are another's to the letter."""
    shown = {sample.kind for sample in SAMPLES if sample.values.command}

    assert set(PIECES) - shown == {"supervisord-fcgi", "systemd-socket"}
    assert files("supervisord-fcgi") == files("supervisord")
    assert files("systemd-socket") == files("systemd")


@pytest.mark.parametrize("kind", INSTEAD)
def test_where_there_can_be_none(kind):
    """Refused in one sentence that names a kind or a command that does it."""
    with pytest.raises(Misuse, match=r"^no program can be kept running beside the application there: .*(say|start) "):
        beside(KINDS[kind])


@pytest.mark.parametrize("kind", PIECES)
def test_nothing_is_left_open(kind):
    """No placeholder is left, with all values and with the fewest; nothing of adapter's is in what is started."""
    for values in (PLAIN, PLAIN._replace(user=None), PLAIN._replace(told=("from shop.ini:3",))):
        made = files(kind, values)
        started = "".join(
            line for text in made.values() for line in text.splitlines(keepends=True) if line.lstrip()[:1] not in "#;"
        )
        assert [path for path, text in made.items() if "@{" in text] == []
        assert "adapter" not in started


@pytest.mark.parametrize("kind", PIECES)
def test_what_is_told_of_it_is_a_comment(kind):
    """Each sentence has a line of its own, and begins as the comments around it."""
    text = "\n".join(files(kind, PLAIN._replace(told=("from shop.ini:3: mule = tasks.py", "second"))).values())
    lines = [line for line in text.splitlines() if "shop.ini:3" in line or line.endswith(" second")]

    assert len(lines) == 2
    assert {line[0] for line in lines} <= {"#", ";"}


@pytest.mark.parametrize("kind", PIECES)
@pytest.mark.parametrize("bad", [{"name": "a/b"}, {"command": ("a\nb",)}, {"told": ("a\nb",)}, {"user": "a b"}])
def test_no_line_is_forged(kind, bad):
    """A name that is more, and a newline anywhere, are refused."""
    with pytest.raises(Misuse):
        files(kind, PLAIN._replace(**bad))


@pytest.mark.parametrize("kind", ["supervisord", "circus", "systemd", "openrc", "rcd", "monit", "upstart"])
def test_a_directory_without_quotes(kind):
    """Where quotes would be part of the directory, one that needs them is refused in a sentence."""
    with pytest.raises(Misuse, match="make a link to it"):
        files(kind, PLAIN._replace(chdir="/srv/my shop"))


@pytest.mark.parametrize("kind", SHELLS)
def test_shells_start_the_command(kind):
    """The last line is exec of the command, to the letter, as the user that was named."""
    script = next(
        text for path, text in files(kind, PLAIN._replace(command=COMMAND)).items() if "\nexec " in text and "log" not in path
    )
    words = exec_of(script)

    assert words[-len(COMMAND) :] == list(COMMAND)
    assert words[: -len(COMMAND)] in (
        ["setuidgid", "www"],
        ["chpst", "-u", "www"],
        ["s6-setuidgid", "www"],
        ["s6-setuidgid", "app"],
        [],
    )


def test_supervisord_starts_the_command():
    """What supervisord reads is the command; stopped by TERM, then by KILL after what was asked for."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(files("supervisord", PLAIN._replace(command=COMMAND, drain=90))["shop-tasks.conf"])
    program = parser["program:shop-tasks"]

    assert shlex.split(program["command"] % {}) == list(COMMAND)
    assert (program["directory"], program["user"], program["stopsignal"], program["stopwaitsecs"]) == (
        "/srv/shop",
        "www",
        "TERM",
        "90",
    )


def test_circus_starts_the_command():
    """What circus reads is the command."""
    parser = StrictConfigParser()
    parser.read_file(io.StringIO(files("circus")["shop-tasks.ini"]))

    assert shlex.split(parser.get("watcher:shop-tasks", "cmd")) == list(PLAIN.command)
    assert parser.get("watcher:shop-tasks", "working_dir") == "/srv/shop"


@pytest.mark.parametrize("kind", ["daemontools", "runit", "s6", "s6-overlay", "initd", "openrc", "rcd"])
def test_scripts_are_scripts(kind):
    """A shell can read every script, with a quote, a blank and a dollar in what it starts."""
    for path, text in files(kind, PLAIN._replace(command=COMMAND)).items():
        if text.startswith("#!"):
            assert subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False).stderr == "", path


def test_which_are_scanned():
    """A service directory each, or a file each beside the application's."""
    assert {name for name in PIECES if scanned(KINDS[name])} == {"daemontools", "runit", "s6"}
    assert "shop-tasks/run" in files("runit", together=True)
    assert set(files("supervisord", together=True)) == {"shop-tasks.conf"}
