"""Histories of a master, as data: at this second this was heard, and these orders came of it (what is said in the log apart).

Each begins where another one ended (`after`), or at the very beginning. Every bug that was found here has left one.
"""

from typing import NamedTuple

from adapter.lifecycle import actions as a
from adapter.lifecycle import events as e
from adapter.lifecycle.commands import Command
from adapter.lifecycle.limits import Limits
from adapter.lifecycle.turn import STOPPING

Step = tuple[float, e.Event, *tuple[a.Action, ...]]


class History(NamedTuple):
    """`promise` says what it shows; `after`, the name of the history that led here."""

    promise: str
    after: str
    steps: tuple[Step, ...]


CHEAP = Limits(workers=2, deaths=3, cheap=True)
ONE, TWO, FOUR = (Limits(workers=workers, deaths=3) for workers in (1, 2, 4))
HUP = e.Asked(Command.RELOAD, "signal HUP")
TERM = e.Asked(Command.STOP, "signal TERM")
INT = e.Asked(Command.STOP_NOW, "signal INT")
BRUTAL = e.Asked(Command.WORKERS_RELOAD_NOW, "control")
SHORT = Limits(workers=2, surge=1, deaths=3, lifetime=100.0, lifetime_jitter=10.0, least_life=20.0)
ALRM = e.Asked(Command.CHAIN_RELOAD, "signal ALRM")
PAUSE = e.Asked(Command.PAUSE, "control")
RESUME = e.Asked(Command.RESUME, "control")
TSTP = e.Asked(Command.PAUSE_TOGGLE, "signal TSTP")
TTIN = e.Asked(Command.MORE, "signal TTIN")
TTOU = e.Asked(Command.FEWER, "signal TTOU")
CONT = e.Asked(Command.NOTHING, "signal CONT")
CODE_0, CODE_3, KILLED = "exit code 0", "exit code 3", "killed by signal 9 (SIGKILL)"

