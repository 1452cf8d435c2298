"""`adapter conf`: conf/ is its output, words survive every syntax, and what a syntax cannot say is refused."""

import configparser
import io
import json
import shlex
import subprocess
from pathlib import Path

import pytest
from circus.util import StrictConfigParser, replace_gnu_args
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.config.argv import parse
from adapter.config.resolve import resolve
from adapter.exits import Misuse
from adapter.supervisors.confs import syntax
from adapter.supervisors.confs.kinds import KINDS
from adapter.supervisors.confs.rendering import render
from adapter.supervisors.confs.samples import SAMPLES, rendered
from adapter.supervisors.confs.shelf import templates
from adapter.supervisors.confs.values import Values

CONF = Path(__file__).parents[3] / "conf"
_SPECIAL = ("é", "'", '"', ";", "#", "%", "$", "`", " ", "\\", "$(circus.env.x)", "((circus.wid))", "$(wid)")
WORDS = st.lists(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from(_SPECIAL), min_size=1, max_size=12).map(
    "".join
)
SITE = Values(
    name="shop", app="shop.wsgi", chdir="/srv/shop", user="www", run="/run/shop", logs="/var/log/shop", program="/v/adapter"
)


def files(kind, values, **more):
    """What the kind makes of these values: text by path."""
    services = values if isinstance(values, list) else [values]
    return {path: file.text for path, file in render(KINDS[kind], templates(KINDS[kind]), services, **more).items()}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: each.kind)
def test_conf_is_the_output(sample):
    """Each file of conf/ that `adapter conf` can write is what it writes, to the byte and the mode (`make docs` writes them anew)."""
    made = rendered(sample)

    assert {path: (CONF / path).read_text() for path in made} == {path: file.text for path, file in made.items()}
    assert {path: (CONF / path).stat().st_mode & 0o111 for path in made} == {
        path: file.mode & 0o111 for path, file in made.items()
    }


def test_every_kind_has_a_sample():
    """No kind is without a file in conf/."""
    assert {sample.kind for sample in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_open(kind):
    """No placeholder is left in any file, with all values given and with a --config."""
    for values in (SITE, SITE._replace(app=None, chdir=None, config="/etc/adapter/shop.toml")):
        assert [path for path, text in files(kind, values).items() if "@{" in text] == []


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "../x", "-x", "a/b", 'a"b', "a$b", "a%b", "x" * 64])
@pytest.mark.parametrize("kind", KINDS)
def test_bad_names(kind, name):
    """A name that is more than a name is refused, whatever the kind."""
    with pytest.raises(Misuse, match="cannot be named"):
        files(kind, SITE._replace(name=name))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "bad", [{"app": "a\nb"}, {"chdir": "/a\nb"}, {"user": "a\nb"}, {"run": "/a\nb"}, {"more": (("--threads", "8\n9"),)}]
)
def test_no_line_is_forged(kind, bad):
    """A newline in any value is refused, so nothing can become a line of its own."""
    with pytest.raises(Misuse):
        files(kind, SITE._replace(**bad))


@settings(deadline=None)  # on a busy machine any of them may wait
@given(WORDS)
def test_shell_words(word):
    """What a shell reads is the word."""
    assert shlex.split(syntax.SHELL.spell(word)) == [word]


@settings(max_examples=30, deadline=None)  # a shell each
@given(WORDS)
def test_openrc_words(word):
    """What a shell reads that evaluates a string in double quotes, as openrc-run does, is the word."""
    script = f'words="{syntax.OPENRC.spell(word)} {syntax.OPENRC.spell(word)}"; eval printf "%s.." $words'

    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout == f"{word}..{word}.."


