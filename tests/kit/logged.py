"""One service under whichever supervisor, as its log and its clients see it."""

import re

from kit.asked import Asked
from kit.lines import Lines
from kit.server import Ready, fields

_STARTING = re.compile(r"adapter: info: starting .*?\bpid=(\d+)")
_OUTCOME = r"adapter: (info: serving generation=|error: (chain-)?reload failed: )"


class Logged:
    """`address` is where it serves, `log` the file of its logger."""

    address: str
    log: Lines

    @property
    def pid(self) -> int:
        """The process that started last, as it says itself."""
        return [int(found[1]) for line in self.log.all() if (found := _STARTING.search(line))][-1]

    def outcome(self, since: int) -> str:
        """Wait for the end of a start or reload; the line that tells it."""
        return self.log.wait_for(_OUTCOME, since=since, timeout=60).string

    def workers(self, since: int = 0) -> list[Ready]:
        """The workers that said they were ready, in the order of the log."""
        said = [fields(line) for line in self.log.all(since) if "adapter: info: ready worker=" in line]
        return [Ready(*(int(each[name]) for name in Ready._fields)) for each in said]

    def ask(self, path: str) -> Asked:
        """Send a request; its answer can be waited for later."""
        return Asked(self.address, path)

    def ask_slow(self, seconds: float) -> Asked:
        """A request that the application (slow.py) has already begun to work on for `seconds`."""
        mark = self.log.mark()
        asked = self.ask(f"/slow?seconds={seconds}")
        self.log.wait_for("slow: begun", since=mark)
        return asked
