"""What visitors notice of reloads: the strict client's own account of N reloads in a row (default 20).

    .venv/bin/python -m bench.reload [N]

`lost` must be 0; `slowest` is the longest answer, `gap` the longest time in which nobody was answered (seconds).
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from kit.load import Load
from kit.server import Adapter


def main(reloads: int) -> None:
    """Print the account."""
    with Adapter("exact.py", "--workers=2") as server, Load(server.address) as load:
        for _ in range(reloads):
            server.reload()
            load.lap()
        print(load.stop())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
