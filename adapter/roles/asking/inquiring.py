"""Who runs this server, and how long does that one wait for its end? Asked by a process of its own, which may hang, for the master may not.

Its answer is one line of JSON on stdout: `waits` (seconds, or null), and a remark for the log with its `level`.
"""

import json
import os

from adapter.lifecycle.limits import USUAL
from adapter.roles.asking import consulting
from adapter.supervisors.judging.facts import Facts, Instance
from adapter.supervisors.judging.remark import fitting, remark, waits
from adapter.unix import procfs

_KINDNESS = 10  # nice(2): the application is being imported meanwhile


def main(pid: int, drain: float | None, lame_duck: float, signals: str, *, extends: bool) -> None:
    """About the server `pid`, our parent, with these settings. `extends`: it tells the service manager how long a drain may last."""
    os.nice(_KINDNESS)
    environ = dict(os.environ)
    supervisor = consulting.supervisor(pid, environ, procfs.ancestors(pid), None)
    asked = Instance(pid=pid, drain=USUAL if drain is None else drain, lame_duck=lame_duck, signals=signals, environ=environ)
    facts = Facts(instance=asked, supervisor=supervisor)
    if drain is None:
        facts = fitting(facts)
    level, sentence = remark(facts, extends=extends)
    print(json.dumps({"waits": waits(facts), "level": level, "remark": sentence}), flush=True)
