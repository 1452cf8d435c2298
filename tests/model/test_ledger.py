"""The account under any history of births, counts, readings, deaths and execs: totals never go down, nothing counts twice."""

import json
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from adapter.scoreboard import cells
from adapter.scoreboard.figures import Counters, Now, Record
from adapter.scoreboard.latency import BUCKETS
from adapter.scoreboard.ledger import Ledger

SLOTS = 3


class Accounts(RuleBasedStateMachine):
    """Workers write real cells; the ledger reads them. Beside it a plain tally of what each worker wrote."""

    workers = Bundle("workers")

    def __init__(self):
        super().__init__()
        self.ledger = Ledger()
        self.cells = {}  # by worker
        self.written = {}  # by worker: how many records, and requests
        self.slot_of = {}
        self.shown = Counter()  # by slot: what was last told
        self.sure = Counter()  # by slot: what was read for certain

    @rule(target=workers, slot=st.integers(0, SLOTS - 1))
    def born(self, slot):
        """A worker."""
        worker = len(self.slot_of) + 1
        self.ledger.opened(worker, slot)
        self.slot_of[worker], self.written[worker], self.cells[worker] = slot, (0, 0), bytes(cells.SIZE)
        return worker

    @rule(worker=workers, more=st.integers(0, 1000), cut=st.none() | st.integers(0, 400))
    def counts(self, worker, more, cut):
        """It serves, and writes its cell; it may have come only so far when somebody looks."""
        sequence, requests = self.written[worker]
        sequence, requests = sequence + 1, requests + more
        record = Record(Now(worker, self.slot_of[worker]), Counters(requests=requests), (requests,) + (0,) * (BUCKETS - 1))
        where, data = cells.write(sequence, record)
        cell = self.cells[worker]
        if cut is not None and cut < len(data):
            self.cells[worker] = cell[:where] + data[:cut] + cell[where + cut :]
            self.looked(worker)
        self.cells[worker] = cell[:where] + data + cell[where + len(data) :]
        self.written[worker] = sequence, requests

    @rule(worker=workers)
    def looked(self, worker):
        """The master reads."""
        found = cells.read(self.cells[worker])
        if found is not None:
            self.ledger.heard(worker, *found)

    @rule(worker=workers, stale=workers)
    def confused(self, worker, stale):
        """A cell that still speaks of another worker."""
        found = cells.read(self.cells[stale])
        if found is not None and worker != stale:
            self.ledger.heard(worker, *found)

    @rule(worker=consumes(workers))
    def dies(self, worker):
        """Read for the last time, and closed; once more by mistake."""
        self.looked(worker)
        self.ledger.closed(worker)
        self.ledger.closed(worker)
        self.sure[self.slot_of[worker]] += self.written[worker][1]

    @rule()
    def becomes_another_image(self):
        """An exec."""
        self.ledger = Ledger.from_plain(json.loads(json.dumps(self.ledger.to_plain())))

    @invariant()
    def never_down_never_double(self):
        """Each slot's total rises, holds all of its dead, and no more than was ever written there."""
        told = {slot: totals.counters.requests for slot, totals in self.ledger.slots().items()}
        written = Counter()
        for worker, (_, requests) in self.written.items():
            written[self.slot_of[worker]] += requests
        for slot in range(SLOTS):
            total = told.get(slot, 0)
            assert self.shown[slot] <= total <= written[slot]
            assert total >= self.sure[slot]
            self.shown[slot] = total
        assert all(totals.latency[0] == totals.counters.requests for totals in self.ledger.slots().values())


TestAccounts = Accounts.TestCase
TestAccounts.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_a_million_requests_and_a_thousand_deaths():
    """A thousand workers in a row, each with a thousand requests: a million, exactly, however often somebody looked."""
    ledger = Ledger()
    for worker in range(1, 1001):
        ledger.opened(worker, worker % 4)
        for sequence in (1, 2, 3):
            ledger.heard(worker, sequence, Record(Now(worker), Counters(requests=sequence * 250)))
        if worker % 100 == 0:
            ledger = Ledger.from_plain(json.loads(json.dumps(ledger.to_plain())))
        ledger.heard(worker, 4, Record(Now(worker), Counters(requests=1000)))
        ledger.closed(worker)
        assert sum(each.counters.requests for each in ledger.slots().values()) == worker * 1000

    assert [ledger.born(slot) for slot in range(4)] == [250] * 4
