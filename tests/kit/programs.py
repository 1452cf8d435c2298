"""Several [program]s of conf/supervisord under one real supervisord with our plug-ins, each with its address, releases and log.

with Programs(("booting", "serving"), "gates.py") as site:
site["serving"].start("reload-app")
"""

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from signal import SIGKILL

from kit.asked import free_port
from kit.lines import Lines
from kit.logged import Logged
from kit.releases import Releases
from kit.supervisord import CONF, Supervisord

BIN = Path(sys.executable).parent


class Program(Logged):
    """One of them. What can be said: `VERB`, `signal-NAME`, `workers-N`, `pause,resume`; `rpc-…` for what is only to get somewhere."""

    def __init__(self, site: "Programs", name: str, app: str) -> None:
        self._site, self._name = site, name
        self.address = f"127.0.0.1:{free_port()}"
        self.release = Releases(site.directory / name, "examples").deploy(app, 1)

    @property
    def log(self) -> Lines:  # type: ignore[override]  # it is there once supervisord is
        """The log that supervisord writes."""
        return self._site.logs[self._name]

    def section(self) -> str:
        """The shipped [program:web] for this one. Stops have time: a busy machine takes its own to say all there is to say meanwhile."""
        text = (CONF / "adapter.conf").read_text()
        changes = {
            "[program:web]": f"[program:{self._name}]",
            "%(here)s/../../examples": str(self.release.parents[1] / "examples"),
            "127.0.0.1:%(ENV_PORT)s": self.address,
            "--workers 2": "--workers 1",
            "--drain-timeout 20s": "--drain-timeout 120s --boot-timeout 300s",
            "/web.": f"/{self._name}.",
            "startsecs=3": "startsecs=1",
            "stopwaitsecs=30": "stopwaitsecs=150",
        }
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        return text

    def start(self, *words: str) -> subprocess.Popen[str] | None:
        """Say it; None when it is done already."""
        (said,) = words
        verb, _, more = said.partition("-")
        if verb == "rpc":
            self._ways[more]()
            return None
        if said == "reload":
            self._site.reload_at_once()
            return None
        if said == "fg":
            return self._foreground()
        if said == "update":
            self._site.change(self._name)
        if said == "pause,resume":
            return self._site.asking_in_turn(("pause", self._name), ("resume", self._name))
        if verb == "signal":
            return self._site.asking("signal", more, self._name)
        if verb == "workers":
            return self._site.asking("workers", self._name, more)
        return self._site.asking(said, *([self._name] if said != "reread" else []))

    @property
    def _ways(self) -> dict[str, Callable[[], object]]:
        rpc, name = self._site.rpc, self._name
        signals = {each: partial(rpc, "signalProcess", name, each) for each in ("HUP", "TERM", "CONT")}
        return {"start": partial(rpc, "startProcess", name, False), "stop": partial(rpc, "stopProcess", name, False), **signals}

    def _foreground(self) -> subprocess.Popen[str]:
        """`fg`, until it is there, or says why not; then its terminal is closed."""
        command = self._site.asking("fg", self._name)
        assert command.stdout
        command.stdout.readline()
        command.send_signal(SIGKILL)
        return command

    def until_down(self) -> None:
        """Until supervisord has seen the end of the process that it started last."""
        log = self._site.log
        log.settle()  # what the program has said in its own log tells nothing of whether this one has been read so far
        started = max(at for at, line in enumerate(log.all()) if f"spawned: '{self._name}'" in line)
        log.wait_for(rf"(stopped|exited): {self._name} \(", since=started)


class Programs(Supervisord):
    """Programs `names`, all serving `app`."""

    def __init__(self, names: tuple[str, ...], app: str) -> None:
        super().__init__("adapter-fcgi-held.conf", app, main="supervisord-plugins.conf")
        self.names = names
        self.programs = {name: Program(self, name, app) for name in names}
        self._included = self._conf / "adapter-fcgi-held.conf"
        self._included.unlink()  # a link to the one that is shipped
        self._included.write_text("\n\n".join(each.section() for each in self.programs.values()))
        self._changing = threading.Lock()
        self._together = threading.Barrier(len(names), action=lambda: self.ctl("reload"))

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    def change(self, name: str) -> None:
        """Another setting of that program, for `update` to find."""
        with self._changing:
            before, head, after = self._included.read_text().partition(f"[program:{name}]\n")
            assert head
            fresh = self._included.with_name("included.new")
            fresh.write_text(before + head + _later(after))
            fresh.rename(self._included)

    def reload_at_once(self) -> None:
        """`supervisorctl reload`, said once when all are where they are to be."""
        self._together.wait(timeout=300)

    def asking_in_turn(self, *lines: tuple[str, ...]) -> subprocess.Popen[str]:
        """supervisorctl for each, as long as none fails."""
        ctl = f"{BIN}/supervisorctl -c {self._conf}/supervisord.conf"
        script = " && ".join(f"{ctl} {' '.join(words)}" for words in lines)
        return subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _later(text: str) -> str:
    """The first priority= one higher; it has none at first."""
    found = re.match(r"priority=(\d+)\n", text)
    return f"priority={int(found[1]) + 1}\n{text[found.end() :]}" if found else f"priority=1000\n{text}"
