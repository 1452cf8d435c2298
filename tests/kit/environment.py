"""What a program of an operator's finds in its environment: nothing of the tests' own, nothing of what adapter reads."""

import os

_OURS = ("ADAPTER_", "LISTEN_", "SUPERVISOR_", "PYTHON", "PYTEST_", "SV")


def environment() -> dict[str, str]:
    """A copy of ours without that."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
