"""The files of supervisors as `adapter doctor` reads them: systemd's units, supervisord's configuration."""

import pytest

from adapter.supervisors import proxyconf, unitfile
from adapter.supervisors.supervisord import conffile

UNIT = """\
[Unit]
TimeoutStopSec=1
[Service]
# TimeoutStopSec=2
Type=notify
ExecStart=/opt/adapter serve \\
    shop.wsgi
TimeoutStopSec=1min 30s
KillSignal = SIGINT
"""
SPANS = [
    ("90", 90.0),
    ("1min 30s", 90.0),
    ("1min30s", 90.0),
    ("500ms", 0.5),
    ("1.5h", 5400.0),
    ("infinity", None),
    ("0", None),
    ("soon", None),
    ("5 parsecs", None),
]
MAIN = """\
[unix_http_server]
file=%(here)s/s.sock   ; a comment
username = me
password = secret
[include]
files = apps/*.conf
[program:web]
command=adapter serve shop.wsgi
stopasgroup=Yes
"""
INCLUDED = """\
[group:apps]
programs=shop,shop-admin
[program:shop]
[fcgi-program:shop-admin]
autorestart=true
directory=%(here)s
"""


@pytest.mark.parametrize(("text", "seconds"), SPANS)
def test_spans(text, seconds):
    """A time span of systemd's; what has no end, or no meaning, is None."""
    assert unitfile.seconds(text) == seconds


def test_a_unit():
    """Only [Service] counts, comments do not, and a line may go on in the next."""
    said = unitfile.settings([UNIT])

    assert (said["Type"], said["TimeoutStopSec"], said["KillSignal"]) == ("notify", "1min 30s", "SIGINT")
    assert said["ExecStart"] == "/opt/adapter serve      shop.wsgi"


def test_drop_ins():
    """The last word counts; TimeoutSec is two in one; nothing said takes it all back."""
    assert unitfile.settings([UNIT, "[Service]\nTimeoutSec=7\n"])["TimeoutStopSec"] == "7"
    assert unitfile.settings([UNIT, "[Service]\nTimeoutStopSec=\nType=\n"])["TimeoutStopSec"] == "90"
    assert unitfile.settings([])["Type"] == "simple"


@pytest.fixture
def conf(tmp_path):
    (tmp_path / "supervisord.conf").write_text(MAIN)
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps/shop.conf").write_text(INCLUDED)
    return conffile.read(str(tmp_path / "supervisord.conf"))


def test_programs(conf, tmp_path):
    """A process is found by its group, and in a group of several by its own name; each section knows its file."""
    web = conf.program("web", "web")
    assert web is not None
    assert web.says("stopasgroup")
    assert not web.says("killasgroup")
    assert str(web) == f"[program:web] of {tmp_path}/supervisord.conf"
    admin = conf.program("apps", "shop-admin_00")
    assert admin is not None
    assert (admin.kind, admin.settings["directory"]) == ("fcgi-program", f"{tmp_path}/apps")
    assert conf.program("apps", "other") is None


def test_how_to_ask(conf, tmp_path):
    """Where supervisord is asked, and what it wants to hear."""
    assert conf.url == f"unix://{tmp_path}/s.sock"
    assert conf.credentials == ("me", "secret")


NAMED = [
    (["python3", "/usr/bin/supervisord", "-c", "x.conf"], "/srv/x.conf"),
    (["supervisord", "-n", "-c/etc/x.conf"], "/etc/x.conf"),
    (["supervisord", "--configuration=x.conf"], "/srv/x.conf"),
    (["supervisord", "--configuration", "/x.conf"], "/x.conf"),
]


@pytest.mark.parametrize(("words", "path"), NAMED)
def test_the_file_in_use(words, path):
    """By the words that supervisord was started with, from where it was started."""
    assert conffile.named(words, "/srv") == path


def test_a_broken_file(tmp_path):
    """It is one error, of one kind."""
    (tmp_path / "x.conf").write_text("no section\n")

    with pytest.raises(ValueError, match="section"):
        conffile.read(str(tmp_path / "x.conf"))


NGINX = [
    ("upstream shop { server unix:/s; keepalive 16; }", 60.0),
    ("upstream shop {\n  keepalive 16;\n  keepalive_timeout 1m 15s;\n}", 75.0),
    ("upstream shop { server s; keepalive 4; keepalive_timeout 90; } upstream x { keepalive 1; keepalive_timeout 5s; }", 90.0),
    ("upstream shop { server s; # keepalive 16;\n}", None),
    ("upstream shop { server s; keepalive_timeout 90; }", None),
    ("http { keepalive_timeout 65; server { listen 80; } }", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "seconds"), NGINX)
def test_the_proxy(text, seconds):
    """nginx keeps connections to upstreams that say `keepalive`; its clients' own timeout is another matter."""
    assert proxyconf.idle(text) == seconds
