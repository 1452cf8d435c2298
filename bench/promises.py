"""Whether adapter keeps its promises of zero loss, in numbers: each beside its goal. Exit code 1 when one is missed.

    .venv/bin/python -m bench.promises [--requests N] [--rounds N] [--only NAME,…] [--write PATH]

NAME: many, stops, stalls, rollbacks, deaths, memory. N requests (default a million: some five minutes on two cores); of the rounds
(default 10) the median counts, and the worst is told. It wants a machine that does nothing else.
"""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench import instants, losses
from bench.kept import page


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.promises", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", default="many,stops,stalls,rollbacks,deaths,memory")
    parser.add_argument("--write", type=Path, help="keep the table here")
    options = parser.parse_args()
    measures = {
        "many": lambda: losses.many(options.requests),
        "stops": lambda: losses.stops(options.rounds),
        "stalls": lambda: losses.stalls(options.rounds),
        "rollbacks": lambda: instants.rollbacks(2 * options.rounds),
        "deaths": lambda: instants.deaths(options.rounds),
        "memory": losses.memory,
    }
    processors = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before"
    print(processors)
    told = []
    for name in options.only.split(","):
        for kept in measures[name]():
            print(kept, flush=True)
            told.append(kept)
    if options.write:
        options.write.write_text(page(f"Last run: {datetime.now(tz=UTC):%Y-%m-%d %H:%M} UTC, {processors}.", told))
    return 0 if all(kept.met for kept in told) else 1


if __name__ == "__main__":
    sys.exit(main())
