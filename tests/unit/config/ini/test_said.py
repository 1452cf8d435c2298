"""An INI file as one of five sources: who wins over whom, what is told, and what is an error with its line."""

import os

import pytest

from adapter.config.ini.said import said
from adapter.config.ini.spec import file_of
from adapter.config.resolve import resolve
from adapter.exits import Misuse

HELLO = "[uwsgi]\nmodule = hello\nharakiri = 5\n"


@pytest.fixture
def write(tmp_path):
    """A function that writes a file, and tells its path."""

    def put(text, name="shop.ini"):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return put


def test_who_wins(write):
    """The command line, then the environment, the config file, [adapter], [uwsgi]."""
    ini = write(
        HELLO
        + "harakiri = 1\nprocesses = 1\nmax-requests = 1\nlisten = 1\nthreads = 1\n[adapter]\nbacklog = 2\nworkers = 2\nrequest_timeout = 2\nmax-requests = 2\n"
    )
    toml = write(f'[adapter]\nini = "{ini}"\nworkers = 3\nrequest_timeout = 3\nmax_requests = 3\n', "shop.toml")
    settings = resolve({"config": toml, "request_timeout": "5"}, {"ADAPTER_MAX_REQUESTS": "4", "ADAPTER_REQUEST_TIMEOUT": "4"})

    assert (settings.threads, settings.backlog, settings.workers, settings.max_requests, settings.request_timeout) == (
        1,
        2,
        3,
        4,
        5,
    )
    assert settings.app == "hello"


def test_a_config_may_be_an_ini(write):
    """--config FILE.ini is --ini FILE.ini, also in the environment."""
    ini = write(HELLO)

    assert resolve({"config": ini}, {}) == resolve({"ini": ini}, {})._replace(ini=None, config=ini)
    assert resolve({}, {"ADAPTER_CONFIG": ini}).request_timeout == 5


def test_files_of_our_own_only(write):
    """[adapter] alone is a whole file: nothing is as uWSGI has it unasked."""
    settings = resolve({"ini": write("[adapter]\napp = hello\nenv = A=1\nenv = B=2\nlazy-apps\n")}, {})

    assert (settings.threads, settings.access_log, settings.env, settings.lazy_apps) == (4, None, ("A=1", "B=2"), True)


def test_an_envdir_in_it(write, tmp_path):
    """It counts as environment, as one in a config file does."""
    (tmp_path / "env").mkdir()
    (tmp_path / "env/ADAPTER_WORKERS").write_text("7")

    assert resolve({"ini": write(HELLO + f"envdir = {tmp_path}/env\nprocesses = 2\n")}, {}).workers == 7


WRONG = [
    ("harakiri = soon", "shop.ini:4: harakiri = soon is not a time from 0 to 168h, such as 8, 1.5m or 500ms"),
    ("http-socket = nowhere:x", "shop.ini:4: http-socket = nowhere:x: bad address 'nowhere:x': 'x' is not a port; use 1 to 65535, or 0 for any free one"),
    ("chmod-socket = 999", "shop.ini:4: chmod-socket = 999 is not an octal mode from 0 to 777, such as 600"),
    ("uid = nobody-of-that-name", "shop.ini:4: uid = nobody-of-that-name is not a user of this system, by name or number"),
    ("env = A", "shop.ini:4: env = A is not of the form NAME=VALUE"),
    ("[adapter]\nbind = :80", "shop.ini:5: bind = :80: bad address ':80': say which interfaces: 0.0.0.0:80 is every IPv4 one, [::]:80 every IPv6 one, 80 only this host"),
    ("[adapter]\nini = x", "shop.ini:5: ini belongs on the command line, not in a file"),
    ("[adapter]\ncheck = yes", "shop.ini:5: check belongs on the command line, not in a file"),
    ("daemonize = x", "shop.ini:4: daemonize: the supervisor keeps us in the foreground and has our stderr: take the line out; logto names a file; when that is done, say `without = daemonize` in [adapter]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_wrong(write, text, sentence, monkeypatch):
    """A bad value is told with its line, in the words of whoever wrote it."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    path = write(HELLO + text + "\n")
    with pytest.raises(Misuse) as error:
        resolve({"ini": path}, {})

    assert error.value.sentence == path.removesuffix("shop.ini") + sentence


def test_remarks(write):
    """What is told, and how seriously: a mistake, what is left out, what TERM does. What is as asked needs no word."""
    told = []
    path = write(HELLO + "vaccum = 1\nvacuum = 1\nlog-maxsize = 1\nprocesses = 2 ; two\n")
    resolve({"ini": path}, {}, lambda sentence, serious: told.append((sentence.removeprefix(path), serious)))

    assert [serious for _, serious in told] == [True, True, False, False]
    assert [sentence for sentence, _ in told[1:]] == [
        ":4: vaccum: uWSGI has no such option: did you mean vacuum?",
        ":6: log-maxsize: logrotate(8), or the supervisor's own log",
        "without die-on-term uWSGI reloads on TERM; here TERM stops, and HUP reloads",
    ]


def test_who_is_no_root_stays_who_he_is(write, monkeypatch):
    """As with uWSGI, uid and gid of [uwsgi] are for root; those of [adapter] are meant."""
    path = write(HELLO + "uid = 1\ngid = 2\n")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    values, remarks = said(path, {})

    assert not {"uid", "gid"} & set(values)
    assert f"{path}:4: uid = 1: only root can change it, so we stay who we are" in [remark.sentence for remark in remarks]
    assert set(said(write(HELLO + "[adapter]\nuid = 1\n", "own.ini"), {})[0]) >= {"uid"}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert set(said(path, {})[0]) >= {"uid", "gid"}


def test_file_of():
    """The path in FILE:SECTION."""
    assert (file_of("/a/b.ini"), file_of("/a/b.ini:c")) == ("/a/b.ini", "/a/b.ini")
