"""The bench's command, as far as it can be tried without its peers and without measuring time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def bench(tmp_path, *options):
    """One tiny round, in the environment that the tests run in."""
    kept = tmp_path / "kept.json"
    words = [sys.executable, "-m", "bench", *options, f"--venv={sys.prefix}", "--installed", f"--keep={kept}"]
    run = subprocess.run([*words, "--rounds=1", "--seconds=0.5"], cwd=ROOT, capture_output=True, text=True, check=False)
    return run, json.loads(kept.read_text()) if kept.exists() else None


def test_one_round(tmp_path):
    """A round of adapter beside itself is measured without a wrong answer, kept, and told as a page."""
    run, kept = bench(tmp_path, "--only=mix", "--servers=adapter")

    assert run.returncode == 0, run.stderr
    (sample,) = kept["samples"]["mix"]["adapter"]
    assert sample["errors"] == 0
    assert 0 < sample["p50_alone"] <= sample["p99_alone"]
    assert "| adapter | " in run.stdout


def test_not_installed(tmp_path):
    """A server that does not come up is told of by name, with its own words, and the rest goes on."""
    run, kept = bench(tmp_path, "--only=boot", "--servers=bjoern,adapter")

    assert run.returncode == 1
    assert "No module named 'bjoern'" in kept["failed"]["boot"]["bjoern"]
    assert len(kept["samples"]["boot"]["adapter"]) == 1
    assert "| bjoern | failed |" in run.stdout


@pytest.mark.parametrize(
    ("option", "said"), [("--only=hallo", "there is no hallo; there are hello,"), ("--servers=uwsgy", "no uwsgy")]
)
def test_unknown(tmp_path, option, said):
    """A workload or server that does not exist is refused by name before anything is started."""
    run, kept = bench(tmp_path, option)

    assert (run.returncode, kept) == (2, None)
    assert said in run.stderr
