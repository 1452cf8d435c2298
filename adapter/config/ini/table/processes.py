"""Workers: how many, how long they live."""

from collections.abc import Sequence
from functools import partial

from adapter.config.ini.rows import (
    Given,
    Line,
    Outcome,
    Row,
    Said,
    Sheet,
    Verdict,
    alongside,
    ignored,
    implied,
    refused,
    renamed,
    same,
    translated,
)
from adapter.config.ini.values import number
from adapter.exits import Misuse

_MOST_THREADS = 256


def _whole(line: Line) -> int:
    found = number(line.value)
    if found is None or found < 0:
        raise Misuse(f"{line}: this is not a whole number")
    return found


def _processes(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """With `cheaper` the load decides: from that to this."""
    line, fewest = lines[-1], sheet.last("cheaper")
    if fewest is None:
        return [Given("workers", str(_whole(line)), (line,))]
    least, most = _whole(fewest), _whole(line)
    if least > most:
        raise Misuse(f"{fewest}: it must be less than {line.name} = {line.value}")
    algorithm = sheet.last("cheaper-algo")
    if algorithm and algorithm.value.startswith("manual"):
        first = sheet.last("cheaper-initial") or fewest
        return [Given("workers", str(_whole(first)), (fewest, line, algorithm))]
    return [Given("workers", f"{least}:{most}", (fewest, line))]


def _cheaper(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    if sheet.last("processes"):
        return []
    return [Said(lines[-1], Verdict.IGNORED, "processes does not say how many there may be")]


def _threads(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    return [Given("threads", str(max(_whole(line), 1)), (line,))] if not _greenlets(sheet) or _whole(line) > 1 else []


def _greenlets(sheet: Sheet) -> Line | None:
    return sheet.last("gevent") or sheet.last("async")


def _cooperative(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """As many calls at once, by threads."""
    asked = sheet.last("threads")
    if asked and _whole(asked) > 1:
        return []
    line = lines[-1]
    return [Given("threads", str(min(max(_whole(line), 1), _MOST_THREADS)), (line,))]


def _spread(limit: str, ours: str, sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """uWSGI adds it once more for each worker."""
    line, workers = lines[-1], sheet.last("processes")
    if sheet.last(limit) is None:
        return [Said(line, Verdict.IGNORED, f"{limit} is not there")]
    return [Given(ours, str(_whole(line) * (_whole(workers) if workers else 1)), (line,))]


def _megabytes(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """`reload-on-rss` is the gentle one, and the one we have."""
    line = lines[-1]
    gentle = sheet.last("reload-on-rss")
    if line.name.startswith("evil") and gentle:
        return [Said(line, Verdict.IGNORED, f"{gentle.name} = {gentle.value} is kept; nobody is killed for it")]
    size = _whole(line)
    return [Given("max_rss", f"{size}M" if size else "0", (line,))]


def _idle(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    line, dies = lines[-1], sheet.last("die-on-idle")
    if dies:
        return [Given("idle_exit", line.value, (line, dies))]
    if sheet.on("lazy-apps") or sheet.on("lazy"):
        return [Said(line, Verdict.IGNORED, "with lazy-apps there is no loaded application to wake up from")]
    return [Given("idle_cheap", line.value, (line,))]


ROWS: tuple[Row, ...] = (
    translated("processes p workers", "workers", _processes, "with cheaper from that to this, as the load asks for"),
    translated("cheaper", "workers", _cheaper, "the fewest workers; the load decides at once, new ones are ready in milliseconds"),
    translated("cheaper-algo", "workers", alongside, "`manual`: by TTIN and TTOU, FIFO + and -; else the load decides"),
    ignored("cheaper-initial cheaper-step cheaper-overload cheaper-busyness-* cheaper-rss-limit-soft cheaper-rss-limit-hard", "more workers come when all are busy, and go after workers-calm"),
    ignored("cheap", "workers are there from the beginning; idle sends them away"),
    translated("idle", "idle_cheap idle_exit", _idle, "without workers, or with die-on-idle without a server"),
    translated("die-on-idle", "idle_exit", alongside),
    implied("master M", "there always is one"),
    translated("threads", "threads", _threads, "one when not said, as there"),
    implied("enable-threads T", "the application may start threads"),
    ignored("thread-stacksize threads-stacksize thread-stack-size threads-stack-size", "the limit of the supervisor (ulimit -s) is the size of a thread's stack"),
    translated("async", "threads", _cooperative, f"threads, {_MOST_THREADS} at most"),
    translated("gevent", "threads", _cooperative, f"threads, {_MOST_THREADS} at most; nothing is monkey-patched"),
    ignored("gevent-monkey-patch gevent-early-monkey-patch gevent-wait-for-hub", "a call that waits holds up its own thread only"),
    refused("loop tornado asyncio greenlet ugreen ugreen-stacksize stackless coroae fiber rbthreads rb-threads rbthread rb-thread", "calls run in threads: use threads"),
    ignored("cpu-affinity", "say it in the run script: taskset"),
    ignored("prio", "say it in the run script: nice"),
    ignored("offload-threads offload-thread", "the kernel sends files, and no client holds a thread"),
    implied("no-orphans", "workers leave when the master is gone, and finish what they hold"),
    implied("reaper r", "the master reaps whatever becomes its child"),
    implied("no-threads-wait skip-atexit skip-atexit-teardown", "a stop ends at its deadline whatever threads do"),
    same("max-requests R", "the replacement is ready before the old one leaves"),
    translated("max-requests-delta", "max_requests_jitter", partial(_spread, "max-requests", "max_requests_jitter"), "times the number of workers"),
    renamed("max-worker-lifetime", "max_lifetime"),
    translated("max-worker-lifetime-delta", "max_lifetime_jitter", partial(_spread, "max-worker-lifetime", "max_lifetime_jitter"), "times the number of workers"),
    renamed("min-worker-lifetime", "min_lifetime"),
    translated("reload-on-rss", "max_rss", _megabytes, "megabytes; the replacement is ready before the old one leaves"),
    translated("evil-reload-on-rss", "max_rss", _megabytes, "as reload-on-rss: nobody is killed for it"),
    ignored("reload-on-as evil-reload-on-as mem-collector-freq", "memory that is only reserved is nobody's: use reload-on-rss"),
    ignored("limit-as limit-nproc", "a limit is the supervisor's: ulimit, softlimit(8), MemoryMax"),
    ignored("max-fd", "a limit is the supervisor's: ulimit -n, minfds, LimitNOFILE"),
    ignored("memory-report m", "adapter status, stats and metrics tell of memory"),
    ignored("never-swap ksm", "memory is the kernel's"),
    ignored("cgroup cgroup-* check-interval forkbomb-delay auto-weight weight", "the supervisor's, or the kernel's"),
    ignored("auto-procname procname procname-*", "ps shows the command line of the server"),
    refused("signal signal-* signals-* timer rbtimer", "uwsgidecorators.timer works in the application"),
    ignored("emperor-* vassals-* vassal-* early-emperor imperial-* heartbeat", "there is no Emperor"),
    refused("emperor", "the supervisor is the Emperor: adapter conf KIND --all DIR makes a service of each file"),
    ignored("legion-*", "there is no legion"),
    refused("legion legion-cron legion-curl-cron legion-cron-curl legion-attach-daemon legion-smart-attach-daemon legion-smart-attach-daemon2 legion-lord legion-setup cron-legion unique-legion-cron unique-cron-legion cron-curl-legion curl-cron-legion", "a lock of the database or of etcd chooses a leader"),
)  # fmt: skip
