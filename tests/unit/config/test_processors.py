"""How many processors we may use."""

import os

import pytest

from adapter.config.processors import usable

MASK = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("max 100000", MASK),
        ("50000 100000", 1),
        ("100000 100000", 1),
        ("150000 100000", min(2, MASK)),
        ("99900000 100000", MASK),
        ("rubbish", MASK),
        ("1 0", MASK),
        ("", MASK),
    ],
)
def test_quota(tmp_path, quota, expected):
    """A container's quota counts, rounded up, and never makes it none; what cannot be read does not count."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self/cgroup").write_text("1:name=systemd:/x\n0::/box/inner\n")
    (tmp_path / "groups/box/inner").mkdir(parents=True)
    (tmp_path / "groups/box/inner/cpu.max").write_text(quota)

    assert usable(tmp_path, tmp_path / "groups") == expected


def test_no_groups(tmp_path):
    """Without control groups the affinity mask decides."""
    assert usable(tmp_path, tmp_path) == MASK
