"""Commands to be run before the application is loaded (--before-load)."""

import os
from collections.abc import Sequence
from time import monotonic

from adapter.exits import Fatal
from adapter.log import Log
from adapter.unix.processes import describe, spawn


def run_before(commands: Sequence[str], log: Log) -> None:
    """Each in turn, as we are: our user, directory, environment and output. Raises Fatal when one fails; the others are not run then."""
    for command in commands:
        began = monotonic()
        try:
            pid = spawn(["/bin/sh", "-c", command], environ=os.environ, directory=os.getcwd(), keep=())
        except OSError as error:
            raise Fatal(f"--before-load '{command}' could not be run: {error.filename}: {error.strerror}") from None
        _, status = os.waitpid(pid, 0)
        if status:
            raise Fatal(f"--before-load '{command}' failed: {describe(status)}")
        log.info("ran before the load", command=command, seconds=monotonic() - began)
