"""The Master FIFO as the settings ask for it, from image to image: letters become events.

Of several paths (slots 0-9) only the active one's file exists; a digit makes another one active.
"""

from typing import Any

from adapter.exits import Fatal
from adapter.lifecycle.events import Asked, Event
from adapter.lifecycle.letters import understood
from adapter.log import Log
from adapter.roles.master.watch import Watch
from adapter.roles.serving.complaints import Complaints
from adapter.unix import fifo
from adapter.unix.fifo import Fifo

_SHOWN = 40  # characters of a word that nobody understands


class MasterFifo:
    """At most one at a time."""

    def __init__(self, log: Log, watch: Watch) -> None:
        self._log = log
        self._watch = watch
        self._paths: tuple[str, ...] = ()
        self._slot = 0
        self._open: Fifo | None = None
        self._complaints: dict[str, Complaints] = {}  # by letter; "" is what is none

    def follow(self, paths: tuple[str, ...]) -> None:
        """Have the slots here, and no longer elsewhere. Raises Fatal when the active one cannot be had; the former stays then.

        One that somebody took away is made anew.
        """
        slot = self._slot if self._slot < len(paths) else 0
        if paths:
            self._go_to(paths[slot])
        else:
            self.close()
        self._paths, self._slot = paths, slot

    def _go_to(self, path: str) -> None:
        former = self._open
        if former is not None and former.is_at(path):
            former.path = path  # perhaps spelled in another way now, as /var/run and /run
            return
        new = fifo.claim(path)
        self._let_go()
        self._attend(new)

    def _attend(self, new: Fifo) -> None:
        self._open = new
        self._watch.add(new.fd, self._hear)

    def close(self) -> None:
        """Hear no more; the file goes if it is still ours."""
        if self._open is not None and not self._open.in_place():
            self._log.warning("the FIFO is not where it was: what is there now is left alone", path=self._open.path)
        self._let_go()

    def _let_go(self) -> None:
        if self._open is not None:
            self._watch.remove(self._open.fd)
            self._open.release()
            self._open = None

    def _hear(self) -> list[Event]:
        if self._open is None:
            return []
        path = self._open.path
        heard = understood(self._open.read())
        for letter in heard.refused:
            self._complain(letter.letter, f"FIFO letter ignored: {letter.refusal}", letter=letter.letter, path=path)
        for word in heard.strange:
            sentence = "not understood, so nothing of it was done (see `adapter signals`)"
            self._complain("", sentence, word=word[:_SHOWN], path=path)
        if heard.slot is not None:
            self._switch(heard.slot)
        return [Asked(command, f"FIFO {path}") for command in heard.commands]

    def _complain(self, about: str, sentence: str, **fields: str) -> None:
        """Once a second about the same: who writes into the wrong file writes much."""
        self._complaints.setdefault(about, Complaints(self._log, 1.0)).say(sentence, **fields)

    def _switch(self, slot: int) -> None:
        if slot >= len(self._paths):
            self._log.warning("there is no such FIFO slot", slot=slot, slots=len(self._paths))
            return
        try:
            self._go_to(self._paths[slot])
        except Fatal as error:
            self._log.error(error.sentence)
            return
        self._slot = slot
        self._log.info("listening at the FIFO", slot=slot, path=self._paths[slot])

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        active = {"path": self._open.path, "fd": self._open.fd} if self._open else None
        return {"paths": list(self._paths), "slot": self._slot, "active": active}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self._paths, self._slot = tuple(plain.get("paths", ())), int(plain.get("slot", 0))
        if active := plain.get("active"):
            self._attend(fifo.adopt(active["fd"], active["path"]))

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        return [self._open.fd] if self._open else []
