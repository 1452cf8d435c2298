"""uWSGI's INI: a row for each rule of its grammar."""

import pytest

from adapter.config.ini.reading import read
from adapter.exits import ASKED_WRONGLY, Misuse
from kit.grammar import ENVIRON, FILE, FILES, LINES
from kit.paper import Paper


def reading(text, environ=ENVIRON, spec=FILE, **files):
    return read(spec, environ, world=Paper({**FILES, FILE: text, **files}))


def said(written):
    return [f"{line.name}={line.value}" for line in written]


@pytest.mark.parametrize(("text", "lines"), LINES, ids=[text for text, _ in LINES])
def test_a_rule_of_the_grammar(text, lines):
    """The lines of a section come out in order, included, repeated and filled in as uWSGI does it."""
    assert said(reading(f"[uwsgi]\n{text}\n[second]\ns = second").lines) == lines


# What stands in [uwsgi] from line 2 on, and the sentence, FILE for the file.
REFUSED = [
    ("= 4", "FILE:2: there is no name before the ="),
    ("a\0b = 1", "FILE:2: there is a NUL byte, so this is no text"),
    ("a = 1\rb = 2", "FILE:2: there is a carriage return inside the line: let each line end in a newline"),
    (b"a = caf\xe9", "FILE:2: byte 8 of the line is not UTF-8"),
    ("a = " + "x" * 40_000, "FILE:2: the line is longer than 32768 bytes"),
    ("a = " + "%p" * 10_000, "FILE:2: the value is longer than 65536 characters"),
    ("[uwsgi] ; mine", "FILE:2: '[uwsgi] ; mine' is no section: write the name in brackets, and nothing behind them"),
    ("[uwsgi", "FILE:2: '[uwsgi' is no section: write the name in brackets, and nothing behind them"),
    ("ini = none.ini", "FILE:2: cannot read none.ini: No such file or directory"),
    (
        "ini = $(HOME)/x.ini",
        "FILE:2: cannot read $(HOME)/x.ini: No such file or directory, before $(HOME)/x.ini could be filled in",
    ),
    ("ini =", "FILE:2: name the file to be included"),
    ("ini = http://x/y.ini", "FILE:2: cannot read http://x/y.ini: only files are read; put what it gives into one"),
    ("ini = exec://reboot", "FILE:2: cannot read exec://reboot: only files are read; put what it gives into one"),
    ("ini = -", "FILE:2: cannot read -: only files are read; put what it gives into one"),
    ("yaml = x.yaml", "FILE:2: cannot read x.yaml: only INI (and TOML) is understood; write it as INI"),
    ("include = x.json", "FILE:2: cannot read x.json: only INI (and TOML) is understood; write it as INI"),
    ("ini = :adapter", "FILE:2: [adapter] is read with every section: name one of uWSGI's, or none"),
    ("ini = :uwsgi", "FILE:2: the files include each other in a circle: /srv/app/FILE [uwsgi] -> /srv/app/FILE [uwsgi]"),
    (
        "ini = circle.ini",
        "round.ini:3: the files include each other in a circle: /srv/app/circle.ini [uwsgi] -> /srv/app/round.ini [uwsgi] -> /srv/app/circle.ini [uwsgi]",
    ),
    ("ini = deep.ini", "deep.ini:30: more than 16 files inside each other, or 64 in all, are not read"),
    ("ini = wide.ini", "wide.ini:3: more than 16 files inside each other, or 64 in all, are not read"),
    ("ini = many.ini", "many.ini:10002: there are more than 10000 lines, so this is no configuration"),
    ("\n" * 50_000, "FILE:50001: there are more lines than 50000, so this is no configuration"),
    ("ini = big", "FILE:2: cannot read big: it is larger than 1048576 bytes"),
    ("ini = binary", "binary:1: there is a NUL byte, so this is no text"),
    ("if-env = A\nif-env = B", "FILE:3: if-env inside the if-env of FILE:2: end that first, blocks do not go into blocks"),
    ("if-env = NO\nfor = B", "FILE:3: for inside the if-env of FILE:2: end that first, blocks do not go into blocks"),
    ("else", "FILE:2: else belongs to an if-, and there is none"),
    ("for = a\nelse", "FILE:3: else belongs to an if-, and for is none"),
    ("set = for=a", "FILE:2: for must be on a line of its own"),
    ("set = a", "FILE:2: set wants NAME=VALUE"),
    ("set-ph = =a", "FILE:2: set-ph wants NAME=VALUE"),
    ("declare-option = a", "FILE:2: declare-option wants NAME=TEMPLATE"),
    ("declare-option = a=b=$1;a=$1\na = 1", "FILE:3: a is declared as made of itself"),
    ("declare-option = a= =1\na", "FILE:3: a is declared as made of an option without a name"),
    ("set = = 1", "FILE:2: set wants NAME=VALUE"),
    ("exit", "FILE:2: the file says exit"),
    ("print = no database\nexit = 1", "FILE:3: the file says exit: no database"),
    ("resolve = a=b", "FILE:2: names are not resolved here"),
    ("for-times = x", "FILE:2: 'x' is not a number of times"),
    ("for-times = 1001", "FILE:2: the loop has more than 1000 turns"),
    ("for-times = 999999999", "FILE:2: the loop has more than 1000 turns"),
    ("for-readline = none", "FILE:2: cannot read none: No such file or directory"),
    ("for-readline = binary", "FILE:2: cannot read binary: there is a NUL byte, so this is no text"),
    ("for-readline = latin", "FILE:2: cannot read latin: byte 3 is not UTF-8"),
    ("for-times = 1000\n" + "a = 1\n" * 11, "FILE:13: there are more than 10000 options, so this is no configuration"),
    ("for = " + "x" * 30_000 + "\na = " + "%(_)" * 3, "FILE:3: the value is longer than 65536 characters"),
    ("if-hostname-match = (a+)+", "FILE:2: a group that is repeated can take for ever"),
    ("if-hostname-match = a*a*a*a*a*", "FILE:2: the pattern can take too long"),
    ("if-hostname-match = " + "(a|a)" * 20, "FILE:2: the pattern can take too long"),
    ("if-hostname-match = (?x)(a) *", "FILE:2: of the groups that begin with (? only (?: is understood"),
    ("if-hostname-match = (?=a)", "FILE:2: of the groups that begin with (? only (?: is understood"),
    ("if-hostname-match = " + "a" * 201, "FILE:2: the pattern can take too long"),
    ("if-hostname-match = " + "(?:a|b|c|d)" * 8 + "x*", "FILE:2: the pattern can take too long"),
    ("if-hostname-match = a[", "FILE:2: the pattern is not a regular expression: unterminated character set"),
    ("if-hostname-match = [[a]", "FILE:2: the pattern is not a regular expression: Possible nested set"),
    ("if-hostname-match = a{99999999999}", "FILE:2: the pattern is not a regular expression: the repetition number is too large"),
    ("a = @(none)", "FILE:2: cannot read none: No such file or directory"),
    ("a = @(@(lines))", "FILE:2: a file's name is one line"),
    ("inherit = @(lines)", "FILE:2: a file's name is one line"),
    ("a = @(http://x)", "FILE:2: cannot read http://x: only files are read; put what it gives into one"),
    ("a = @(binary)", "FILE:2: cannot read binary: there is a NUL byte, so this is no text"),
    ("a = @(latin)", "FILE:2: cannot read latin: byte 3 is not UTF-8"),
    ("a = @(big)", "FILE:2: cannot read big: it is larger than 65536 bytes"),
    ("a = x%(a)", "FILE:2: %(a) is filled in over and over: something there is made of itself"),
    ("a = %(a)", "FILE:2: %(a) is filled in over and over: something there is made of itself"),
    ("a = %(b)%(b)\nb = %(a)", "FILE:2: %(b) is filled in over and over: something there is made of itself"),
    ("a = " + "x" * 30_000 + "%(a)", "FILE:2: the value is longer than 65536 characters"),
    ("inherit = none.ini", "FILE:2: cannot read none.ini: No such file or directory"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED, ids=[str(text)[:60] for text, _ in REFUSED])
def test_a_refusal(text, sentence):
    """What cannot be read is refused in one sentence, with its file and line, as a misuse."""
    text = text if isinstance(text, bytes) else text.encode()

    with pytest.raises(Misuse) as refused:
        reading(b"[uwsgi]\n" + text)

    assert refused.value.sentence.startswith(sentence.replace("FILE", FILE))
    assert refused.value.code == ASKED_WRONGLY


SPECS = [
    ("conf/other.ini", ["o=other"]),
    ("conf/other.ini:", ["o=other"]),
    ("conf/other.ini:more", ["m=more/srv/app/conf/other.ini"]),
    ("conf/table.toml", ["processes=4", "master=true", "env=A=1", "env=B=2", "env=C=3"]),
    ("native.ini", []),
]


@pytest.mark.parametrize(("spec", "lines"), SPECS)
def test_what_is_asked_for(spec, lines):
    """A file is asked for alone or with one of its sections; a file for us alone needs none of uWSGI's."""
    files = {**FILES, "native.ini": "[adapter]\nworkers = 1\n"}

    assert said(read(spec, {}, world=Paper(files)).lines) == lines


NO_SPECS = [
    ("", "--ini of nothing: name a file"),
    (":x", "--ini :x: name a file"),
    ("none.ini", "cannot read none.ini: No such file or directory"),
    ("conf/other.ini:moar", "conf/other.ini has no section [moar]: did you mean more?"),
    ("secret", "secret has no section [uwsgi]"),
    ("conf/other.ini:adapter", "[adapter] is read with every section"),
    ("http://x/y.ini", "cannot read http://x/y.ini: only files are read"),
    ("-", "cannot read -: only files are read"),
    ("x.xml", "cannot read x.xml: only INI (and TOML) is understood"),
    ("big", "cannot read big: it is larger than 1048576 bytes"),
]


@pytest.mark.parametrize(("spec", "sentence"), NO_SPECS)
def test_what_cannot_be_asked_for(spec, sentence):
    """A file or section that is not there, or not one of ours to read, is named in the sentence."""
    with pytest.raises(Misuse) as refused:
        read(spec, {}, world=Paper(FILES))

    assert refused.value.sentence.startswith(sentence)


TOML = [
    ("[uwsgi]\nx = 1\n", ["x=1"]),
    ('[uwsgi]\nx = "%n"\ny = "%(x)"\n[adapter]\n', ["x=my", "y=my"]),
    ("[uwsgi.env]\nA = 1\nB = true\n", ["env=A=1", "env=B=true"]),
    ("[uwsgi]\nx = [1, 2.5, false]\n", ["x=1", "x=2.5", "x=false"]),
    ("[uwsgi]\nx = 1979-05-27\n", "my.toml:2: x must be text, a number, true or false, or a list of them"),
    ('[uwsgi]\nx = """a\nb"""\n', "my.toml:2: a value is one line"),
    ('[uwsgi]\nx = "a\\u0000"\n', "my.toml:2: a value is one line"),
    ("uwsgi = 3\n", "my.toml:1: uwsgi must be a table"),
    ("[uwsgi\n", "cannot read my.toml: expected"),
    ("[uwsgi]\nx = " + "[" * 5000, "cannot read my.toml: it is nested too deeply"),
    ("[uwsgi]\nx = " + "1" * 5000, "cannot read my.toml: exceeds the limit"),
    (b"[uwsgi]\nx = '\xe9'", "cannot read my.toml: byte 13 is not UTF-8"),
    (b"#" * 70_000, "cannot read my.toml: it is larger than 65536 bytes"),
]


@pytest.mark.parametrize(("text", "outcome"), TOML, ids=[str(text)[:40] for text, _ in TOML])
def test_toml(text, outcome):
    """The same tables in TOML say the same, and what is wrong there is one sentence too."""
    world = Paper({"my.toml": text})
    if isinstance(outcome, list):
        assert said(read("my.toml", {}, world=world).lines) == outcome
    else:
        with pytest.raises(Misuse) as refused:
            read("my.toml", {}, world=world)
        assert refused.value.sentence.startswith(outcome)


REMARKS = [
    ("a = 1", None),
    ("processes = 4 # four", "FILE:2: there are no comments behind a value in this grammar: all of it is the value of processes"),
    ("chdir = /x ; y", "FILE:2: there are no comments behind a value in this grammar: all of it is the value of chdir"),
    ("route = ^/ redirect:/ # x", None),
    ("add-header = A: b; c", None),
    ("static-map = /a#b=/c", None),
    ("a = %Y", "FILE:2: %Y is no variable of uWSGI's and goes away; write %% for a percent sign"),
    ("a = 5%", "FILE:2: a % at the end of a line takes the next line with it in uWSGI, not here; write %%"),
    ("# 5%\na = 1", "FILE:2: this comment ends in a %, so uWSGI never saw the line below; here it counts"),
    ("a = $(NO_SUCH)", "FILE:2: NO_SUCH is not in the environment: $(NO_SUCH) stays as it is"),
    ("exec-asap = sh -c 'echo $(date)'", None),
    ("a = %(none)", "FILE:2: nothing is called none: %(none) stays as it is"),
    ("log-format = %(addr)", None),
    ("endif", "FILE:2: there is nothing for endif to end"),
    (
        "if-env = NO\nelse\nendif",
        "FILE:3: uWSGI 2.0 knows no else, and takes what follows for a part of its if-env; here it is one",
    ),
    ("if-env = A", "FILE:2: if-env is never ended: it ends with the section"),
    ("if-file = %(x)/y\nendif", "FILE:2: if-file is decided as it is read, before %(x)/y could be filled in"),
    ("include = conf/other.ini:no", "FILE:2: conf/other.ini has no section [no]"),
    (
        "include = conf/other.ini\ninclude = :more",
        "FILE:3: :more is looked for in conf/other.ini, as that was the last file to be read",
    ),
    ("x = 1\nprint = x is %(x)", "FILE:3: x is 1"),
    ("iprint = x is %(x)", "FILE:2: x is %(x)"),
]


@pytest.mark.parametrize(("text", "remark"), REMARKS, ids=[text for text, _ in REMARKS])
def test_a_remark(text, remark):
    """What is read otherwise than it looks is said, once, with file and line; what is plain is not remarked on."""
    assert reading(f"[uwsgi]\n{text}").remarks == (() if remark is None else (remark.replace("FILE", FILE),))


def test_places():
    """Each option knows its file and line, through includes and loops; one of the environment its variable."""
    written = reading("[uwsgi]\n\nfor = a b\nx = %(_)\nendfor\nini = conf/other.ini", {"UWSGI_MASTER": "1"}).lines

    assert [line.place for line in written] == ["UWSGI_MASTER in the environment", f"{FILE}:4", f"{FILE}:4", "conf/other.ini:2"]


def test_environment():
    """UWSGI_ variables are options that come first, so that placeholders take theirs; those between uWSGI's own processes are none."""
    environ = {"UWSGI_X": "env", "UWSGI_LAZY_APPS": "", "UWSGI_RELOADS": "1", "UWSGI_EMPEROR_FD": "3", "UWSGIX": "1", "PATH": "/"}

    found = reading("[uwsgi]\nx = file\na = %(x)", environ)

    assert said(found.lines) == ["x=env", "lazy-apps=", "x=file", "a=env"]
    assert found.used == {"x"}


def test_an_image_that_names_the_same_file_again():
    """UWSGI_INI with the very file that is asked for does not read it twice; another one is included."""
    assert said(reading("[uwsgi]\na = 1", {"UWSGI_INI": f"{FILE}:uwsgi"}).lines) == ["a=1"]
    assert said(reading("[uwsgi]\na = 1", {"UWSGI_INI": "conf/other.ini"}).lines) == ["o=other", "a=1"]


def test_logic_in_the_environment():
    """A condition or loop cannot come from the environment, where nothing would follow it."""
    with pytest.raises(Misuse, match=r"UWSGI_IF_ENV in the environment: if-env belongs in a file, not in the environment"):
        reading("[uwsgi]\n", {"UWSGI_IF_ENV": "A"})


def test_reload():
    """if-reload holds when a reload reads the file, which is read anew each time."""
    world = Paper({"a.ini": "[uwsgi]\nif-reload\na = 1\nendif\nif-not-reload\nb = 1\nendif"})

    assert said(read("a.ini", {}, world=world).lines) == ["b=1"]
    assert said(read("a.ini", {}, again=True, world=world).lines) == ["a=1"]


def test_our_own_section():
    """[adapter] is read beside any section, with the same placeholders; the including file has the last word."""
    found = reading(
        "[adapter]\nworkers = %(n)\nchdir = %d\n[uwsgi]\nn = 3\nini = more.ini",
        **{"more.ini": "[adapter]\nworkers = 1\n[uwsgi]\nb"},
    )

    assert said(found.native) == ["workers=1", "workers=3", "chdir=/srv/app/conf/"]
    assert [line.place for line in found.native] == ["more.ini:2", f"{FILE}:2", f"{FILE}:3"]
