"""A client that comes when no descriptor is free is hung up on, instead of waking us for ever."""

import subprocess
import sys
import textwrap

PROGRAM = """
    import os, resource, select, socket, sys
    from adapter.unix.spare import Spare
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    clients = [socket.create_connection(listener.getsockname()) for _ in range(3)]
    spare = Spare()
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    for client in clients:
        try:
            listener.accept()
            sys.exit("there was a descriptor")
        except OSError:
            spare.turn_away(listener)
        if client.recv(1) != b"":
            sys.exit("it was not hung up on")
    spare.turn_away(listener)  # nobody waits any more: no harm
    print("all were turned away")
"""


def test_clients_are_turned_away():
    """Each of those that wait, one by one, with the one descriptor that is kept for it."""
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(PROGRAM)], capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout, run.stderr) == (0, "all were turned away\n", "")
