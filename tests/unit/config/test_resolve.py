"""Four places, one answer."""

import os
import pwd

import pytest

from adapter.config.resolve import near_misses, resolve
from adapter.config.settings import Settings
from adapter.exits import Misuse


@pytest.fixture
def config(tmp_path):
    """A config file with one option in it."""
    path = tmp_path / "adapter.toml"
    path.write_text("[adapter]\nthreads = 2\n")
    return str(path)


@pytest.fixture
def envdir(tmp_path):
    """An envdir with one option in it."""
    path = tmp_path / "env"
    path.mkdir()
    (path / "ADAPTER_THREADS").write_text("4\n")
    return str(path)


def test_defaults():
    """What nobody said has its default."""
    assert resolve({"app": "x"}, {}) == Settings(app="x")


@pytest.mark.parametrize("other", ["lazy_apps", "idle_exit"])
def test_idle_cheap_alone(other):
    """Without a loaded application there is nothing to fork from; and an idle server either stays or stops."""
    given = {"lazy_apps": True, "idle_exit": "5s"}

    assert resolve({"app": "x", "idle_cheap": "5s"}, {}).idle_cheap == 5.0
    with pytest.raises(Misuse, match=rf"^--idle-cheap (cannot go with|and) --{other.replace('_', '-')}"):
        resolve({"app": "x", "idle_cheap": "5s", other: given[other]}, {})


def test_order(config, envdir):
    """Command line, then envdir, then environment, then config file."""
    environ = {"ADAPTER_THREADS": "3"}
    threads = [
        resolve({"app": "x", **cli}, environ).threads
        for cli, environ in [
            ({"config": config}, {}),
            ({"config": config}, environ),
            ({"config": config, "envdir": envdir}, environ),
            ({"config": config, "envdir": envdir, "threads": "5"}, environ),
        ]
    ]

    assert threads == [2, 3, 4, 5]


def test_several_from_one_place_only(tmp_path):
    """What is repeatable is not added up across places: who says it, says it all."""
    settings = resolve({"app": "x", "bind": ["81"]}, {"ADAPTER_BIND": "82 83"})

    assert settings.bind == ("127.0.0.1:81",)


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("ADAPTER_BIND", "81  unix:/a", "bind", ("127.0.0.1:81", "unix:/a")),
        ("ADAPTER_PYTHONPATH", "a:/b c:", "pythonpath", ("a", "/b c")),
        ("ADAPTER_LAZY_APPS", "1", "lazy_apps", True),
        ("ADAPTER_LOG_TIME", "no", "log_time", False),
        ("ADAPTER_WORKERS", "", "workers", 1),
        ("ADAPTER_ENV", "A=b", "env", ()),
        ("ADAPTER_CHECK", "1", "check", False),
        ("ADAPTER_APP", "other", "app", "x"),
    ],
)
def test_environment(variable, text, name, value):
    """Every option but --env and --check can be a variable; set to nothing is not set."""
    assert getattr(resolve({"app": "x"}, {variable: text}), name) == value


def test_app_from_elsewhere(config):
    """The application need not be on the command line."""
    assert resolve({"app": None}, {"ADAPTER_APP": "x"}).app == "x"


def test_envdir_from_the_config_file(tmp_path, envdir):
    """The config file may name the envdir, which then wins over it."""
    path = tmp_path / "c.toml"
    path.write_text(f'[adapter]\nenvdir = "{envdir}"\nthreads = 9\n')

    assert resolve({"app": "x", "config": str(path)}, {}).threads == 4


def test_envdirs_add_up(tmp_path, envdir):
    """All are read, those of the config file too: the run script of a service directory names one, what it runs may name its own."""
    of_file, last = tmp_path / "of_file", tmp_path / "last"
    for directory, texts in (of_file, {"THREADS": "2", "WORKERS": "3"}), (last, {"BACKLOG": "9"}):
        directory.mkdir()
        for name, text in texts.items():
            (directory / f"ADAPTER_{name}").write_text(text)
    path = tmp_path / "c.toml"
    path.write_text(f'[adapter]\nenvdir = "{of_file}"\n')

    found = resolve({"app": "x", "config": str(path), "envdir": [envdir, str(last)]}, {})

    assert found.envdir == (str(of_file), envdir, str(last))
    assert (found.threads, found.workers, found.backlog) == (4, 3, 9)


def test_an_envdir_in_an_envdir(envdir):
    """It is not followed, and not left out in silence."""
    with open(os.path.join(envdir, "ADAPTER_ENVDIR"), "w") as file:
        file.write("more")

    with pytest.raises(Misuse, match="cannot name another one"):
        resolve({"app": "x", "envdir": envdir}, {})


def test_config_from_the_envdir(config, envdir):
    """The envdir may name the config file."""
    with open(os.path.join(envdir, "ADAPTER_CONFIG"), "w") as file:
        file.write(config)
    os.remove(os.path.join(envdir, "ADAPTER_THREADS"))

    assert resolve({"app": "x", "envdir": envdir}, {}).threads == 2


