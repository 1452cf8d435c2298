"""The house keeps its own rules: floors, sizes, words, and a reason beside every exception."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "adapter").rglob("*.py"))
PYTHON = [
    *CODE,
    *sorted((ROOT / "tests").rglob("*.py")),
    *sorted((ROOT / "examples").rglob("*.py")),
    *sorted((ROOT / "bench").rglob("*.py")),
    *sorted((ROOT / ".ci").rglob("*.py")),
]
TABLE = ROOT / "adapter/config/settings.py"
TEXT = [
    path
    for pattern in (
        "*.md",
        "*.toml",
        "Makefile",
        ".ci/*",
        "conf/**/*",
        "docs/*",
        "examples/*",
        "bench/**/*.py",
        "adapter/**/*.py",
        "tests/**/*.py",
    )
    for path in sorted(ROOT.glob(pattern))
    if path.is_file()
]


def named(path):
    """A path as one says it."""
    return str(path.relative_to(ROOT))


def test_floors():
    """Imports go down only, siblings never import each other, and the thinking rooms only think."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", CODE, ids=named)
def test_sizes(path):
    """A file has at most 300 lines and a function at most 40: past that a room is missing.

    The one table of options is as long as there are options; its functions are counted as anybody's.
    """
    source = path.read_text()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert len(source.splitlines()) <= 300 or path == TABLE
    assert [f"{node.name}: {length}" for node in functions if (length := node.end_lineno - node.lineno + 1) > 40] == []


@pytest.mark.parametrize("path", CODE, ids=named)
def test_words(path):
    """One word per thing: none of those that say nothing, and no module-wide `global`."""
    tree = ast.parse(path.read_text())
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    words = {word.lower() for name in [*names, path.stem] for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}

    assert words & {"util", "utils", "helper", "helpers", "manager", "handler", "harakiri", "murder", "arbiter"} == set()
    assert not any(isinstance(node, ast.Global) for node in ast.walk(tree))


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_exceptions_have_reasons(path):
    """Who asks the linter or the type checker to look away says why, on the line."""
    marks = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:)")
    reasoned = re.compile(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[a-z0-9, -]+\]|ruff: noqa: [A-Z0-9, ]+) +(--|#) \S+")
    lines = path.read_text().splitlines() if path != Path(__file__) else []

    assert [line.strip() for line in lines if marks.search(line) and not reasoned.search(line)] == []


def test_lint_exceptions_have_reasons():
    """Every rule that is switched off has its reason beside it."""
    text = (ROOT / "pyproject.toml").read_text()
    rules = re.findall(r'^  "([A-Z]+\d*)",(.*)$', text, re.MULTILINE)

    assert len(rules) > 20
    assert [rule for rule, reason in rules if not re.match(r" +# \S.{4}", reason)] == []


def test_nothing_postponed():
    """No promises to ourselves in the tree: what is missing stands in an issue."""
    later = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3 + r"\b")))

    assert [named(path) for path in TEXT if later.search(path.read_text(errors="replace"))] == []


def test_no_skips():
    """A test runs or fails: nobody skips or expects a failure."""
    words = re.compile(
        r"\b("
        + "|".join(("pytest\\.sk" + "ip", "mark\\.sk" + "ip", "mark\\.xf" + "ail", "pytest\\.xf" + "ail", "importor" + "skip"))
        + ")"
    )

    assert [named(path) for path in PYTHON if words.search(path.read_text())] == []


def test_no_registry():
    """The tree asks whatever package index the machine is set up for, and names none."""
    words = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "index-" + "url", "deb" + r"ian\.org/debian")))

    assert [named(path) for path in TEXT if words.search(path.read_text(errors="replace"))] == []


REPORTS = [
    ('<testcase classname="tests.test_a" name="x"/>', 0),
    ('<testcase classname="tests.test_a.TestX" name="x"/>', 0),
    ('<testcase classname="tests.test_a" name="x"><skipped type="skip"/></testcase>', 1),
    ('<testcase classname="tests.test_a" name="x"><skipped type="xfail"/></testcase>', 1),
    ('<testcase classname="tests.test_ab" name="x"/>', 1),
    ("", 1),
]


@pytest.mark.parametrize(("case", "code"), REPORTS)
def test_ci_is_red(tmp_path, case, code):
    """`.ci/run` is red when a test was skipped or expected to fail, and when a file of tests ran nothing."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").touch()
    (tmp_path / "junit.xml").write_text(f"<testsuites><testsuite>{case}</testsuite></testsuites>")
    check = ROOT / ".ci/nothing_skipped.py"
    run = subprocess.run([sys.executable, check, "junit.xml", "tests"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == code, run.stdout + run.stderr


def test_one_mypy():
    """The compiled build is made by the release of mypy that checks our types."""
    pins = {
        re.search(r'"mypy==([0-9.]+)"', (ROOT / name).read_text())[1] for name in ("pyproject.toml", "packaging/compiling.py")
    }
    assert len(pins) == 1, pins


def test_long_files_are_there():
    """Each file that tests/conftest.py has started first."""
    conftest = ast.parse((ROOT / "tests/conftest.py").read_text())
    (names,) = [
        ast.literal_eval(each.value) for each in conftest.body if isinstance(each, ast.Assign) and each.targets[0].id == "LONG"
    ]
    assert [name for name in names if not (ROOT / "tests" / name).is_file()] == []


def _said(code: str) -> str:
    """What a Python prints that knows nothing but itself and our source."""
    run = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return run.stdout


def test_inetd_is_light():
    """What each connection of inetd would pay for is not imported: of Python's modules these two, and none of the master's of ours."""
    code = (
        "import gc, os, sys; before = set(sys.modules); import adapter.__main__, adapter.bytecode, adapter.roles.inetd.inetd; "
        "print(*set(sys.modules) - before)"
    )
    names = set(_said(code).split())

    assert {name for name in names if not name.startswith("adapter")} == {"__future__", "_socket"}
    assert len(names) < 55
    assert not any(name.startswith(("adapter.lifecycle", "adapter.cli", "adapter.roles.worker")) for name in names)


def test_inetd_has_its_list():
    """`adapter inetd` says all that it is going to import, in order: each module by itself, as what it imports is there already."""
    code = (
        "import sys; from adapter.__main__ import INETD\n"
        "for each in (*(path.strip('/').replace('/', '.') for path in INETD), 'roles.inetd.inetd'):\n"
        "    before = set(sys.modules)\n"
        "    __import__(f'adapter.{each}')\n"
        "    print(each, *[name for name in set(sys.modules) - before if name.startswith('adapter.')])"
    )
    *listed, again = _said(code).splitlines()
    assert [line for line in listed if line != "{0} adapter.{0}".format(line.partition(" ")[0])] == []
    assert again == "roles.inetd.inetd"


def test_the_command_is_light():
    """The script that is installed as `adapter` imports us and nothing else: inetd starts it for each connection."""
    script = (ROOT / "packaging/bin/adapter").read_text()
    imports = [ast.unparse(node) for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import | ast.ImportFrom)]

    assert script.startswith("#!python\n")  # what installers replace by their own Python
    assert imports == ["import sys", "from adapter.__main__ import main"]
