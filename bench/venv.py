"""The virtual environment of the bench: adapter and its peers, one Python, pinned versions."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bench.peers import SHARED, Peer

ROOT = Path(__file__).parent.parent


class MissingError(Exception):
    """What must be there cannot be installed."""


def _pip(venv: Path, *names: str, environ: Mapping[str, str] = os.environ) -> str:
    """Install; what went wrong, in one sentence, or nothing."""
    words = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *names]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environ)
    if not done.returncode:
        return ""
    said: list[str] = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()] or [
        "pip failed and did not say why"
    ]
    return said[0]


def prepare(venv: Path, peers: Iterable[Peer], say: Callable[[str], None]) -> dict[str, str]:
    """Make it, or complete it; why a peer is missing, by pins. Nothing is asked of anybody when all is there.

    MissingError: adapter itself, or what the applications need, cannot be installed.
    """
    if not (venv / "bin/python").exists():
        say(f"making {venv}")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    have = versions(venv)
    _prepare_ours(venv, have, say)
    missing = {}
    for peer in peers:
        if peer.compiled and not _current(compiled(venv)):
            say("compiling adapter")
            for left in (compiled(venv), ROOT / "build"):  # setuptools puts what it finds in the second into what it makes
                shutil.rmtree(left, ignore_errors=True)
            wheel = ("--no-deps", "--target", str(compiled(venv)), str(ROOT))
            if why := _pip(venv, *wheel, environ={**os.environ, "ADAPTER_COMPILED": "1"}):
                missing[peer.name] = why
        wanted = [pin for pin in peer.pins if not _met(pin, have)]
        if wanted:
            say(f"installing {', '.join(wanted)}")
            if why := _pip(venv, *wanted):
                missing[peer.name] = why
    return missing


def _prepare_ours(venv: Path, have: Mapping[str, str], say: Callable[[str], None]) -> None:
    if not all(_met(pin, have) for pin in SHARED):
        say("installing what the applications need")
        if why := _pip(venv, *SHARED):
            raise MissingError(f"cannot install what the applications need into {venv}: {why}")
    if not _current(installed(venv)):  # as a user does: of a checkout's modules the path, and so each import, would be longer
        say("installing adapter")
        shutil.rmtree(ROOT / "build", ignore_errors=True)
        if why := _pip(venv, "--force-reinstall", "--no-deps", str(ROOT)) or _pip(venv, str(ROOT)):
            raise MissingError(f"cannot install adapter into {venv}: {why}")


def installed(venv: Path) -> Path:
    """Where adapter is."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return venv / "lib" / python / "site-packages/adapter"


def compiled(venv: Path) -> Path:
    """Where adapter is, with its hot path compiled; for PYTHONPATH, since beside the other it would be the same distribution."""
    return venv / "compiled"


def _current(built: Path) -> bool:
    """Built after the last change of what it was built from."""
    return built.exists() and built.stat().st_mtime > max(path.stat().st_mtime for path in (ROOT / "adapter").rglob("*.py"))


def _met(pin: str, have: Mapping[str, str]) -> bool:
    name, _, version = pin.partition("==")
    return have.get(name.lower()) == version


def versions(venv: Path) -> dict[str, str]:
    """What is installed there: names in small letters, and versions."""
    code = "import json, importlib.metadata as m; print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
    return dict(json.loads(subprocess.run([venv / "bin/python", "-I", "-c", code], capture_output=True, check=True).stdout))
