"""The FIFO abused: whatever is written there, and however much, the server serves, and hears everybody else."""

import subprocess
import sys
from signal import SIGHUP

from kit.commands import adapter
from kit.load import Load
from kit.server import Adapter

RELOADS = 3
FLOOD = """
import os, sys
os.nice(19)
fd = os.open(sys.argv[1], os.O_WRONLY)
noise = bytes(byte for byte in os.urandom(1 << 16) if byte != 10)
print("begun", flush=True)
while True:
    os.write(fd, noise)
"""


def test_a_flood_of_noise() -> None:
    """Somebody writes random bytes as fast as the pipe takes them: no command comes of it, one line a second is said about it (each
    image begins anew), no visitor notices, and a signal, a reload and the control socket do as ever.
    """
    with Adapter("exact.py", "--fifo=fifo", "--control=control", "--workers=2") as server, Load(server.address) as load:
        flood = subprocess.Popen([sys.executable, "-c", FLOOD, str(server.directory / "fifo")], stdout=subprocess.PIPE)
        try:
            assert flood.stdout
            assert flood.stdout.readline() == b"begun\n"
            server.wait_for("adapter: warning: not understood")
            for _ in range(RELOADS):
                server.reload(SIGHUP)
                load.lap()
                assert adapter("ctl", "control", "statistics", cwd=server.directory).returncode == 0
        finally:
            flood.kill()
            flood.wait()
            assert flood.stdout
            flood.stdout.close()
        report = load.stop()
        assert report.failed == 0, str(report)
        lines = server.log.all()
        assert sum("not understood" in line for line in lines) <= report.seconds + 1 + RELOADS
        assert not any("source=FIFO" in line or 'source="FIFO' in line for line in lines)
