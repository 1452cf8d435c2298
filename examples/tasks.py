"""A program beside an application: what a mule of uWSGI's was. `adapter conf KIND --beside 'python -u tasks.py'` makes a service of it.

It does its work every ten seconds; here that is a line on stdout. On TERM it finishes what it is at, and ends.
"""

import itertools
import os
import signal
import time

PERIOD = 10
say = print


def main() -> None:
    """Until TERM, which waits while there is work and ends the pause at once."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    say(f"tasks: begun pid={os.getpid()}")
    for number in itertools.count(1):
        say(f"tasks: done number={number} at={time.strftime('%H:%M:%S')}")
        if signal.sigtimedwait({signal.SIGTERM}, PERIOD):
            say("tasks: ended")
            return


if __name__ == "__main__":
    main()