@settings(deadline=None)  # on a busy machine any of them may wait
@given(WORDS)
def test_supervisord_words(word):
    """What supervisord reads (configparser with inline comments, its expansions, shlex) is the word."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(f"[program:x]\ncommand=adapter serve {syntax.SUPERVISORD.spell(word)}\n    --last\n")

    assert shlex.split(parser["program:x"]["command"] % {}) == ["adapter", "serve", word, "--last"]


@settings(deadline=None)  # on a busy machine any of them may wait
@given(WORDS)
def test_circus_words(word):
    """What circus reads (its own configparser, its expansions, shlex) is the word."""
    spelled = syntax.CIRCUS.spell(word)
    parser = StrictConfigParser()
    parser.read_file(io.StringIO(f"[watcher:x]\ncmd = {spelled} {spelled}\n    {spelled}\n"))
    expanded = replace_gnu_args(parser.get("watcher:x", "cmd"), env={"x": "expanded"})

    assert shlex.split(replace_gnu_args(expanded, wid=1)) == [word, word, word]


@pytest.mark.parametrize("kind", ["xinetd", "inetd", "socat"])
def test_what_cannot_be_said(kind):
    """A word with a blank, where no quotes are known: a sentence that names the syntax and the word."""
    with pytest.raises(Misuse, match=r"cannot say 'my shop\.wsgi'"):
        files(kind, SITE._replace(app="my shop.wsgi"))


def test_relative_paths():
    """Only who runs a program where its configuration is can mean a relative path."""
    with pytest.raises(Misuse, match="absolute"):
        files("xinetd", SITE._replace(chdir="shop"))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("a.py", "a.py"),
        ("a b", '"a b"'),
        ("50%", "50%%"),
        ("$HOME", "$$HOME"),
        (";", '";"'),
        ('a"\\', '"a\\"\\\\"'),
        ("it's", '"it\'s"'),
    ],
)
def test_systemd_words(word, said):
    """systemd.service(5): quotes of C, %% for %, $$ for $; a ; alone would begin another command."""
    assert syntax.SYSTEMD.spell(word) == said


@pytest.mark.parametrize("bind", ["unix:/run/my shop", "127.0.0.1:$PORT", "unix:/run/50%"])
def test_what_a_socket_unit_cannot_say(bind):
    """ListenStream knows neither quotes nor variables: refused in a sentence."""
    with pytest.raises(Misuse, match="without quotes"):
        files("systemd-socket", SITE._replace(bind=bind))


def test_a_runtime_directory_is_asked_for_below_run_only():
    """systemd makes the directory of sockets when it is below /run; any other is there already."""
    assert "\nRuntimeDirectory=shop\n" in files("systemd", SITE)["shop.service"]
    assert "RuntimeDirectory" not in files("systemd", SITE._replace(run="/srv/shop/log"))["shop.service"]


def test_a_name_that_is_to_be_a_variable():
    """rc.d: a hyphen becomes _, and a name that begins with a digit is refused."""
    assert "\nname=shop_2\n" in files("rcd", SITE._replace(name="shop-2"))["shop-2"]
    with pytest.raises(Misuse, match="begins with a digit"):
        files("rcd", SITE._replace(name="2shop"))


@pytest.mark.parametrize("kind", ["xinetd", "inetd", "tcpserver"])
def test_a_socket_file_where_a_port_is_opened(kind):
    """unix: is refused where the supervisor opens a port."""
    with pytest.raises(Misuse, match=r"HOST:PORT|cannot"):
        files(kind, SITE._replace(bind="unix:/run/shop sock"))


def test_patience_fits_the_drain():
    """supervisord waits longer than the drain that was asked for."""
    text = files("supervisord", SITE._replace(drain=90))["adapter.conf"]

    assert "--drain-timeout 90s\n" in text
    assert "\nstopwaitsecs=100 " in text


def test_together():
    """--all: a group of supervisord's, which finds the programs; a scan directory."""
    both = [SITE._replace(name=name, app=None, chdir=None, config=f"/etc/adapter/{name}.toml") for name in ("blog", "shop")]
    supervisord = files("supervisord", both, together=True)
    daemontools = files("daemontools", both, together=True)
    runit = files("runit", both, together=True)
    s6 = files("s6", both, together=True)
    circus = files("circus", both, together=True)

    assert set(supervisord) == {"supervisord.conf", "blog/adapter.conf", "shop/adapter.conf"}
    assert "[group:apps]\nprograms=blog,shop " in supervisord["supervisord.conf"]
    assert "\nfiles=*/adapter.conf " in supervisord["supervisord.conf"]
    assert "supervisorctl signal HUP apps:shop\n" in supervisord["shop/adapter.conf"]
    assert set(circus) == {"circus.ini", "blog/adapter.ini", "shop/adapter.ini"}
    assert circus["circus.ini"].endswith("\ninclude = */adapter.ini\n")
    assert "\ncmd = /v/adapter serve --config /etc/adapter/shop.toml\n    --control " in circus["shop/adapter.ini"]
    assert {"blog/run", "shop/run", "blog/log/run"} < set(daemontools)
    assert daemontools["shop/env/ADAPTER_CONFIG"] == "/etc/adapter/shop.toml\n"
    assert "shop/env/ADAPTER_APP" not in daemontools
    for scanned in (runit, s6):
        assert {"blog/run", "shop/run", "blog/log/run", "shop/finish"} < set(scanned)
        assert scanned["shop/env/ADAPTER_CONFIG"] == "/etc/adapter/shop.toml\n"
    assert s6["shop/timeout-kill"] == "30000\n"


