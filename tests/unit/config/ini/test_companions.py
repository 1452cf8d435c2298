"""What uWSGI runs beside the application: which program a line means, and what is to be typed for it."""

import shlex

import pytest

from adapter.config.ini.companions import companions
from adapter.config.ini.rows import Line, Verdict
from adapter.config.ini.said import Contents, contents
from adapter.config.ini.table.crontab import times
from adapter.config.ini.translating import translate
from adapter.uwsgi.calendar import Times


def found(text, directory="/home"):
    """The programs of a section."""
    lines = [
        Line(name.strip(), value.strip(), "x.ini:1") for name, _, value in (line.partition("=") for line in text.splitlines())
    ]
    return companions("shop", Contents(translate(lines), (), ()), directory)


@pytest.mark.parametrize(
    ("text", "name", "command"),
    [
        ("mule = tasks.py", "shop-tasks", "python -u tasks.py"),
        ("mule = /srv/my jobs/tasks 2.py", "shop-tasks-2", "python -u '/srv/my jobs/tasks 2.py'"),
        ("mule = pkg.jobs:loop", "shop-loop", "python -u -c 'from pkg.jobs import loop as run; run()'"),
        ("attach-daemon = redis-server --port 0", "shop-redis-server", "redis-server --port 0"),
        ("attach-daemon = celery -A shop worker >/dev/null 2>&1", "shop-celery", "celery -A shop worker >/dev/null 2>&1"),
        ("attach-daemon2 = cmd=python run.py --x,freq=3", "shop-run", "python run.py --x"),
        ("smart-attach-daemon2 = /run/m.pid,5 memcached -u nobody", "shop-memcached", "memcached -u nobody"),
        ("mule = a.py\nvirtualenv = /srv/venv", "shop-a", "/srv/venv/bin/python -u a.py"),
        ("mule = a.py\nenv = A=b c\npythonpath = lib\npythonpath = /x", "shop-a", "env 'A=b c' PYTHONPATH=lib:/x python -u a.py"),
    ],
)
def test_programs(text, name, command):
    """The interpreter and the variables are the application's; the name is the program's."""
    (program,) = found(text)

    assert (program.name, program.command) == (name, command)


@pytest.mark.parametrize(
    "text",
    [
        "mule",
        "mule = 1",
        "mules = 3",
        "farm = f:1,2",
        "mule = tasks",
        "attach-daemon = 'x",
        "attach-daemon2 = freq=3",
        "smart-attach-daemon = /run/x.pid",
        "spooler = /srv/spool",
        "cron = 1 2 3 x",
        "cron = 61 -1 -1 -1 -1 x",
        "cron = 1 -1 -1 -1 -1",
        "attach-daemon = x\x01y",
    ],
)
def test_no_program(text):
    """What has none, or none that is understood, stays refused with a sentence of its own."""
    assert found(text) == ()
    (fate,) = translate([Line(text.partition(" ")[0], text.partition("= ")[2], "x.ini:1")]).fates
    assert fate.verdict is Verdict.REFUSED
    assert len(fate.sentence) > 40


def test_where_and_as_whom():
    """The directory is uWSGI's: the one it starts in, chdir from there on, attach-daemon2's own; so is the user."""
    text = (
        "chdir = site\nuid = www-data\nmule = a.py\nattach-daemon2 = cmd=b,chdir=/srv,uid=b\nattach-daemon2 = cmd=c,chdir=below"
    )

    assert [(each.chdir, each.user) for each in found(text)] == [
        ("/home/site", "www-data"),
        ("/srv", "b"),
        ("/home/site/below", "www-data"),
    ]
    assert found("mule = a.py")[0].chdir == "/home"


