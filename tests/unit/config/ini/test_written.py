"""A translated file reads as it was meant: by our own reader of TOML, and by a shell."""

import shlex

from adapter.config import file
from adapter.config.argv import parse
from adapter.config.ini.said import contents
from adapter.config.ini.written import command, toml
from adapter.config.resolve import resolve

FILE = """[uwsgi]
module = shop.wsgi
callable = app
processes = 4
master = true
http-socket = :8000
chmod-socket = 660
env = A=it's "so"\\
env = B=%%
lazy-apps
pythonpath = a b
vaccum = 1
mule = tasks.py
log-maxsize = 5
[adapter]
surge = 2
"""


def write(tmp_path):
    """The file, and what is in it."""
    path = tmp_path / "shop.ini"
    path.write_text(FILE)
    return contents(str(path), {})


def test_toml(tmp_path):
    """Its values come back; each line that is not as it was is a comment with its place."""
    text = toml("shop.ini", write(tmp_path))
    (tmp_path / "shop.toml").write_text(text)
    settings = resolve({"config": str(tmp_path / "shop.toml")}, {})

    assert settings.app == "shop.wsgi:app"
    assert settings.bind == ("0.0.0.0:8000",)
    assert settings.env == ('A=it\'s "so"\\', "B=%")
    assert (settings.workers, settings.threads, settings.surge, settings.socket_mode) == (4, 1, 2, 0o660)
    assert settings.lazy_apps is True
    for said in (
        "shop.ini:2: module = shop.wsgi",
        "shop.ini:5: master = true",
        "vaccum = 1 (uWSGI",
        "mule = tasks.py (a mule is",
        "log-maxsize = 5 (",
    ):
        assert said in text
    assert "pythonpath = a b" not in text
    assert file.read(str(tmp_path / "shop.toml"))["threads"][0] == ["1"]


def test_command(tmp_path):
    """A shell takes it apart into the same settings."""
    text = command("shop.ini", write(tmp_path))
    words = shlex.split(text.replace("\\\n", ""), comments=True)

    assert words[:3] == ["adapter", "serve", "shop.wsgi:app"]
    settings = resolve(parse(words[2:], "serve"), {})
    assert settings.env == ('A=it\'s "so"\\', "B=%")
    assert settings.pythonpath == ("a b",)
    assert (settings.workers, settings.threads, settings.surge, settings.socket_mode, settings.lazy_apps) == (
        4,
        1,
        2,
        0o660,
        True,
    )


def test_one_line_stays_one(tmp_path):
    """What a file has in a value cannot end a comment."""
    path = tmp_path / "shop.ini"
    path.write_bytes(b"[uwsgi]\nmodule = a\nmule = x\x0b\x0cimport os\xe2\x80\xa8rm\n")
    text = toml("shop.ini", contents(str(path), {}))

    assert all(line.startswith("#") or "mule" not in line for line in text.splitlines())
    assert "rm" not in [line.split(" ")[0] for line in text.splitlines()]
