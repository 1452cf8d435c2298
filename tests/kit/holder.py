"""The real `adapter hold`, and servers on what it holds.

with Holder("web=127.0.0.1:0") as holder, Adapter("exact.py", bind=(holder.bind("web"),), keeps_listener=True) as server:
…
"""

import re

from kit.server import Adapter


class Holder(Adapter):
    """`adapter hold DIRECTORY/hold.sock LISTENERS… OPTIONS…`."""

    command = "hold"

    def __init__(self, *words: str) -> None:
        super().__init__("{directory}/hold.sock", *words, bind=())
        self.socket = str(self.directory / "hold.sock")

    def bind(self, name: str = "") -> str:
        """What --bind says for this listener, of a holder that is ready: a server that finds nobody there ends."""
        self.wait_for("adapter: info: ready ")
        return f"hold:{self.socket}#{name}" if name else f"hold:{self.socket}"

    def held(self, name: str) -> str:
        """Where the listener is, once the holder is ready."""
        self.wait_for("adapter: info: ready socket=")
        return self.wait_for(rf"adapter: info: holding name={re.escape(name)} ")["address"]

    @property
    def address(self) -> str:
        """Where its first listener is."""
        self.wait_for("adapter: info: ready socket=")
        return self.wait_for("adapter: info: holding name=")["address"]
