"""The storms of `make chaos`, each for a few seconds only."""

import pytest

from kit.storms import STORMS, run


@pytest.mark.parametrize("name", STORMS)
def test_storm(name: str) -> None:
    """Nothing fails; where processes are killed, only what they held is cut."""
    report = run(STORMS[name], 3.0, rate=80.0)
    assert report.ok > 30, str(report)
