"""Figures: adapter beside its peers, on one machine, in interleaved rounds. `python -m bench --help`; never part of the tests."""
