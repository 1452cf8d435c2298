"""What is measured of a server: each function runs it once and returns a sample (seconds, bytes, shares, counts)."""

from bench import proc, strace
from bench.figures import Sample, largest_share, percentile
from bench.job import Job
from bench.visitors import Account, Visitors


def throughput(job: Job) -> Sample:
    """Answers per second (`rate`), processor time per answer (`cpu`), and of an ideal rate the share reached (`share`)."""
    with job.server() as server:
        job.load(server, 1)
        before = proc.cpu(server.pid)
        told = job.load(server, job.seconds)
        used = proc.cpu(server.pid) - before
    rate = told.requests / told.seconds
    sample = {"rate": rate, "errors": told.errors}
    if told.requests:
        sample["cpu"] = used / told.requests
    if job.workload.ideal:
        sample["share"] = rate / job.workload.ideal
    return sample


def _alone(_number: int, _turn: int) -> tuple[str, float]:
    return "/", 0.01


def _beside(number: int, turn: int) -> tuple[str, float]:
    """Each connection is in a slow call a quarter of the time, all of them out of step."""
    return "/slow" if (turn + number * 7) % 30 == 0 else "/", 0.01


def mix(job: Job) -> Sample:
    """Latency of fast calls: alone, and on the same connections beside slow ones."""
    with job.server() as server:
        visitors = Visitors(server.port, job.workload.connections, stagger=0.002)
        try:
            visitors.follow(_alone, 0.5)
            alone = visitors.follow(_alone, job.seconds)
            beside = visitors.follow(_beside, job.seconds * 2)
        finally:
            visitors.close()
    sample = {"errors": float(alone.errors + beside.errors)}
    for name, account in (("alone", alone), ("beside", beside)):
        fast = [answer.seconds for answer in account.answers if answer.path == "/"]
        sample |= {f"p50_{name}": percentile(fast, 0.5), f"p99_{name}": percentile(fast, 0.99)}
    return {**sample, "p99_times": sample["p99_beside"] / sample["p99_alone"]}


def balance(job: Job) -> Sample:
    """The busiest worker's answers against a fair share (`share`), how many workers answered at all, over keep-alive connections."""
    with job.server() as server:
        visitors = Visitors(server.port, job.workload.connections, stagger=0.01)
        try:
            account = visitors.follow(lambda _number, _turn: ("/", 0.004), job.seconds + 0.01 * job.workload.connections)
        finally:
            visitors.close()
    counts = _by_body(account)
    return {
        "share": largest_share(counts.values(), job.workload.setting.workers),
        "workers": len(counts),
        "errors": account.errors,
    }


def _by_body(account: Account) -> dict[bytes, int]:
    counts: dict[bytes, int] = {}
    for answer in account.answers:
        counts[answer.body] = counts.get(answer.body, 0) + 1
    return counts


def boot(job: Job) -> Sample:
    """From exec to the first right answer (`boot`)."""
    with job.server() as server:
        return {"boot": server.boot}


def memory(job: Job) -> Sample:
    """PSS of the whole tree with one worker (`one`), with all (`all`), and what an extra worker costs (`extra`). Each has served."""
    workers = job.workload.setting.workers
    sizes = []
    for number in (1, workers):
        with job.server(workers=number) as server:
            job.load(server, max(2, job.seconds))
            sizes.append(sum(proc.pss(server.pid).values()))
    return {"one": sizes[0], "all": sizes[1], "extra": (sizes[1] - sizes[0]) / (workers - 1)}


def idle(job: Job) -> Sample:
    """Many keep-alive connections that have asked once: memory for each (`each`), how many are held, latency of others meanwhile."""
    number = job.workload.connections
    with job.server() as server:
        crowd, others = Visitors(server.port, number, stagger=0.0002), Visitors(server.port, 8)
        try:
            warm = others.follow(_alone, 0.5)
            before = sum(proc.pss(server.pid).values())
            came = crowd.follow(lambda _number, turn: None if turn else ("/", 0.0), seconds=60)
            after = sum(proc.pss(server.pid).values())
            active = others.follow(_alone, job.seconds)
            held = crowd.held()
        finally:
            others.close()
            crowd.close()
    fast = [answer.seconds for answer in active.answers]
    sample = {"held": float(held), "errors": float(warm.errors + came.errors + active.errors)}
    if fast:
        sample |= {"p50": percentile(fast, 0.5), "p99": percentile(fast, 0.99)}
    return {**sample, "each": (after - before) / held} if held else sample


_KINDS = {
    "receive": ("read", "recvfrom", "recvmsg", "readv"),
    "send": ("write", "writev", "sendto", "sendmsg"),
    "wait": ("epoll_wait", "epoll_pwait", "poll", "ppoll", "select", "pselect6"),
    "futex": ("futex",),
}


def syscalls(job: Job) -> Sample:
    """System calls per answer, by kind. strace slows everything down, so nothing else is measured here."""
    with job.server() as server:
        job.load(server, 1)
        answered: list[int] = []
        counts = strace.count(server.pid, lambda: answered.append(job.load(server, job.seconds).requests))
    total = sum(answered)
    each = {kind: sum(counts.get(name, 0) for name in names) / total for kind, names in _KINDS.items()}
    every = sum(counts.values()) / total
    return {**each, "other": every - sum(each.values()), "all": every}