def test_names_are_different():
    """Two of the same name, or of the application's, are two services."""
    assert [each.name for each in found("mule = a.py\nmule = a.py\nmule = b/a.py")] == ["shop-a", "shop-a-2", "shop-a-3"]


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("attach-daemon2 = cmd=x,stopsignal=2", "uWSGI stops it by signal 2, its supervisor by TERM"),
        ("attach-daemon2 = cmd=x,pidfile=/x.pid,daemonize=1", "has to stay in the foreground"),
        ("attach-daemon2 = cmd=x,touch=/x", "when /x is touched"),
        ("attach-daemon2 = cmd=x,gid=g", "its group g is for you to set"),
        ("smart-attach-daemon = /x.pid memcached -d", "let it stay in the foreground"),
        ("smart-attach-daemon2 = /x.pid memcached", "nobody writes /x.pid"),
        ("envdir = /etc/shop\nmule = a.py", "no variable of /etc/shop: "),
    ],
)
def test_what_is_to_be_changed(text, change):
    """What a supervisor does otherwise than uWSGI is said."""
    (program,) = found(text)

    assert change in "".join(program.changes)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("cron = 59 2 -1 -1 -1 backup", "59 2 * * * cd /srv && backup"),
        ("cron = -5 -2 -1 -1 1 date +%s", "*/5 */2 * * 1 cd /srv && date +\\%s"),
        ("cron2 = minute=-15,unique=1,harakiri=60 x y", "*/15 * * * * cd /srv && flock -n /run/lock/shop-x.lock timeout 60 x y"),
        ("cron2 = hour=3 x; y", "* 3 * * * cd /srv && x; y"),
        ("cron2 = x", "* * * * * cd /srv && x"),
        ("unique-cron = 0 0 1 1 0 x", "0 0 1 1 0 cd /srv && flock -n /run/lock/shop-x.lock x"),
        ("curl-cron = 0 0 1 1 0 http://x/?a", "0 0 1 1 0 cd /srv && curl -fsS 'http://x/?a' >/dev/null"),
        ("env = A=1\ncron = 0 0 1 1 0 x; y", "0 0 1 1 0 cd /srv && env A=1 /bin/sh -c 'x; y'"),
    ],
)
def test_crontab(text, line):
    """A line of crontab(5): its times, the directory, the variables, % as it has to be there."""
    (program,) = found(f"chdir = /srv\n{text}")

    assert program.paste == line


def _asked(field, value):
    """Whether a field of crontab(5) is due, as its manual has it."""
    if field == "*":
        return True
    span, _, step = field.partition("/")
    first, _, last = span.partition("-")
    low, high = (0, 59) if first == "*" else (int(first), int(last or first))
    return low <= value <= high and (value - low) % int(step or 1) == 0


@pytest.mark.parametrize("at", range(5))
def test_crontab_is_due_when_uwsgi_is(at):
    """Every value of every field: due at the same times in both, or said to be none."""
    least, most = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))[at]
    for value in range(-64, 8 if at == 4 else 64):  # of weekdays ours takes any number, uWSGI 0 to 7
        fields = [-1] * 5
        fields[at] = value
        told = times([str(each) for each in fields])
        due = [each for each in range(least, most + 1) if Times(*fields).due(*[each if place == at else 1 for place in range(5)])]
        if told is None:
            assert due == [], value
        else:
            field = told.split()[at].replace("7", "0") if at == 4 and value == 7 else told.split()[at]
            assert [each for each in range(least, most + 1) if _asked(field, each)] == due, value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mule = my tasks.py", '-c "$0"'),
    ],
)
def test_what_is_typed_is_one_command(text, written):
    """A shell takes it apart into the words of `adapter conf`."""
    (program,) = found(f"env = {written}=1\n{text}")
    words = shlex.split(program.paste)

    assert words[:4] == ["adapter", "conf", "supervisord", "--beside"]
    assert shlex.split(words[4]) == ["env", f"{written}=1", "python", "-u", "my tasks.py"]
    assert words[5:] == ["--name", "shop-my-tasks", "--chdir", "/home"]


def test_what_somebody_else_does_is_no_companion(tmp_path):
    """`without` names it: then it runs already."""
    (tmp_path / "x.ini").write_text("[uwsgi]\nmule = a.py\n[adapter]\nwithout = mule\n")

    assert companions("x", contents(str(tmp_path / "x.ini"), {}), "/") == ()
