"""The account of all workers that ever were: what the living say, and what the dead had said, by the slot they sat in.

Each number of a worker counts exactly once: as its own while it lives, and as its slot's from the moment it is gone. So no
total ever goes down, whoever dies, and whenever the master becomes a new image.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from adapter.scoreboard import latency
from adapter.scoreboard.figures import Counters, Now, Record, Totals


class _Account(NamedTuple):
    slot: int
    sequence: int
    record: Record


class Ledger:
    """`opened` and `closed` once for each worker; in between `heard`, as often as somebody looks."""

    def __init__(self) -> None:
        self._past: dict[int, Totals] = {}  # by slot
        self._open: dict[int, _Account] = {}  # by worker
        self._born: dict[int, int] = {}  # how many workers each slot had

    def opened(self, worker: int, slot: int) -> None:
        """A worker is about to be."""
        self._open[worker] = _Account(slot, 0, Record(Now(worker, slot)))
        self._born[slot] = self.born(slot) + 1

    def heard(self, worker: int, sequence: int, record: Record) -> None:
        """What its cell says by now. One that speaks of another worker is not believed; an older record changes nothing: the
        newer one was being overwritten when it was read.
        """
        account = self._open.get(worker)
        if account is not None and record.now.worker == worker and sequence > account.sequence:
            self._open[worker] = _Account(account.slot, sequence, record)

    def closed(self, worker: int) -> None:
        """It is gone, and was heard for the last time: what it had counted is its slot's from here on."""
        account = self._open.pop(worker, None)
        if account is not None:
            self._past[account.slot] = self._past.get(account.slot, Totals()).plus(Totals.of(account.record))

    @property
    def workers(self) -> list[int]:
        """Those with an open account."""
        return list(self._open)

    def record(self, worker: int) -> Record:
        """What the worker last said; nothing but zeros when it said nothing yet."""
        return self._open[worker].record if worker in self._open else Record()

    def slots(self) -> dict[int, Totals]:
        """All that was counted in each slot, by whoever sat there."""
        slots = dict(self._past)
        for account in self._open.values():
            before, here = slots.get(account.slot), Totals.of(account.record)
            slots[account.slot] = here if before is None else before.plus(here)
        return slots

    def born(self, slot: int) -> int:
        """How many workers sat in this slot so far."""
        return self._born.get(slot, 0)

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        return {
            "born": self._born,
            "past": {slot: _plain(totals) for slot, totals in self._past.items()},
            "open": {
                worker: [account.slot, account.sequence, _plain(Totals.of(account.record))]
                for worker, account in self._open.items()
            },
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Ledger":
        """From the carryover."""
        ledger = cls()
        ledger._past = {int(slot): _totals(each) for slot, each in plain.get("past", {}).items()}
        ledger._born = {int(slot): count for slot, count in plain.get("born", {}).items()}
        for worker, (slot, sequence, each) in plain.get("open", {}).items():
            counters, buckets = _totals(each)
            ledger._open[int(worker)] = _Account(slot, sequence, Record(Now(int(worker), slot), counters, buckets))
        return ledger


def _plain(totals: Totals) -> list[list[int]]:
    return [list(totals.counters), list(totals.latency)]


def _totals(plain: Sequence[Sequence[int]]) -> Totals:
    counters, buckets = plain
    return Totals(Counters(*counters[: len(Counters._fields)]), latency.fitted(buckets))
