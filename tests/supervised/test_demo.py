"""`adapter demo`: the tour under each real supervisor, to its end or to Ctrl-C."""

import re
import subprocess
from pathlib import Path
from signal import SIGINT

import pytest

from adapter.roles.demo.kinds import KINDS
from kit.environment import environment
from kit.server import PROGRAM, Caged


@pytest.fixture
def demo(tmp_path):
    """`adapter demo WORDS…`, begun; nothing of it may be left."""
    begun = []

    def begin(*words):
        begun.append(Caged([*PROGRAM, "demo", *words], tmp_path, environment()))
        return begun[-1]

    yield begin
    for each in begun:
        print(*each.log.all(), sep="\n")
        assert each.end() == []


def directory(tour):
    """Where it happens."""
    return Path(tour.log.wait_for(r"^\S+, the sample application, .* in (/\S+)$")[1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_tour(demo, kind):
    """Restart, reload, broken deploy, rollback: nothing lost, nobody refused but by the restart; then all is gone."""
    tour = demo(kind, "--fast")
    where = directory(tour)

    assert tour.exit_code(300) == 0
    tour.wait_alone()
    said = tour.log.all()
    steps = [line for line in said if re.fullmatch(r"  [\d,]+ answered, .*, 0 lost; .*", line)]
    assert len(steps) == 5
    assert all(", 0 refused, " in line for line in steps[1:4])
    assert any("SyntaxError" in line for line in said)
    assert not where.exists()


def test_interrupted(demo):
    """Ctrl-C in the middle: exit 1, everything that was started has ended, the directory is gone."""
    tour = demo("daemontools")
    where = directory(tour)
    tour.log.wait_for(r'says "Hello"', timeout=90)
    tour.signal(SIGINT)

    assert tour.exit_code(120) == 1
    tour.wait_alone()
    assert not where.exists()
    assert tour.log.all()[-1] == "adapter: fatal: interrupted"


def test_not_installed(tmp_path):
    """Without the supervisor: a sentence that says what to install, exit 100, nothing started."""
    done = subprocess.run(
        [*PROGRAM, "demo", "daemontools"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (100, "")
    assert "needs svscan, supervise, svc, multilog: install daemontools first (Debian: apt install daemontools)" in done.stderr