def test_relative_paths(tmp_path, monkeypatch):
    """Paths of the server are made absolute; what the application is made of is left to --chdir."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    settings = resolve({"app": "x.py", "pidfile": "run/pid", "pythonpath": ["lib"], "chdir": "."}, {})

    assert (settings.pidfile, settings.pythonpath, settings.chdir) == (f"{tmp_path}/run/pid", ("lib",), f"{tmp_path}/.")
    assert settings.app == "x.py"


def test_group_of_the_user():
    """Who names a user means the user's group."""
    entry = pwd.getpwall()[-1]
    settings = resolve({"app": "x", "uid": entry.pw_name}, {})

    assert (settings.uid, settings.gid) == (entry.pw_uid, entry.pw_gid)


@pytest.mark.parametrize(
    ("cli", "environ", "sentence"),
    [
        ({}, {}, "no application given"),
        ({"workers": "0"}, {}, "--workers: '0' is not a whole number from 1 to 1024, or auto"),
        ({}, {"ADAPTER_WORKERS": "x"}, "ADAPTER_WORKERS in the environment: 'x' is not a whole number"),
        ({"bind": ["80", "80"]}, {}, "--bind names 127.0.0.1:80 twice: name it once"),
        ({"bind": ["80"], "stats": "80"}, {}, "--bind and --stats both name 127.0.0.1:80: each needs one of its own"),
        ({"metrics": "unix:/a", "stats": "unix:/a"}, {}, "--stats and --metrics both name unix:/a: each needs one of its own"),
        ({"stats": "fd:7"}, {}, "--stats cannot use fd:7: name a port or a UNIX socket to be opened"),
        ({"uwsgi": ["unix:/a", "unix:/a"]}, {}, "--uwsgi names unix:/a twice: name it once"),
        (
            {"bind": ["80"], "uwsgi": ["127.0.0.1:80"]},
            {},
            "--bind and --uwsgi both name 127.0.0.1:80: an address speaks one protocol",
        ),
        ({"uwsgi": ["80"], "proxy_protocol": ["80"]}, {}, "--uwsgi and --proxy-protocol both name 127.0.0.1:80"),
        (
            {"forwarded_allow_ips": ["10.0.0.1/8"]},
            {},
            "--forwarded-allow-ips: '10.0.0.1/8' in '10.0.0.1/8' is an address within a network",
        ),
        ({"bind": ["nope"]}, {}, "--bind: bad address 'nope'"),
        ({"app": ""}, {}, "APP: '' is not an application"),
        ({"workers": "4", "workers_most": "2"}, {}, "--workers-most 2 is less than --workers 4: make it more, or leave it out"),
        ({"uid": "4000000000"}, {}, "--uid 4000000000 is in no passwd entry, so its group is unknown: give --gid too"),
        ({"chdir": "/etc/passwd"}, {}, "cannot go to --chdir /etc/passwd: not a directory"),
        ({"workers": "9" * 500}, {}, "--workers: '" + "9" * 77 + "...' is not a whole number"),
    ],
)
def test_bad(cli, environ, sentence):
    """Each mistake is one sentence that names the option, where it was said, the value, and what is allowed."""
    with pytest.raises(Misuse) as caught:
        resolve({"app": "x", **cli} if cli else {"app": None if not environ else "x"}, environ)

    assert caught.value.sentence.startswith(sentence)


def test_bad_value_in_the_envdir(envdir):
    """A mistake in an envdir names the directory."""
    with open(os.path.join(envdir, "ADAPTER_THREADS"), "w") as file:
        file.write("many")
    with pytest.raises(Misuse) as caught:
        resolve({"app": "x", "envdir": envdir}, {})

    assert caught.value.sentence.startswith(f"ADAPTER_THREADS in the envdir {envdir}: 'many' is not")


def test_near_misses():
    """A misspelled variable is told; one that is merely somebody else's is not."""
    environ = {"ADAPTER_WORKER": "3", "ADAPTER_PORT": "tcp://1.2.3.4:80", "ADAPTER_THREADS": "4", "ADAPTER_CARRYOVER": "5"}

    assert near_misses(environ) == ["ADAPTER_WORKER in the environment is no option: did you mean ADAPTER_WORKERS?"]


@pytest.mark.parametrize(
    ("cli", "environ", "wanted"),
    [
        ({"workers": "2:16"}, {}, (2, 16)),
        ({}, {"ADAPTER_WORKERS": "3:5"}, (3, 5)),
        ({"workers": "2"}, {"ADAPTER_WORKERS": "3:5"}, (2, None)),
        ({"workers": "2", "workers_most": "9"}, {}, (2, 9)),
        ({"workers": "4:4"}, {}, (4, 4)),
    ],
)
def test_a_range_of_workers(cli, environ, wanted):
    """`2:16` is two options in one word, wherever it is said."""
    settings = resolve({"app": "x", **cli}, environ)

    assert (settings.workers, settings.workers_most) == wanted
