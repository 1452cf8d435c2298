"""What a supervisor's own files say, whoever wrote them."""

import pytest

from adapter.roles.asking.consulting import supervisor
from adapter.unix import procfs


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("70000", 70.0), ("0", None), ("", None), ("soon", None), ("-5", None), ("²", None), ("9" * 5000, None)],
    ids=["a time", "never", "nothing", "a word", "less than nothing", "no decimal", "beyond every number"],
)
def test_s6_patience(monkeypatch, tmp_path, said, seconds):
    """timeout-kill is believed as far as it is a number of milliseconds; whatever else it holds is no reason to fail."""
    (tmp_path / "timeout-kill").write_text(said)
    monkeypatch.setattr(procfs, "directory", lambda pid: str(tmp_path))
    found = supervisor(2, {}, [procfs.Process(1, 0, "S", "s6-supervise")], None)
    assert found.kill_after == seconds
