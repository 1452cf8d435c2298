"""What a program of an operator's finds in its environment: nothing of the tests' own, nothing of what adapter reads."""

import os

_OURS = ("ADAPTER_", "LISTEN_", "SUPERVISOR_", "PYTHON", "PYTEST_", "SV")


def environment() -> dict[str, str]:
    """A copy of ours without that. Name by name: pytest changes its own while a thread of a test's may be here."""
    return {name: os.environ.get(name, "") for name in os.environ if not name.startswith(_OURS)}
