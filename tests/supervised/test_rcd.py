"""The script of conf/rcd, made for a site by `adapter conf`. There is no FreeBSD here: /etc/rc.subr and daemon(8) are stand-ins of a few lines,
written after their manuals (kit/freebsd), so what is tested is the script: its words, and what it leaves to them.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.asked import Asked
from kit.initscript import Scripted
from kit.server import listening

_STANDINS = Path(__file__).parents[1] / "kit" / "freebsd"
_USER = () if os.geteuid() == 0 else ("--user", "--map-root-user")
_VIEW = """\
set -e
mount -t overlay overlay -o "lowerdir=$1:/etc" /etc
mount -t overlay overlay -o "lowerdir=$1:/usr/sbin" /usr/sbin
exec "$2" "$3"
"""


@pytest.fixture
def rcd() -> Iterator[Scripted]:
    """A site of its own; nothing may be left of it."""
    directory = Path(tempfile.mkdtemp(prefix="adapter-rcd-"))
    view = ("unshare", *_USER, "--mount", "sh", "-c", _VIEW, "sh", str(_STANDINS), str(directory / "init.d" / "shop"))
    site = Scripted("rcd", directory, view)
    try:
        yield site
    finally:
        left = site.close()
        print(site.log, file=sys.stderr)
    assert left == []
    assert not listening(site.address)
    shutil.rmtree(site.directory)


def test_a_life(rcd: Scripted) -> None:
    """start waits until a worker answers; reload tells how it went, good and broken; stop answers what is in flight, and ends daemon too."""
    rcd.deploy("hello.py", 1)
    code, said = rcd.starting("start")
    assert code == 0, f"{said}"
    assert Asked(rcd.address, "/").answer() == (200, b"hello\n")
    rcd.deploy("syntax_error.broken", 2)
    refused = rcd.service("reload")
    assert refused.returncode == 1, f"{refused}"
    assert "SyntaxError" in refused.stderr
    rcd.deploy("slow.py", 3)
    reloaded = rcd.service("reload")
    assert reloaded.returncode == 0, f"{reloaded}"
    slow = Asked(rcd.address, "/slow?seconds=1")
    assert Asked(rcd.address, "/slow?seconds=0").answer() == (200, b"slow\n")
    assert rcd.service("stop").returncode == 0
    assert slow.answer() == (200, b"slow\n")
    assert not (rcd.directory / "run" / "shop.pid").exists()
