"""The config file."""

import os

import pytest

from adapter.config.file import read
from adapter.config.resolve import resolve
from adapter.exits import Misuse

GOOD = [
    ("", {}),
    ("[adapter]\n", {}),
    ("[adapter]\nworkers = 4\n", {"workers": ["4"]}),
    ('[adapter]\nworkers = "auto"\n', {"workers": ["auto"]}),
    ("[adapter]\ndrain_timeout = 2.5\n", {"drain_timeout": ["2.5"]}),
    ('[adapter]\ndrain-timeout = "1.5m"\n', {"drain_timeout": ["1.5m"]}),
    ("[adapter]\nlazy_apps = true\n", {"lazy_apps": ["true"]}),
    ("[adapter]\nlog_time = false\n", {"log_time": ["false"]}),
    ('[adapter]\nbind = "8000"\n', {"bind": ["8000"]}),
    ("[adapter]\nbind = 8000\n", {"bind": ["8000"]}),
    ('[adapter]\nbind = [8000, "unix:/a b"]\n', {"bind": ["8000", "unix:/a b"]}),
    ('[adapter]\nsocket_mode = "660"\n', {"socket_mode": ["660"]}),
    ('[adapter]\nenv = ["A=1"]\n', {"env": ["A=1"]}),
    ('[adapter.env]\nA = "x=y"\nB = 2\n', {"env": ["A=x=y", "B=2"]}),
]

BAD = [
    (
        "workers = 4\n",
        "FILE line 1: workers does not belong here; everything is in one table, [adapter]: put it below a line [adapter]",
    ),
    (
        "[adapted]\nworkers = 4\n",
        "FILE line 1: adapted does not belong here; everything is in one table, [adapter]: did you mean adapter?",
    ),
    ("[adapter]\n\nworker = 4\n", "FILE line 3: there is no option worker: did you mean workers?"),
    ("[adapter]\nx = 4\n", "FILE line 2: there is no option x"),
    (
        "[adapter]\nworkers = 4\nworkers = 5\n",
        "cannot read the config file FILE: cannot overwrite a value (at line 3, column 12)",
    ),
    ("[adapter]\ndrain_timeout = 4\ndrain-timeout = 5\n", "FILE line 3: drain_timeout is given twice"),
    ("[adapter\n", "cannot read the config file FILE: expected ']' at the end of a table declaration (at line 1, column 9)"),
    ("adapter = 3\n", "FILE line 1: adapter does not belong here; everything is in one table, [adapter]"),
    ("[[adapter]]\nworkers = 1\n", "FILE line 1: adapter does not belong here"),
    ("[adapter]\nworkers = true\n", "workers in FILE line 2: true is not a whole number from 1 to 1024, or auto"),
    ("[adapter]\nworkers = [1]\n", "workers in FILE line 2: a list is not a whole number"),
    ("[adapter]\nlog_time = 2024-01-01\n", "log_time in FILE line 2: '2024-01-01' is not one of true, false"),
    ("[adapter]\nbind = [[8000]]\n", "bind in FILE line 2: a list is not an address"),
    ("[adapter.bind]\na = 1\n", "bind in FILE line 1: a table is not an address"),
    ("[adapter]\nsocket_mode = 0o600\n", 'socket_mode in FILE line 2: write the mode as text, such as "600"'),
    ("[adapter]\nsocket_mode = 600\n", 'socket_mode in FILE line 2: write the mode as text, such as "600"'),
    ('[adapter]\nconfig = "x"\n', "FILE line 2: config belongs on the command line"),
    ("[adapter]\ncheck = true\n", "FILE line 2: check belongs on the command line"),
    ("[adapter]\nworkers = 0\n", "workers in FILE line 2: '0' is not a whole number from 1 to 1024, or auto"),
    ("[adapter]\ndrain_timeout = nan\n", "drain_timeout in FILE line 2: 'nan' is not a time"),
    ("[adapter]\ndrain_timeout = -1\n", "drain_timeout in FILE line 2: '-1' is not a time"),
    ('[adapter]\nbind = ["80", "80"]\n', "--bind names 127.0.0.1:80 twice"),
    ('[adapter]\nchdir = "/no/such"\n', "cannot go to --chdir /no/such: no such directory"),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_good(tmp_path, text, expected):
    """TOML's own types, and the command line's spellings, are both taken."""
    path = tmp_path / "adapter.toml"
    path.write_text(text)

    assert {name: texts for name, (texts, _) in read(str(path)).items()} == expected


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_bad(tmp_path, text, sentence):
    """Each mistake is one sentence with file, line and remedy."""
    path = tmp_path / "adapter.toml"
    path.write_text(text)
    with pytest.raises(Misuse) as caught:
        resolve({"app": "x", "config": str(path)}, {})

    assert caught.value.sentence.replace(str(path), "FILE").startswith(sentence)
    assert "\n" not in caught.value.sentence


def test_unreadable(tmp_path):
    """A file that is missing, a directory, or not text is named, with the reason."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    sentences = []
    for path in (tmp_path / "missing", tmp_path, tmp_path / "binary", tmp_path / "binary/below"):
        with pytest.raises(Misuse) as caught:
            read(str(path))
        sentences.append(caught.value.sentence.replace(str(tmp_path), "DIR"))

    assert sentences == [
        "cannot read the config file DIR/missing: No such file or directory",
        "cannot read the config file DIR: Is a directory",
        "cannot read the config file DIR/binary: byte 0 is not UTF-8",
        "cannot read the config file DIR/binary/below: Not a directory",
    ]


def test_documented_example(tmp_path):
    """The example in docs/options.md is a config file that works."""
    from adapter.config.shown import page

    path = tmp_path / "adapter.toml"
    path.write_text(page().split("```toml\n")[1].split("```")[0])
    settings = resolve({"config": str(path)}, {})

    assert (settings.app, settings.drain_timeout, settings.socket_mode) == ("shop.wsgi", 25.0, 0o660)
    assert settings.bind == ("127.0.0.1:8000", "unix:/run/shop.sock")
    assert settings.env == ("DJANGO_SETTINGS_MODULE=shop.settings",)
    assert settings.workers <= len(os.sched_getaffinity(0))
