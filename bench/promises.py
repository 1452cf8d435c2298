"""Whether adapter keeps its promises of zero loss, in numbers: each beside its goal. Exit code 1 when one is missed.

    .venv/bin/python -m bench.promises [--requests N] [--rounds N] [--only NAME,…]

NAME: many, stops, stalls, rollbacks, deaths, memory. N requests (default a million: some five minutes on two cores); of the rounds
(default 10) the median counts, and the worst is told. It wants a machine that does nothing else.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench import instants, losses


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.promises", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", default="many,stops,stalls,rollbacks,deaths,memory")
    options = parser.parse_args()
    measures = {
        "many": lambda: losses.many(options.requests),
        "stops": lambda: losses.stops(options.rounds),
        "stalls": lambda: losses.stalls(options.rounds),
        "rollbacks": lambda: instants.rollbacks(2 * options.rounds),
        "deaths": lambda: instants.deaths(options.rounds),
        "memory": losses.memory,
    }
    print(f"load before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    missed = 0
    for name in options.only.split(","):
        for kept in measures[name]():
            print(kept, flush=True)
            missed += not kept.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
