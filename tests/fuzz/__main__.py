"""The long search: `make fuzz`, or `PYTHONPATH=tests .venv/bin/python -m fuzz [TARGET…] [--minutes 20] [--seed 1]`.

Each fault is printed, made small, and written to .build/fuzz/TARGET-*. Exit code 1 when there was one.
"""

import argparse
import sys
import time
from pathlib import Path

from fuzz.engine import Findings, Fuzzer
from fuzz.targets import TARGETS

OUT = Path(".build/fuzz")


def main() -> int:
    """Search each target for its share of the time."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", default=list(TARGETS), help=f"of {', '.join(TARGETS)}; all by default")
    parser.add_argument("--minutes", type=float, default=20, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    faults = 0
    for name in asked.target:
        until = time.monotonic() + 60 * asked.minutes / len(asked.target)
        findings = Fuzzer(TARGETS[name](), asked.seed).run(until=lambda until=until: time.monotonic() >= until)
        tell(name, findings)
        faults += len(findings.faults)
    return 1 if faults else 0


def tell(name: str, findings: Findings) -> None:
    """Say what was found, and keep it."""
    print(f"{name}: {findings.executions} inputs, {findings.ways} ways, {findings.kept} kept, {len(findings.faults)} faults")
    for fault in findings.faults:
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / f"{name}-{fault.name}").write_bytes(fault.data)
        print(f"--- {fault.kind}\n{fault.data!r}\n{fault.trace}")


if __name__ == "__main__":
    sys.exit(main())
