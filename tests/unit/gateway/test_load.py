"""Every way to name an application, and every way to name it wrongly."""

import os
import sys

import pytest

from adapter.exits import Misuse
from adapter.gateway.load import load, load_all

APP = """
def application(environ, start_response): return ["application"]
def app(environ, start_response): return ["app"]
def make(): return lambda environ, start_response: ["made"]
def empty(): return None
def broken(): raise RuntimeError("the factory's own")
class Holder:
    inner = staticmethod(lambda environ, start_response: ["inner"])
    def __call__(self, environ, start_response): return ["instance"]
holder = Holder()
number = 5
nothing = None
"""


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch):
    """A directory with applications, as the current one; imports are forgotten afterwards."""
    for name, text in {
        "siteapp.py": APP,
        "onlyapp.py": "def app(environ, start_response): return ['app']",
        "neither.py": "import os\ndef serve(environ, start_response): return []\ndef also(): return 1",
        "empty.py": "",
        "raises.py": "1 / 0",
        "leaves.py": "raise SystemExit(3)",
        "syntax.py": "def (:",
        "missing_inside.py": "import sitedep_that_is_missing",
        "sub/pkg/__init__.py": "",
        "sub/pkg/wsgi.py": "from sibling import app",
        "sub/sibling.py": "def app(environ, start_response): return ['sibling']",
        "pkgdir/__init__.py": "",
        "pkgdir/wsgi.py": APP,
        "dash-ed.py": APP,
        "sub/beside.py": "from sibling import app as application",
        "sub/json.py": "application = len",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = dict(sys.modules)
    yield tmp_path
    sys.modules.clear()
    sys.modules.update(before)


def said(app):
    return list(app({}, lambda *_: None))[0]  # noqa: RUF015 -- it is a list


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        ("siteapp", "application"),
        ("siteapp:app", "app"),
        ("siteapp:make()", "made"),
        ("siteapp:holder", "instance"),
        ("siteapp:holder.inner", "inner"),
        ("siteapp:Holder()", "instance"),
        ("onlyapp", "app"),
        ("pkgdir.wsgi:app", "app"),
        ("siteapp.py", "application"),
        ("./siteapp.py:app", "app"),
        ("siteapp.py:make()", "made"),
        ("dash-ed.py", "application"),
        ("sub/beside.py", "sibling"),
    ],
)
def test_it_is_found(spec, answer):
    """Modules in the current directory, packages, files, defaults, dotted paths, factories."""
    assert said(load(spec)) == answer


def test_a_file_is_found_by_its_whole_path(site):
    """An absolute path does not depend on the current directory, which stays as it is."""
    os.chdir("/")
    assert said(load(f"{site}/siteapp.py:app")) == "app"


def test_a_file_may_have_a_name_that_is_taken():
    """`json.py` is loaded although a `json` has been imported before."""
    import json

    assert load("sub/json.py") is len
    assert json.loads("1") == 1


def test_a_file_is_a_module_like_any_other():
    """What it defines can be found by its module's name, as pickle and multiprocessing need."""
    app = load("siteapp.py")
    assert sys.modules["siteapp"].application is app


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", ["pkg.mod:callable"]),
        (":app", ["':app'", "pkg.mod:callable"]),
        ("siteapp:", ["'siteapp:'"]),
        ("siteap:app", ["no module 'siteap'", "looked in", "did you mean 'siteapp'?"]),
        ("pkgdir.wsg:app", ["no module 'pkgdir.wsg'", "pkgdir", "did you mean 'wsgi'?"]),
        ("nowhere.at.all", ["no module 'nowhere' (of 'nowhere.at.all')"]),
        ("siteapp.wsgi:app", ["'siteapp' is a module, not a package"]),
        ("dash-ed:app", ["'dash-ed' is not the name of a module"]),
        ("a b", ["'a b' is not the name of a module"]),
        ("..siteapp", ["is not the name of a module"]),
        ("siteapp:aplication", ["no 'aplication' in siteapp", "did you mean 'application'?"]),
        ("siteapp:holder.iner", ["no 'iner' in 'holder.iner' of siteapp", "did you mean 'inner'?"]),
        ("siteapp:a-b", ["'a-b'", "not a name"]),
        ("siteapp:make(1)", ["'make(1)'", "not a name"]),
        ("siteapp:app:app", ["not a name"]),
        ("siteapp:()", ["'()'", "not a name"]),
        ("siteapp:number", ["number in siteapp is of type int, which cannot be called"]),
        ("siteapp:empty()", ["what empty() returned in siteapp is None"]),
        ("siteapp:nothing", ["nothing in siteapp is None"]),
        ("siteapp:number()", ["number in siteapp is of type int"]),
        ("neither", ["neither `application` nor `app` in neither", "also, serve", "`neither:"]),
        ("empty", ["neither `application` nor `app` in empty"]),
        ("siteap.py", ["no file 'siteap.py'", "did you mean 'siteapp.py'?"]),
        ("./missing/x.py", ["no file './missing/x.py'"]),
        ("sub/pkg", ["no file 'sub/pkg'"]),
        ("siteapp.py:nope", ["no 'nope' in siteapp.py"]),
    ],
)
def test_what_is_not_there_is_named(spec, words):
    """One sentence says what was tried and what is near; the code says that trying again is no use."""
    with pytest.raises(Misuse) as caught:
        load(spec)
    assert caught.value.code == 100
    for word in words:
        assert word in caught.value.sentence


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("raises", ZeroDivisionError),
        ("raises.py", ZeroDivisionError),
        ("leaves", SystemExit),
        ("syntax", SyntaxError),
        ("syntax.py", SyntaxError),
        ("missing_inside", ModuleNotFoundError),
        ("missing_inside.py", ModuleNotFoundError),
        ("siteapp:broken()", RuntimeError),
    ],
)
def test_the_applications_own_failures_go_through(spec, error):
    """What the application raises while it is imported or built is its own, traceback and all."""
    with pytest.raises(error) as caught:
        load(spec)
    assert not isinstance(caught.value, Misuse)


def test_a_file_that_fails_leaves_nothing_behind():
    """A half-imported module is forgotten, as import itself does."""
    with pytest.raises(ZeroDivisionError):
        load("raises.py")
    assert "raises" not in sys.modules


def test_a_script(site, monkeypatch):
    """A file of any name is Python, and does not hide the package it imports, nor share the cache of a `.py` beside it."""
    (site / "siteapp.wsgi").write_text("import siteapp; application = siteapp.app")
    load("siteapp")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    assert said(load("./siteapp.wsgi")) == "app"
    assert sys.modules["siteapp"].__file__ == str(site / "siteapp.py")
    assert "siteapp_wsgi" in sys.modules
    assert not (site / "__pycache__").exists()


def test_imports_come_first(site):
    """What is to be imported first is, a module or a file; when it is not there, that is the failure."""
    (site / "first.py").write_text("import builtins; builtins.order = ['first']")
    (site / "second.py").write_text("import builtins; builtins.order.append('second'); application = lambda *_: builtins.order")

    assert load_all("second", [], ["first.py"])({}, None) == ["first", "second"]
    with pytest.raises(Misuse, match="'frist'"):
        load_all("second", [], ["frist"])
