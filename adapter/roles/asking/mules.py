"""What a mule's own file asks of uWSGI, which outside of it is not there."""

import os
import re
import stat
from typing import Final

from adapter.config.ini.companions import Beside

_MOST: Final = 1 << 20  # bytes
_MODULE = re.compile(r"^[ \t]*(?:import|from)[ \t]+(uwsgi(?:decorators)?)\b", re.MULTILINE)
_MESSAGES = re.compile(r"\b(mule_get_msg|farm_get_msg|mule_msg_hook|mulefunc|muleloop|mulemsg|farm_msg|signal_wait)\b|@mule\b")


def examined(program: Beside) -> Beside:
    """The same, with what its file says there is to change."""
    if not program.script:
        return program
    text = _text(os.path.join(program.chdir, program.script))
    if text is None:
        return program._replace(changes=(*program.changes, f"{program.script} could not be read: see that it imports no uwsgi"))
    changes = []
    if module := _MODULE.search(text):
        changes.append(
            f"{program.script} imports {module[1]}, which is nowhere but in a server: it has to be a program by itself"
        )
    if asked := _MESSAGES.search(text):
        changes.append(
            f"{program.script} waits for what uWSGI brings it ({asked[0]}): its messages have to come another way, by a task queue, a database"
            " or a socket"
        )
    return program._replace(changes=(*program.changes, *changes))


def _text(path: str) -> str | None:
    """Of a regular file of a program's size."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            return file.read(_MOST).decode(errors="replace")
    except OSError:
        return None
