"""wrk(1), the load generator: a request that never changes, as fast as it is answered."""

import os
import re
import subprocess
import tempfile
from typing import NamedTuple

from bench.question import Question


class Told(NamedTuple):
    """What wrk says: answers, seconds, and answers that were none (a status that is not 2xx or 3xx, a socket's error)."""

    requests: int
    seconds: float
    errors: int


_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def read(text: str) -> Told:
    """Read wrk's report. ValueError when it is none."""
    done = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", text)
    if not done:
        raise ValueError(f"wrk did not say how many requests were answered: {text!r}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    errors = (int(refused[1]) if refused else 0) + (sum(int(n) for n in broken.groups()) if broken else 0)
    return Told(int(done[1]), float(done[2]) * _UNITS[done[3]], errors)


def run(port: int, question: Question, *, connections: int, seconds: float, core: int, close: bool = False) -> Told:
    """Load the server for about `seconds` from that core. `close`: ask for a new connection each time."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        lines = ['wrk.headers["Connection"] = "close"'] if close else []
        if question.upload:
            lines += ['wrk.method = "POST"', f'wrk.body = string.rep("x", {question.upload})']
        script.write("\n".join(lines))
        script.flush()
        ends = max(1, round(seconds))  # wrk counts in whole seconds
        words = ["wrk", "-t1", f"-c{connections}", f"-d{ends}s", "-s", script.name, f"http://127.0.0.1:{port}{question.path}"]
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
    return read(done.stdout)
