"""Every exit code, what each supervisor makes of it, and the errors that carry one.

| code | means                                 | supervisord                          | daemontools, runit      | s6                  |
|------|---------------------------------------|--------------------------------------|-------------------------|---------------------|
| 0    | a stop that was asked for             | EXITED, stays down (`unexpected`)    | started again unless -d | started again       |
| 1    | anything else, the application's own failure above all | started again, then FATAL | started again, once a second | the same     |
| 100  | asked wrongly: usage, config, no such app | as 1                             | as 1                    | as 1 (`finish` sees 100) |
| 111  | the system failed and may recover     | as 1                                 | as 1                    | as 1 (`finish` sees 111) |

100 and 111 are daemontools' own convention (cr.yp.to/daemontools.html): whose fault was it, and is trying again worth it.
"""

STOPPED = 0
FAILED = 1
ASKED_WRONGLY = 100
SYSTEM_FAILED = 111


class Fatal(Exception):
    """An error that ends this process: one sentence for the log, a code for the supervisor.

    `detail` is further text (a traceback, say), shown below the sentence.
    """

    code = FAILED

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


class Misuse(Fatal):
    """We were asked for something that cannot be: trying again changes nothing until someone edits something."""

    code = ASKED_WRONGLY


class SystemFailure(Fatal):
    """The system refused (port taken, no memory, no permission): trying again may succeed."""

    code = SYSTEM_FAILED
