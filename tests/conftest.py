"""What holds for every test."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
# Files that take a minute or two. Files are handed out in the order of the tests, and who got the longest last would end alone.
LONG = (
    "supervised/test_supervisord.py",
    "process/test_compiled.py",
    "supervised/test_supervisord_plugins.py",
    "process/test_inis.py",
    "load/test_broken_deploys_under_load.py",
    "supervised/test_letters.py",
    "load/test_reload_under_load.py",
    "process/test_command_line.py",
    "supervised/test_daemontools.py",
    "supervised/test_services.py",
    "supervised/test_verbs.py",
)

# On a busy machine any example may wait for the processor: a property is true or false, however long it takes.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; all else stays in its order."""
    rank = {HERE / name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path, len(LONG)))
