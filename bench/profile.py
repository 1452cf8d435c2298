"""Where the time of a request goes: a worker of adapter is sampled while it is loaded.

    .venv/bin/python -m bench.profile [WORKLOAD]

For each function the share of samples that were in it (self), and in it or below it (total). Waiting is left out. Native frames are of the
kernel's and C's side: a `send` is the C library's, so most of it is the kernel. Needs the environment that `python -m bench` makes, and root.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

from bench import proc, venv
from bench.job import Job
from bench.peers import BY_NAME, Peer
from bench.server import Machine
from bench.venv import ROOT
from bench.workloads import BY_NAME as WORKLOADS

SAMPLER = Peer("py-spy", "py-spy", ("py-spy==0.4.3",), ())
_ROWS, _SECONDS = 45, 8
_LINE = re.compile(r":\d+\)$")
_WAITING = re.compile(
    r"(epoll_wait|0x\w+|pthread_cond_\w+|sem_\w+|__futex\w*) \(libc"
)  # a lock's wait has no name in a stripped C library


def shares(folded: str) -> tuple[Counter[str], Counter[str]]:
    """Samples by function, of folded stacks (`outer;inner COUNT` a line): self and total. Whoever waits, for events or for another thread, is left out."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, number = line.rpartition(" ")
        frames = [_LINE.sub(")", frame) for frame in stack.split(";")]
        if not _WAITING.match(frames[-1]):
            own[frames[-1]] += int(number)
            total.update(dict.fromkeys(frames, int(number)))
    return own, total


def render(folded: str) -> str:
    """The functions that matter, most of their own time first."""
    own, total = shares(folded)
    samples = own.total()
    rows = [
        f"{100 * number / samples:6.1f} % {100 * total[name] / samples:6.1f} %  {name}" for name, number in own.most_common(_ROWS)
    ]
    return "\n".join([f"{samples} samples", "    self    total  function", *rows])


def _sampled(job: Job) -> str:
    with job.server() as server, tempfile.NamedTemporaryFile("r") as stacks:
        job.load(server, 1)
        worker = max(proc.tree(server.pid)[1:], key=proc.cpu)
        command = [str(job.machine.venv / "bin/py-spy"), "record", "--native", "-f", "raw", "-r", "500"]
        sampler = subprocess.Popen(
            [*command, "-d", str(round(job.seconds)), "-o", stacks.name, "-p", str(worker)], stdout=sys.stderr
        )
        job.load(server, job.seconds + 1)
        if sampler.wait():
            raise venv.MissingError(f"py-spy ended with {sampler.returncode}; it says why above")
        return stacks.read()


def main(workload: str = "hello") -> None:
    """Print it."""
    environment = ROOT / ".build/bench"
    if missing := venv.prepare(environment, [SAMPLER], print):
        raise venv.MissingError(f"py-spy cannot be installed: {missing[SAMPLER.name]}")
    cores = sorted(os.sched_getaffinity(0))
    machine = Machine(environment, cores[0], cores[-1])
    print(render(_sampled(Job(BY_NAME["adapter"], WORKLOADS[workload], machine, _SECONDS))))


if __name__ == "__main__":
    main(*sys.argv[1:2])
