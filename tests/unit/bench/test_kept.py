"""A promise beside what was measured."""

from bench.kept import Kept, page


def test_kept_and_missed():
    """At most, or at least, so much; each says which."""
    assert str(Kept("lost", 0, 0, "number")) == "kept    lost: 0 (at most 0)"
    assert str(Kept("answers", 1e6, 999_999, "number", least=True)) == "MISSED  answers: 999,999 (at least 1,000,000)"
    assert [Kept("", 1, measured, "times").met for measured in (0.9, 1.0, 1.1)] == [True, True, False]
    assert [Kept("", 1, measured, "times", least=True).met for measured in (0.9, 1.0, 1.1)] == [False, True, True]


def test_the_middle_of_several_rounds_counts():
    """And the worst is told."""
    kept = Kept.median("port free", 0.1, [0.05, 0.3, 0.04])
    assert kept.met
    assert str(kept) == "kept    port free: 50.00 ms, worst 300.00 ms (at most 100.00 ms)"


def test_the_page():
    """Has a row for each."""
    rows = page("Last run: today.", [Kept("lost", 0, 1, "number"), Kept.median("stall", 0.05, [0.01])]).splitlines()[-2:]
    assert rows == ["| lost | at most 0 | 1 |  | MISSED |", "| stall | at most 50.00 ms | 10.00 ms | 10.00 ms | kept |"]
