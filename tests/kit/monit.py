"""The real monit on the file of conf/monit, with a control file and a socket of its own.

with Monit() as site, Load(site.address) as load:
    site.deploy("exact.py", 2)
    site.monit("restart", "restart action done")
"""

import subprocess
from pathlib import Path

from kit.inetd import Site
from kit.lines import Lines
from kit.tail import Tail

PROGRAM = (
    Path(__file__).parents[2] / ".build" / "monit" / "usr" / "bin" / "monit"
)  # .ci/debian puts it there: installed it would start
_CONTROL = """\
set daemon 1
set log {0}/log/monit.log
set pidfile {0}/monit.pid
set idfile {0}/monit.id
set statefile {0}/monit.state
set httpd unixsocket {0}/monit.sock
    allow monit:"monit"
include {0}/sample
"""


class Monit(Site):
    """monit in the foreground, the site's process looked after."""

    folder = "monit"
    ready = "'shop' process is running with pid"
    signalled = 0

    def __init__(self, app: str = "exact.py") -> None:
        super().__init__("shop", app)
        self._control = self.directory / "monitrc"
        self._control.touch(mode=0o600)
        self._control.write_text(_CONTROL.format(self.directory))

    def argv(self) -> list[str]:
        return [str(PROGRAM), "-I", "-c", str(self._control)]

    def own_log(self) -> Lines:
        return Tail(self.directory / "log" / "monit.log")

    def web_log(self) -> Lines:
        return Tail(self.directory / "log" / "shop.log")

    def monit(self, verb: str, outcome: str) -> str:
        """`monit VERB shop`, and the line of its log that tells what came of it."""
        mark = self.own.mark()
        argv = [str(PROGRAM), "-c", str(self._control), verb, "shop"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, f"{done}"
        return self.own.wait_for(f"'shop' .*{outcome}", since=mark, timeout=60).string
