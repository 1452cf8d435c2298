"""Who is measured when: interleaved rounds, so that a noisy minute hits everybody."""

from collections.abc import Callable, Sequence

from bench.command import able
from bench.figures import turns
from bench.job import Job, Workload
from bench.peers import BY_NAME
from bench.results import Results
from bench.server import Machine, NotServingError, WrongAnswerError


def run(workload: Workload, servers: Sequence[str], machine: Machine, results: Results, say: Callable[[str], None]) -> None:
    """All rounds of a workload. A server that fails is told of, and not tried again."""
    failed = results.failed.setdefault(workload.name, {})
    samples = results.samples.setdefault(workload.name, {})
    wanted = [name for name in workload.servers if name in servers and able(BY_NAME[name], workload.setting)]
    rounds = workload.rounds(results.rounds)
    for number, order in enumerate(turns(wanted, rounds), 1):
        for name in order:
            if name in failed or name in results.missing:
                continue
            try:
                sample = workload.measure(Job(BY_NAME[name], workload, machine, max(results.seconds, workload.least)))
            except (NotServingError, WrongAnswerError, OSError, ValueError) as error:
                failed[name] = str(error)
                say(f"{workload.name} {number}/{rounds} {name}: FAILED: {error}")
                continue
            samples.setdefault(name, []).append(dict(sample))
            told = " ".join(f"{measure}={value:.6g}" for measure, value in sample.items())
            say(f"{workload.name} {number}/{rounds} {name}: {told}")
