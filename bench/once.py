"""A process for each connection, as inetd has it: `adapter inetd` beside `python -c "import app"` with the same application."""

import os
import socket
import subprocess
import time

from bench.command import words
from bench.figures import Sample, median
from bench.job import Job
from bench.server import HERE, WrongAnswerError

_USUAL = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Who forbids it has everything compiled each time anew."""
_TIMES = 5  # and then the other's turn: a noisy neighbour stays for seconds


def once(job: Job) -> Sample:
    """From connect to close (`seconds`), and the processor time of the process (`cpu`): the medians of a few connections in a row."""
    argv = words(job.peer, job.workload.setting, {"bin": job.machine.venv / "bin"})
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {job.machine.core})
    try:
        done = [_connection(argv, job) for _ in range(_TIMES)]
    finally:
        os.sched_setaffinity(0, ours)
    return {"seconds": median([seconds for seconds, _ in done]), "cpu": median([cpu for _, cpu in done])}


def _connection(argv: list[str], job: Job) -> tuple[float, float]:
    """Seconds from connect to close, seconds of processor time. What only imports ends the connection by its own end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begun = time.monotonic()
        client = socket.create_connection(listener.getsockname(), 30)
        with client:
            served, _ = listener.accept()
            with served:
                fd = served.fileno()
                child = subprocess.Popen(argv, cwd=HERE / "apps", env=_USUAL, stdin=fd, stdout=fd, stderr=subprocess.DEVNULL)
            client.sendall(
                b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % job.workload.question.path.encode()
            )
            data = b""
            try:
                while block := client.recv(65536):
                    data += block
            except ConnectionResetError:  # what only imports reads nothing, so that its end resets the connection
                pass
            ended = time.monotonic() - begun
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if job.peer.name == "adapter-inetd" and not data.startswith(b"HTTP/1.1 200 "):
        raise WrongAnswerError(f"{' '.join(argv)} answered {data[:300]!r}")
    if child.returncode:
        raise WrongAnswerError(f"{' '.join(argv)} ended with {child.returncode}")
    return ended, usage.ru_utime + usage.ru_stime
