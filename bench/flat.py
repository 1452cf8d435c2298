"""Whether the master stays as it was: its memory and its descriptors over N reloads (default 1000), each one by `execve()`.

    .venv/bin/python -m bench.flat [N]

Between two lines lie N/10 reloads. The master is small, so what it shares with the workers (PSS) depends a little on how many there are.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench.proc import pss
from kit.commands import Line
from kit.server import Adapter

_DOORS = (
    "--control=control",
    "--fifo=fifo",
    "--pidfile=pid",
    "--stats=127.0.0.1:0",
    "--metrics=127.0.0.1:0",
    "--touch-reload=touch",
)


def main(reloads: int) -> None:
    """Print what it weighs and holds open, now and then."""
    with Adapter("hello.py", "--workers=2", *_DOORS) as server:
        pid = server.process.pid
        server.wait_for("adapter: info: serving generation=")
        for done in range(reloads + 1):
            if done % max(1, reloads // 10) == 0:
                with Line(server.directory / "control") as line:
                    assert line.ask("status")["ok"]
                print(
                    f"{done:5} reloads  {pss(pid)[pid] / 1e6:6.2f} MB  {len(os.listdir(f'/proc/{pid}/fd'))} descriptors",
                    flush=True,
                )
            if done < reloads:
                server.reload()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