@pytest.mark.parametrize("kind", ["daemontools", "runit", "s6", "tcpserver", "socat", "initd", "openrc", "rcd", "s6-overlay"])
def test_scripts_are_scripts(kind, tmp_path):
    """A shell can read every script, with a quote, a blank and a dollar in what it starts (where the syntax can say that)."""
    values = SITE if kind == "socat" else SITE._replace(app="it's $HOME.py", chdir="/srv/my shop/`x`")
    for path, file in render(KINDS[kind], templates(KINDS[kind]), [values]).items():
        if file.mode & 0o111:
            assert subprocess.run(["sh", "-n"], input=file.text, capture_output=True, text=True, check=False).stderr == "", path


def test_upstart_stanzas():
    """Each line of the job begins with a stanza of init(5), or goes on the one before; what it starts is one shell command."""
    text = files("upstart", SITE._replace(app="it's.py"))["shop.conf"]
    known = {"description", "start", "stop", "respawn", "kill", "umask", "console", "pre-start", "exec"}
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]

    assert {line.split()[0] for line in lines} == known
    assert shlex.split(lines[-1])[:4] == ["exec", "/v/adapter", "serve", "it's.py"]


def test_the_container_starts_what_was_said():
    """The Dockerfile's CMD is JSON, so no shell stands between, and its options are the server's."""
    text = files(
        "docker", SITE._replace(drain=KINDS["docker"].drain, app='a "b".py', more=(("--threads", "8"), ("--lazy-apps",)))
    )["Dockerfile"]
    words = json.loads(text.partition("\nCMD ")[2].replace("\\\n", ""))

    assert words[:3] == ["adapter", "serve", 'a "b".py']
    assert words[-3:] == ["--threads", "8", "--lazy-apps"]
    assert resolve(parse([word for word in words[2:] if word not in {"--chdir", "/srv/app"}], "serve"), {}).drain_timeout < 10


def test_the_container_has_the_file():
    """With a --config, too: it is beside the application there, whose directory and port are the container's."""
    values = SITE._replace(app=None, chdir=None, config="/etc/adapter/shop.toml")
    words = json.loads(files("docker", values)["Dockerfile"].partition("\nCMD ")[2].replace("\\\n", ""))
    run = files("s6-overlay", values)["s6-rc.d/shop/run"]

    assert words[:5] == ["adapter", "serve", "--config", "/srv/app/shop.toml", "--chdir"]
    assert shlex.split(run.rpartition("\nexec ")[2].replace("\\\n", ""))[:5] == words[:5]
