"""What `adapter top` shows and asks, and what a key does to it. Pure: the terminal is another's affair."""

from typing import Final, NamedTuple

from adapter.scoreboard.screen import SORTS

COMMANDS: Final = {
    "R": ("reload", "reload: new code, new configuration"),
    "C": ("chain-reload", "chain reload: a new generation, slot by slot"),
    "W": ("workers-reload", "workers reload: new workers of this generation"),
    "U": ("rollback", "rollback to the generation that was kept"),
    "P": ("pause-toggle", "pause, or resume: no worker takes requests meanwhile"),
    "T": ("traceback", "have every worker's stacks shown in the log"),
    "+": ("more", "one worker more"),
    "-": ("fewer", "one worker fewer"),
    "L": ("reopen-logs", "open the log files anew"),
    "X": ("stop", "stop the server, draining"),
}
"""Keys that ask something of the server: the command's name on the control socket, and what it is for the question."""
QUIT: Final = "q"
_YES: Final = ("y", "Y")


class View(NamedTuple):
    """`sort`: a key of SORTS. `asking`: a key of COMMANDS that waits for its confirmation. `said`: news about the last one."""

    sort: str = "s"
    asking: str = ""
    said: str = ""

    @property
    def foot(self) -> str:
        """The last line of the screen."""
        if self.asking:
            return f"{COMMANDS[self.asking][1]}? y: yes, any other key: no"
        keys = f"q quit  sort: {' '.join(SORTS)}  ask: {' '.join(COMMANDS)}"
        return f"{keys}  {self.said or 'by ' + SORTS[self.sort]}"


def pressed(view: View, key: str) -> tuple[View, str]:
    """The view after this key, and the command to send: empty when there is none."""
    if view.asking:
        name = COMMANDS[view.asking][0]
        sure = key in _YES
        return view._replace(asking="", said="" if sure else f"{name}: not asked"), name if sure else ""
    if key in SORTS:
        return view._replace(sort=key, said=""), ""
    if key in COMMANDS:
        return view._replace(asking=key, said=""), ""
    return view, ""


def answered(view: View, command: str, error: str) -> View:
    """The server has taken the command, or says why not."""
    return view._replace(said=f"{command}: {error or 'asked'}")
