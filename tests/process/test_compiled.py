"""The hot path compiled (setup.py): built by pip, and held against the same tests as the source it is made of."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCE = ("adapter", "packaging", "README.md", "pyproject.toml", "setup.py")
HELD_AGAINST = (
    "tests/unit/gateway",
    "tests/unit/protocols",
    "tests/unit/roles/test_data_plane.py",
    "tests/unit/roles/test_deadlines.py",
    "tests/unit/roles/test_outgoing.py",
    "tests/unit/roles/test_threads.py",
    "tests/model/test_answers.py",
    "tests/model/test_http1.py",
    "tests/model/test_leading.py",
    "tests/process/test_handover.py",
    "tests/process/test_request_deadline.py",
    "tests/process/test_serving_drain.py",
    "tests/process/test_serving_requests.py",
    "tests/process/test_wire.py",
)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment with adapter compiled, and all else from ours."""
    place = tmp_path_factory.mktemp("compiled")
    source, environment = place / "source", place / "environment"
    source.mkdir()
    for name in SOURCE:
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, source / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", source]
    # As a user would, but for the C compiler's optimizer: what is tested is what mypyc makes of our source.
    env = {**os.environ, "ADAPTER_COMPILED": "1", "ADAPTER_COMPILED_OPTIMIZE": "0"}
    done = subprocess.run(pip, env=env, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    packages = next(environment.glob("lib/python*/site-packages"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_it_says_so(python: Path) -> None:
    """`adapter --version` tells a compiled one from its source."""
    said = subprocess.run(
        [python.with_name("adapter"), "--version"], capture_output=True, text=True, check=True, cwd=python.parent
    )
    assert said.stdout.endswith(" (compiled)\n")
    ours = subprocess.run([Path(sys.executable).with_name("adapter"), "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == ours.stdout.replace("\n", " (compiled)\n")


def test_an_inetd_connection(python: Path) -> None:
    """`adapter inetd` answers by the compiled modules; none is loaded by name from the bytecode that lies beside them."""
    app = "def application(environ, start_response):\n    from adapter.gateway import wsgi\n    start_response('200 OK', [])\n    return [wsgi.__file__.encode()]\n"
    (python.parent / "where.py").write_text(app)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"GET / HTTP/1.0\r\n\r\n")
        ours.shutdown(socket.SHUT_WR)
        done = subprocess.run(
            [python.with_name("adapter"), "inetd", "where"], cwd=python.parent, stdin=theirs, stdout=theirs, check=False
        )
        theirs.close()
        answer = ours.makefile("rb").read()
    assert not done.returncode
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(sysconfig.get_config_var("EXT_SUFFIX").encode())


def test_it_does_the_same(python: Path) -> None:
    """The data plane's tests pass, none skipped, when what they test is compiled."""
    # -P: not the source in the directory we are in.
    words = [python, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=tests", *HELD_AGAINST]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout.splitlines()[-1:]
    assert not done.returncode, done.stdout[-20_000:]
    assert " passed" in said[0]
    assert "skipped" not in said[0]


def test_not_where_it_would_hide_the_source() -> None:
    """An editable installation is not compiled: what is changed later would not be seen."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--dry-run", "--editable", ROOT]
    done = subprocess.run(pip, env={**os.environ, "ADAPTER_COMPILED": "1"}, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "cannot compile an editable installation" in done.stderr
