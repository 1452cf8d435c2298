"""The command: sets up an environment with adapter and its peers, measures, and says what it found."""

import argparse
import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import machine as host
from bench import peers, picture, rounds, table, venv, workloads
from bench.results import Results, read
from bench.server import Machine

ROOT = Path(__file__).parent.parent
_EPILOG = """examples:
  python -m bench                               everything: about an hour, on a machine that does nothing else
  python -m bench --quick                       the main things, one round of a second: about two minutes, a look and no result
  python -m bench --only hello,mix --servers adapter,granian
  python -m bench --write                       everything, into docs/benchmarks.md and docs/benchmarks.svg
  python -m bench --read .build/bench.json --write      the last run again, without measuring"""


def _names(known: Sequence[str], text: str) -> tuple[str, ...]:
    """The names of a comma-separated list. ArgumentTypeError: one that is not known."""
    named = tuple(filter(None, text.split(",")))
    if unknown := [name for name in named if name not in known]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    return named


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    works, servers = list(workloads.BY_NAME), list(peers.BY_NAME)
    parser.add_argument("--only", metavar="NAMES", type=lambda text: _names(works, text), help=", ".join(works))
    parser.add_argument("--servers", metavar="NAMES", type=lambda text: _names(servers, text), help=", ".join(servers))
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="how often each is measured, hello and new thrice so often, some others too; the table has medians (default: 5)",
    )
    parser.add_argument("--seconds", type=float, default=3, help="of load in each round (default: 3)")
    parser.add_argument("--quick", action="store_true", help="one round of one second, of the main workloads and servers")
    parser.add_argument(
        "--venv",
        type=lambda text: Path(text).absolute(),
        default=ROOT / ".build/bench",
        help="made when missing (default: .build/bench)",
    )
    parser.add_argument("--installed", action="store_true", help="take --venv as it is: install nothing")
    parser.add_argument("--keep", type=Path, default=ROOT / ".build/bench.json", help="raw results (default: .build/bench.json)")
    parser.add_argument("--read", type=Path, help="measure nothing: tell of these raw results")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and docs/benchmarks.svg")
    asked = parser.parse_args(argv)
    if asked.quick:
        asked.rounds, asked.seconds = 1, 1
        works, servers = list(workloads.QUICK), list(peers.QUICK)
    asked.only, asked.servers = asked.only or works, asked.servers or servers
    return asked


def _machine(environment: Path) -> Machine:
    """The first core we may use for the server, the last for the load and us."""
    cores = sorted(os.sched_getaffinity(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    os.sched_setaffinity(0, {cores[-1]})
    return Machine(environment, cores[0], cores[-1])


def _measured(asked: argparse.Namespace) -> Results:
    wanted = [peers.BY_NAME[name] for name in asked.servers]
    missing = {} if asked.installed else venv.prepare(asked.venv, wanted, _say)
    results = Results(
        machine=host.facts(asked.venv / "bin/python"),  # before we move to a core: it says how many we may use
        versions=venv.versions(asked.venv),
        rounds=asked.rounds,
        seconds=asked.seconds,
        missing=missing,
    )
    machine = _machine(asked.venv)
    for name in asked.only:
        rounds.run(workloads.BY_NAME[name], asked.servers, machine, results, _say)
        results.write(asked.keep)
    return results


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0: measured; 1: somebody failed; 2: asked wrongly."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a server must not outlive us
    asked = _asked(argv)
    try:
        results = read(asked.read) if asked.read else _measured(asked)
    except (OSError, TypeError, ValueError, venv.MissingError) as error:
        _say(f"bench: {error}")
        return 2
    text = table.render(results)
    print(text)
    if asked.write:
        (ROOT / "docs/benchmarks.md").write_text(text)
        (ROOT / "docs/benchmarks.svg").write_text(picture.render(results))
    return 1 if any(results.failed.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