# One step, one line.
# fmt: off
HISTORIES = {
    "first boot": History("The first generation is loaded, forked into every slot, and committed when all are ready.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1), a.Fork(2, 1, 1)),
        (1, e.Forked(1, 11)),
        (1, e.Forked(2, 12)),
        (2, e.Ready(1), a.Begin(1)),
        (2, e.Ready(2), a.Begin(2), a.Commit(1), a.Answer("")),
    )),
    "first boot of one": History("The smallest server.", "", (
        (0, e.Started(ONE), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1)),
        (1, e.Forked(1, 11)),
        (2, e.Ready(1), a.Begin(1), a.Commit(1), a.Answer("")),
    )),
    "a roll of one": History("An old worker drains while the new one serves.", "first boot of one", (
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Fork(2, 0, 2)),
        (11, e.Forked(2, 21)),
        (12, e.Ready(2), a.Begin(2), a.Commit(2), a.Drain(1, 8.0, final=False), a.Answer("")),
    )),
    "ready before its birth is known": History("A worker may be heard before the preloader that tells its pid.", "", (
        (0, e.Started(ONE), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1)),
        (1, e.Ready(1), a.Begin(1), a.Commit(1), a.Answer("")),
        (1, e.Forked(1, 11)),
        (5, TERM, a.StopListening(), a.Drain(1, 8.0, final=True)),
        (6, e.Exited(11, CODE_0, clean=True), a.Dismiss(1)),
        (6, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "broken at first boot": History("An application that cannot be imported ends the server at once, with its own code and traceback.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.LoadFailed(1, "SyntaxError", 1, "traceback"), a.Dismiss(1), a.Answer("SyntaxError", "traceback"), a.StopListening()),
        (1, e.Exited(10, CODE_0, clean=True), a.Exit(1)),
    )),
    "no preloader at first boot": History("What cannot even be started leaves no child to wait for.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, e.LoadFailed(1, "no such directory", 111), a.Answer("no such directory"), a.StopListening(), a.Exit(111)),
    )),
    "an import without end at first boot": History("An import that takes longer than the boot timeout ends a first boot.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (60, e.Ticked(), a.Dismiss(1), a.Answer("importing the application took longer than 60 s (--boot-timeout)"), a.StopListening()),
        (60, e.Exited(10, KILLED, clean=False), a.Exit(111)),
    )),
    "a worker dies while booting": History("In a first boot that is the end, and the others are not left behind.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1), a.Fork(2, 1, 1)),
        (1, e.Forked(1, 11)),
        (1, e.Forked(2, 12)),
        (2, e.Ready(2), a.Begin(2)),
        (2, e.Exited(11, CODE_3, clean=False), a.Answer("a worker died before it was ready: exit code 3"), a.StopListening(), a.Drain(2, 0.0, final=True)),
        (3, e.Exited(12, CODE_0, clean=True), a.Dismiss(1)),
        (3, e.Exited(10, KILLED, clean=False), a.Exit(1)),
    )),
    "stop while booting": History("Who is asked to stop before it serves kills what holds nothing and leaves with code 0.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1), a.Fork(2, 1, 1)),
        (1, e.Forked(1, 11)),
        (1, TERM, a.Answer(STOPPING), a.StopListening(), a.Kill(1, 11)),
        (1, e.Forked(2, 12), a.Kill(2, 12)),
        (2, e.Exited(11, KILLED, clean=False)),
        (2, e.Exited(12, KILLED, clean=False), a.Dismiss(1)),
        (2, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "stop before the preloader is known": History("The dismissal that is owed to a preloader is given when its pid is known.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, TERM, a.Answer(STOPPING), a.StopListening()),
        (0, e.PreloaderStarted(1, 10), a.Dismiss(1)),
        (1, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "stop before the preloader has failed to start": History("A preloader that never was keeps nobody from leaving.", "", (
        (0, e.Started(TWO), a.Load(1)),
        (0, TERM, a.Answer(STOPPING), a.StopListening()),
        (0, e.LoadFailed(1, "no memory", 111), a.Exit(0)),
    )),
    "HUP during boot": History("A reload that is asked for during the boot follows it.", "", (
        (0, e.Started(ONE), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (0, HUP),
        (1, e.Loaded(1), a.Fork(1, 0, 1)),
        (1, e.Forked(1, 11)),
        (2, e.Ready(1), a.Begin(1), a.Commit(1), a.Answer(""), a.StartPreflight()),
    )),
    "HUP during a boot that fails": History("Who waits for a queued reload is told that it will not come.", "", (
        (0, e.Started(ONE), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (0, HUP),
        (1, e.LoadFailed(1, "SyntaxError", 1), a.Dismiss(1), a.Answer("SyntaxError"), a.StopListening(), a.Answer(STOPPING)),
        (1, e.Exited(10, CODE_0, clean=True), a.Exit(1)),
    )),
    "HUP": History("Pre-flight, exec, load; then slot by slot a new worker is ready before the old one is relieved.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(TWO), a.Load(2)),
        (12, e.PreloaderStarted(2, 20)),
        (13, e.Loaded(2), a.Fork(3, 0, 2)),
        (13, e.Forked(3, 21)),
        (14, e.Ready(3), a.Begin(3), a.Fork(4, 1, 2), a.Drain(1, 8.0, final=False)),
        (14, e.Forked(4, 22)),
        (15, e.Ready(4), a.Begin(4), a.Commit(2), a.Drain(2, 8.0, final=False), a.Answer("")),
        (16, e.Exited(11, CODE_0, clean=True)),
        (16, e.Exited(12, CODE_0, clean=True), a.Dismiss(1)),
        (16, e.Exited(10, KILLED, clean=False)),
    )),
    "half a roll": History("The first slot is rolled, the second not yet: its worker comes only now.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(TWO), a.Load(2)),
        (12, e.PreloaderStarted(2, 20)),
        (13, e.Loaded(2), a.Fork(3, 0, 2)),
        (13, e.Forked(3, 21)),
        (14, e.Ready(3), a.Begin(3), a.Fork(4, 1, 2), a.Drain(1, 8.0, final=False)),
        (14, e.Forked(4, 22)),
    )),
    "revert after half a roll": History("A failure in the second slot brings the old generation back into the first, without a gap.", "half a roll", (
        (15, e.Exited(22, CODE_3, clean=False), a.Answer("a worker died before it was ready: exit code 3"), a.Fork(5, 0, 1)),
        (16, e.Forked(5, 23)),
        (17, e.Ready(5), a.Begin(5), a.Drain(3, 8.0, final=False)),
        (18, e.Exited(11, CODE_0, clean=True)),
        (18, e.Exited(21, CODE_0, clean=True), a.Dismiss(2)),
        (18, e.Exited(20, KILLED, clean=False)),
    )),
    "crash loop in a roll": History("Too many deaths of new workers end the roll; the old generation does not wait for their pause.", "half a roll", (
        (15, e.Exited(21, CODE_3, clean=False), a.Fork(5, 0, 2)),
        (15, e.Forked(5, 31)),
        (15, e.Ready(5), a.Begin(5)),
        (15, e.Exited(31, CODE_3, clean=False), a.Fork(6, 0, 2)),
        (15, e.Forked(6, 32)),
        (15, e.Ready(6), a.Begin(6)),
        (16, e.Exited(32, CODE_3, clean=False), a.Answer("its workers die: 3 in 10 s, the last one: exit code 3"), a.Kill(4, 22), a.Fork(7, 0, 1)),
    )),
    "reload with twice the workers": History("New limits hold from the load on; more slots are filled at once, since nobody sits there.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(FOUR), a.Load(2)),
        (12, e.PreloaderStarted(2, 20)),
        (13, e.Loaded(2), a.Fork(3, 0, 2), a.Fork(4, 2, 2), a.Fork(5, 3, 2)),
    )),
    "refused by the pre-flight": History("What the pre-flight refuses costs nothing but a line.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded("no such option", "--wrokers"), a.Answer("no such option", "--wrokers")),
        (12, e.Ticked()),
    )),
    "a pre-flight without end": History("A pre-flight is given as long as a boot.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (70, e.Ticked(), a.StopPreflight(), a.Answer("the pre-flight took longer than the boot timeout")),
    )),
    "exec fails": History("We are still the old image, and serve.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (11, e.ReexecFailed("no such file"), a.Answer("no such file")),
        (12, e.ReexecFailed("said twice")),
    )),
    "the new image cannot read its config": History("The old generation serves on, in the new image.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(Limits(), "no such option"), a.Answer("no such option")),
    )),
    "broken deploy": History("An import that fails leaves the old generation in every slot.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(TWO), a.Load(2)),
        (12, e.PreloaderStarted(2, 20)),
        (13, e.LoadFailed(2, "SyntaxError", 1, "traceback"), a.Dismiss(2), a.Answer("SyntaxError", "traceback")),
        (13, e.Exited(20, CODE_0, clean=True)),
    )),
    "the new generation cannot be forked": History("A fork that fails fails the reload, not the server.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(TWO), a.Load(2)),
        (12, e.PreloaderStarted(2, 20)),
        (13, e.Loaded(2), a.Fork(3, 0, 2)),
        (13, e.ForkFailed(3, "no memory"), a.Answer("a worker could not be forked: no memory"), a.Dismiss(2)),
    )),
    "lazy and broken": History("A worker that cannot import the application fails the reload.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(TWO), a.Load(2)),
        (12, e.PreloaderStarted(2, 20)),
        (13, e.Loaded(2), a.Fork(3, 0, 2)),
        (13, e.Forked(3, 21)),
        (14, e.BootFailed(3, "ImportError", 1, "traceback"), a.Kill(3, 21), a.Answer("ImportError", "traceback")),
        (14, e.Exited(21, CODE_3, clean=False), a.Dismiss(2)),
    )),
    "HUP storm": History("However many are asked for during a reload, one follows it; RELOAD is never forgotten for a chain reload.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (10, HUP),
        (10, ALRM),
        (11, HUP),
        (11, e.PreflightEnded("no"), a.Answer("no"), a.StartPreflight()),
    )),
    "reload while draining": History("The next roll need not wait for the drains of the last one.", "a roll of one", (
        (13, ALRM, a.Load(3)),
        (13, e.PreloaderStarted(3, 30)),
        (14, e.Loaded(3), a.Fork(3, 0, 3)),
        (14, e.Forked(3, 31)),
        (15, e.Ready(3), a.Begin(3), a.Commit(3), a.Drain(2, 8.0, final=False), a.Answer("")),
        (16, e.Exited(11, CODE_0, clean=True), a.Dismiss(1)),
    )),
    "chain reload": History("A new generation of the same limits, without pre-flight or exec, one slot at a time.", "first boot", (
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Fork(3, 0, 2)),
        (11, e.Forked(3, 21)),
        (12, e.Ready(3), a.Begin(3), a.Fork(4, 1, 2), a.Drain(1, 8.0, final=False)),
    )),
    "an old worker dies in the pre-flight": History("That is no failure of what is to come.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (10, e.Exited(11, KILLED, clean=False), a.Fork(3, 0, 1)),
        (10, e.Forked(3, 13)),
        (10, e.Exited(13, CODE_3, clean=False), a.Fork(4, 0, 1)),
    )),
    "an old worker dies during a long import": History("The old generation replaces it; nobody waits for the new one to be imported.", "first boot", (
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Exited(11, KILLED, clean=False), a.Fork(3, 0, 1)),
        (11, e.Forked(3, 13)),
        (12, e.Ready(3), a.Begin(3)),
        (40, e.Loaded(2), a.Fork(4, 0, 2)),
    )),
    "the old generation crashes while the cure is rolled": History("Its deaths do not count against the new one.", "first boot of one", (
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Exited(11, CODE_3, clean=False), a.Fork(2, 0, 1)),
        (11, e.Forked(2, 12)),
        (11, e.Exited(12, CODE_3, clean=False), a.Fork(3, 0, 1)),
        (11, e.Forked(3, 13)),
        (12, e.Exited(13, CODE_3, clean=False)),
        (13, e.Loaded(2), a.Fork(4, 0, 2)),
        (13, e.Forked(4, 21)),
        (14, e.Ready(4), a.Begin(4), a.Commit(2), a.Answer(""), a.Dismiss(1)),
    )),
    "an old worker boots when the roll begins": History("Who comes to replace somebody counts, whether that one is ready or not: there is one extra worker at a time.", "first boot", (
        (10, e.Exited(11, KILLED, clean=False), a.Fork(3, 0, 1)),
        (10, e.Forked(3, 13)),
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Fork(4, 0, 2)),
        (11, e.Forked(4, 21)),
        (12, e.Ready(4), a.Begin(4), a.Fork(5, 1, 2), a.Kill(3, 13)),
    )),
    "a roll begins amid a revert": History("Two would come to replace the same one: the target's is enough.", "half a roll", (
        (15, e.Exited(22, CODE_3, clean=False), a.Answer("a worker died before it was ready: exit code 3"), a.Fork(5, 0, 1)),
        (15, e.Forked(5, 23)),
        (16, ALRM, a.Load(3), a.Kill(5, 23)),
    )),
    "preloader dies while loading": History("The reload fails, the old generation serves.", "first boot", (
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Exited(20, KILLED, clean=False), a.Answer("the preloader died: killed by signal 9 (SIGKILL)")),
    )),
    "preloader dies in the roll": History("The reload fails; what it forked is relieved again.", "half a roll", (
        (15, e.Exited(20, KILLED, clean=False), a.Answer("the preloader died: killed by signal 9 (SIGKILL)"), a.Kill(4, 22), a.Fork(5, 0, 1)),
    )),
    "the old preloader dies in the roll": History("Nothing is lost as long as the roll goes well.", "half a roll", (
        (15, e.Exited(10, KILLED, clean=False)),
        (16, e.Ready(4), a.Begin(4), a.Commit(2), a.Drain(2, 8.0, final=False), a.Answer("")),
    )),
    "the old preloader dies, then the roll fails": History("The old generation is loaded anew and rolled.", "half a roll", (
        (15, e.Exited(10, KILLED, clean=False)),
        (16, e.Exited(22, CODE_3, clean=False), a.Answer("a worker died before it was ready: exit code 3"), a.Load(3)),
        (16, e.PreloaderStarted(3, 30)),
        (17, e.Loaded(3), a.Fork(5, 0, 3)),
    )),
    "preloader dies while serving": History("Its workers go on; the generation is loaded anew and rolled.", "first boot", (
        (10, e.Exited(10, KILLED, clean=False), a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Fork(3, 0, 2)),
        (11, e.Forked(3, 21)),
        (12, e.Ready(3), a.Begin(3), a.Fork(4, 1, 2), a.Drain(1, 8.0, final=False)),
        (12, e.Forked(4, 22)),
        (13, e.Ready(4), a.Begin(4), a.Commit(2), a.Drain(2, 8.0, final=False), a.Answer("")),
    )),
    "preloader dies in the pre-flight": History("The reload goes on: it brings a new one.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (10, e.Exited(10, KILLED, clean=False)),
        (11, e.PreflightEnded(""), a.Reexec()),
        (12, e.Reexecuted(TWO), a.Load(2)),
    )),
    "loading anew fails again and again": History("It pauses as for any other death, and goes on.", "first boot", (
        (10, e.Exited(10, KILLED, clean=False), a.Load(2)),
        (10, e.LoadFailed(2, "no memory", 111), a.Answer("no memory"), a.Load(3)),
        (10, e.LoadFailed(3, "no memory", 111), a.Answer("no memory")),
        (19, e.Ticked()),
        (20, e.Ticked(), a.Load(4)),
    )),
    "the preloader is stuck": History("A fork that is never answered ends the preloader, and the generation is loaded anew.", "first boot", (
        (10, e.Exited(11, KILLED, clean=False), a.Fork(3, 0, 1)),
        (70, e.Ticked(), a.Dismiss(1)),
        (70, e.Exited(10, KILLED, clean=False), a.Load(2)),
    )),
    "the preloader is stuck, and nobody waits for its fork": History("A worker that was given up before it was born is still missed.", "first boot", (
        (10, TTIN, a.Fork(3, 2, 1)),
        (11, TTOU),
        (70, e.Ticked(), a.Dismiss(1)),
        (70, e.Exited(10, KILLED, clean=False), a.Load(2)),
    )),
    "the preloader dies with a fork under way": History("What it should have forked is not waited for.", "first boot", (
        (10, TTIN, a.Fork(3, 2, 1)),
        (10, e.Exited(10, KILLED, clean=False), a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Fork(4, 0, 2), a.Fork(5, 2, 2)),
    )),
    "a crash is repaired": History("A dead worker is replaced at once.", "first boot", (
        (10, e.Exited(11, CODE_3, clean=False), a.Fork(3, 0, 1)),
        (10, e.Forked(3, 13)),
        (11, e.Ready(3), a.Begin(3)),
    )),
    "a crash loop pauses": History("Past three deaths in ten seconds forks wait until the window has moved on.", "first boot of one", (
        (10, e.Exited(11, CODE_3, clean=False), a.Fork(2, 0, 1)),
        (10, e.Forked(2, 12)),
        (11, e.Exited(12, CODE_3, clean=False), a.Fork(3, 0, 1)),
        (11, e.Forked(3, 13)),
        (12, e.Exited(13, CODE_3, clean=False)),
        (19, e.Ticked()),
        (20, e.Ticked(), a.Fork(4, 0, 1)),
    )),
    "TERM in the pause of a crash loop": History("The pause is over with the wish to serve: its end wakes nobody.", "first boot of one", (
        (10, e.Exited(11, CODE_3, clean=False), a.Fork(2, 0, 1)),
        (10, e.Forked(2, 12)),
        (11, e.Exited(12, CODE_3, clean=False), a.Fork(3, 0, 1)),
        (11, e.Forked(3, 13)),
        (12, e.Exited(13, CODE_3, clean=False)),
        (13, TERM, a.StopListening(), a.Dismiss(1)),
        (20, e.Ticked()),
        (21, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "TTIN": History("One more slot, filled at once.", "first boot", (
        (10, TTIN, a.Fork(3, 2, 1)),
        (10, e.Forked(3, 13)),
        (11, e.Ready(3), a.Begin(3)),
    )),
    "TTOU": History("One slot fewer: the one who sits there drains; the last one stays.", "first boot", (
        (10, TTOU, a.Drain(2, 8.0, final=False)),
        (11, TTOU),
        (12, e.Exited(12, CODE_0, clean=True)),
    )),
    "TTIN in a roll": History("The slot is there at once, and stays when the roll fails.", "half a roll", (
        (15, TTIN, a.Fork(5, 2, 2)),
        (15, e.Forked(5, 23)),
        (16, e.Ready(5), a.Begin(5)),
        (17, e.Exited(22, CODE_3, clean=False), a.Answer("a worker died before it was ready: exit code 3"), a.Fork(6, 0, 1)),
    )),
    "TTOU in a roll": History("The slot that is left is rolled already, so the roll is over.", "half a roll", (
        (15, TTOU, a.Commit(2), a.Drain(2, 8.0, final=False), a.Kill(4, 22), a.Answer("")),
    )),
    "TERM": History("Who serves drains; who serves nobody is killed; the last one gone, we go.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (12, e.Exited(11, CODE_0, clean=True)),
        (13, e.Exited(12, CODE_0, clean=True), a.Dismiss(1)),
        (13, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "TERM then CONT": History("supervise, runsv and s6 send CONT after TERM: it changes nothing.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (10, CONT),
        (12, e.Exited(11, CODE_0, clean=True)),
    )),
    "TERM twice": History("Operators repeat themselves: it changes nothing.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (11, TERM),
        (12, e.Ticked()),
    )),
    "INT after TERM": History("What was told to drain is told once more, with no time left.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (11, INT, a.Drain(1, 0.0, final=True), a.Drain(2, 0.0, final=True)),
        (12, INT),
        (12, e.Ticked(), a.Abort(1, 11), a.Abort(2, 12)),
        (12.5, e.Ticked(), a.Kill(1, 11), a.Kill(2, 12)),
        (13, e.Exited(11, KILLED, clean=False)),
        (13, e.Exited(12, KILLED, clean=False), a.Dismiss(1)),
        (13, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "a drain without end": History("Who does not leave by the deadline is killed.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (18, e.Ticked()),
        (19, e.Ticked(), a.Abort(1, 11), a.Abort(2, 12)),
        (19.5, e.Ticked(), a.Kill(1, 11), a.Kill(2, 12)),
    )),
    "TERM in the pre-flight": History("Whoever waits for the reload is told; the pre-flight is ended.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, TERM, a.StopPreflight(), a.Answer(STOPPING), a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
    )),
    "TERM in the reexec": History("The new image stops as the old one would have; the reload is forgotten.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.PreflightEnded(""), a.Reexec()),
        (11, TERM, a.Answer(STOPPING), a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (12, e.Reexecuted(TWO)),
    )),
    "TERM in the roll": History("Both generations leave.", "half a roll", (
        (15, TERM, a.Answer(STOPPING), a.StopListening(), a.Drain(1, 7.0, final=True), a.Drain(2, 8.0, final=True), a.Drain(3, 8.0, final=True), a.Kill(4, 22)),
    )),
    "TERM with a reload queued": History("Both the reload under way and the queued one are answered.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (10, HUP),
        (11, TERM, a.StopPreflight(), a.Answer(STOPPING), a.StopListening(), a.Answer(STOPPING), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
    )),
    "HUP after TERM": History("A reload that cannot be is answered at once.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (11, HUP, a.Answer(STOPPING)),
    )),
    "somebody else sends TERM to a worker": History("It goes when another is ready in its slot.", "first boot", (
        (10, e.Left(1), a.Fork(3, 0, 1)),
        (10, e.Forked(3, 13)),
        (11, e.Ready(3), a.Begin(3), a.Drain(1, 8.0, final=False)),
        (12, e.Exited(11, CODE_0, clean=True)),
    )),
    "somebody else sends TERM to a new worker in a roll": History("It serves, so it relieves the old one, and is relieved itself.", "first boot of one", (
        (10, ALRM, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Fork(2, 0, 2)),
        (11, e.Forked(2, 21)),
        (11, e.Left(2)),
        (12, e.Ready(2), a.Begin(2), a.Fork(3, 0, 2), a.Commit(2), a.Drain(1, 8.0, final=False), a.Answer("")),
        (12, e.Forked(3, 22)),
        (13, e.Ready(3), a.Begin(3), a.Drain(2, 8.0, final=False)),
    )),
    "TERM to the whole group": History("The workers are told to drain once, by us.", "first boot of one", (
        (10, e.Left(1), a.Fork(2, 0, 1)),
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True)),
        (10, e.Forked(2, 12), a.Kill(2, 12)),
    )),
    "idle": History("When nobody has a connection, the listener goes back to whoever gave it.", "first boot", (
        (10, e.Rested(1, idle=True)),
        (11, e.Rested(1, idle=False)),
        (12, e.Rested(2, idle=True)),
        (13, e.Rested(1, idle=True), a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
    )),
    "asleep": History("With --idle-cheap all go when nobody has a connection; the preloader stays, and so do we.", "", (
        (0, e.Started(CHEAP), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1), a.Fork(2, 1, 1)),
        (1, e.Forked(1, 11)),
        (1, e.Forked(2, 12)),
        (2, e.Ready(1), a.Begin(1)),
        (2, e.Ready(2), a.Begin(2), a.Commit(1), a.Answer("")),
        (10, e.Rested(1, idle=True)),
        (11, e.Rested(2, idle=True), a.Drain(1, 8.0, final=False), a.Drain(2, 8.0, final=False)),
        (12, e.Exited(11, CODE_0, clean=True)),
        (12, e.Exited(12, CODE_0, clean=True)),
        (13, TTIN),
        (13, TTOU),
    )),
    "woken": History("The first to come has every slot filled, whoever comes meanwhile nothing more.", "asleep", (
        (20, e.Knocked(), a.Fork(3, 0, 1), a.Fork(4, 1, 1)),
        (20, e.Knocked()),
        (20, e.Forked(3, 13)),
        (20, e.Forked(4, 14)),
        (21, e.Ready(3), a.Begin(3)),
        (21, e.Ready(4), a.Begin(4)),
        (30, e.Rested(3, idle=True)),
        (31, e.Rested(4, idle=True), a.Drain(3, 8.0, final=False), a.Drain(4, 8.0, final=False)),
    )),
    "a pause while asleep": History("Who comes waits, as with workers; when it is over they are forked.", "asleep", (
        (20, PAUSE, a.Pause((), paused=True)),
        (21, e.Knocked()),
        (22, RESUME, a.Pause((), paused=False)),
        (22, e.Knocked(), a.Fork(3, 0, 1), a.Fork(4, 1, 1)),
    )),
    "a reload while asleep": History("The new generation proves itself with workers, then they go again.", "asleep", (
        (20, ALRM, a.Load(2)),
        (20, e.PreloaderStarted(2, 20)),
        (21, e.Loaded(2), a.Fork(3, 0, 2), a.Fork(4, 1, 2)),
        (21, e.Forked(3, 13)),
        (21, e.Forked(4, 14)),
        (22, e.Ready(3), a.Begin(3)),
        (22, e.Ready(4), a.Begin(4), a.Commit(2), a.Answer(""), a.Dismiss(1)),
        (30, e.Rested(3, idle=True)),
        (30, e.Rested(4, idle=True), a.Drain(3, 8.0, final=False), a.Drain(4, 8.0, final=False)),
    )),
    "a bad reload while asleep": History("It fails as ever, and nobody is there before or after.", "asleep", (
        (20, ALRM, a.Load(2)),
        (20, e.PreloaderStarted(2, 20)),
        (21, e.LoadFailed(2, "SyntaxError", 1), a.Dismiss(2), a.Answer("SyntaxError")),
        (22, e.Knocked(), a.Fork(3, 0, 1), a.Fork(4, 1, 1)),
    )),
    "somebody comes during a reload while asleep": History("Those of the old generation serve until the new one has loaded.", "asleep", (
        (20, ALRM, a.Load(2)),
        (20, e.PreloaderStarted(2, 20)),
        (21, e.Knocked(), a.Fork(3, 0, 1), a.Fork(4, 1, 1)),
    )),
    "a stop while asleep": History("There is nobody to drain.", "asleep", (
        (20, TERM, a.StopListening(), a.Dismiss(1)),
        (20, e.Exited(10, KILLED, clean=False), a.Exit(0)),
    )),
    "paused": History("Every worker is told once; who is born meanwhile starts so, and nobody else is told.", "first boot", (
        (10, PAUSE, a.Pause((1, 2), paused=True)),
        (10, PAUSE),
        (11, e.Exited(12, KILLED, clean=False), a.Fork(3, 1, 1)),
        (11, e.Forked(3, 13)),
        (12, e.Ready(3), a.Begin(3)),
    )),
    "resumed": History("Those that are there then are told, once; a toggle turns it again.", "paused", (
        (13, RESUME, a.Pause((1, 3), paused=False)),
        (13, RESUME),
        (14, TSTP, a.Pause((1, 3), paused=True)),
        (15, TSTP, a.Pause((1, 3), paused=False)),
    )),
    "paused workers do not rest": History("Nobody has a connection because nobody may: that is no reason to leave.", "paused", (
        (13, e.Rested(1, idle=True)),
        (13, e.Rested(3, idle=True)),
        (14, RESUME, a.Pause((1, 3), paused=False), a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(3, 8.0, final=True)),
    )),
    "a stop while paused": History("Who drains answers what was accepted: there is no pause any more, and none can be asked for.", "paused", (
        (13, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(3, 8.0, final=True)),
        (13, PAUSE),
    )),
    "a reload while paused": History("The new generation starts paused, the old one leaves as ever.", "paused", (
        (20, ALRM, a.Load(2)),
        (20, e.PreloaderStarted(2, 20)),
        (21, e.Loaded(2), a.Fork(4, 0, 2)),
        (21, e.Forked(4, 21)),
        (22, e.Ready(4), a.Begin(4), a.Fork(5, 1, 2), a.Drain(1, 8.0, final=False)),
        (22, e.Forked(5, 22)),
        (23, e.Ready(5), a.Begin(5), a.Commit(2), a.Drain(3, 8.0, final=False), a.Answer("")),
        (24, RESUME, a.Pause((4, 5), paused=False)),
    )),
    "idle during a pre-flight that fails": History("We rest when the change is over, though nobody says so again.", "first boot", (
        (10, HUP, a.StartPreflight()),
        (11, e.Rested(1, idle=True)),
        (11, e.Rested(2, idle=True)),
        (12, e.PreflightEnded("no such option"), a.Answer("no such option"), a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
    )),
    "stopped for a while": History("Nobody is killed for a sleep of ours.", "first boot", (
        (10, TERM, a.StopListening(), a.Drain(1, 8.0, final=True), a.Drain(2, 8.0, final=True)),
        (70, e.Slept(59.5)),
        (70, e.Ticked()),
        (79, e.Ticked(), a.Abort(1, 11), a.Abort(2, 12)),
        (79.5, e.Ticked(), a.Kill(1, 11), a.Kill(2, 12)),
    )),
    "lives are over": History("A worker that served long enough goes once another is ready; the next one waits for that (--surge).", "", (
        (0, e.Started(SHORT), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1), a.Fork(2, 1, 1)),
        (1, e.Forked(1, 11)),
        (1, e.Forked(2, 12)),
        (2, e.Ready(1), a.Begin(1)),
        (2, e.Ready(2), a.Begin(2), a.Commit(1), a.Answer("")),
        (103, e.Ticked()),
        (104.5, e.Ticked(), a.Fork(3, 1, 1)),  # 100 and a quarter of the jitter: worker 2
        (109, e.Ticked()),  # worker 1: not now, that would be one more than --surge
        (109, e.Forked(3, 13)),
        (110, e.Ready(3), a.Begin(3), a.Fork(4, 0, 1), a.Drain(2, 8.0, final=False)),
        (110, e.Forked(4, 14)),
        (111, e.Ready(4), a.Begin(4), a.Drain(1, 8.0, final=False)),
    )),
    "a limit is reached too early": History("A worker is not relieved for a limit before it has lived --min-lifetime.", "", (
        (0, e.Started(SHORT), a.Load(1)),
        (0, e.PreloaderStarted(1, 10)),
        (1, e.Loaded(1), a.Fork(1, 0, 1), a.Fork(2, 1, 1)),
        (1, e.Forked(1, 11)),
        (1, e.Forked(2, 12)),
        (2, e.Ready(1), a.Begin(1)),
        (2, e.Ready(2), a.Begin(2), a.Commit(1), a.Answer("")),
        (3, e.Left(1, "5 requests")),
        (21, e.Ticked()),
        (22, e.Ticked(), a.Fork(3, 0, 1)),
        (22, e.Forked(3, 13)),
        (23, e.Ready(3), a.Begin(3), a.Drain(1, 8.0, final=False)),
    )),
    "a brutal reload": History("The new code is imported; then the old workers are cut, all at once, before new ones start.", "first boot", (
        (10, BRUTAL, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.Loaded(2), a.Drain(1, 0.0, final=False), a.Drain(2, 0.0, final=False), a.Fork(3, 0, 2), a.Fork(4, 1, 2)),
        (11, e.Exited(11, CODE_0, clean=True)),
        (11, e.Exited(12, CODE_0, clean=True)),
        (11, e.Forked(3, 21)),
        (11, e.Forked(4, 22)),
        (12, e.Ready(3), a.Begin(3)),
        (12, e.Ready(4), a.Begin(4), a.Commit(2), a.Answer(""), a.Dismiss(1)),
    )),
    "a brutal reload of broken code": History("Nobody is cut for code that cannot be imported.", "first boot", (
        (10, BRUTAL, a.Load(2)),
        (10, e.PreloaderStarted(2, 20)),
        (11, e.LoadFailed(2, "SyntaxError", 1), a.Dismiss(2), a.Answer("SyntaxError")),
    )),
}
# fmt: on
