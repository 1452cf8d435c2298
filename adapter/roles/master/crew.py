"""The master's children: preloaders and workers, each with the channel it is talked to by."""

import json
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any

from adapter.config.envdir import application_environment
from adapter.config.settings import Settings
from adapter.exits import SystemFailure
from adapter.lifecycle import events
from adapter.lifecycle.dialects import DEFAULT
from adapter.lifecycle.messages import (
    Asks,
    CannotFork,
    DrainNow,
    ForkWorker,
    HasAnswered,
    HasFailed,
    HasForked,
    HasImported,
    HasLoaded,
    HasToldStacks,
    IsDraining,
    IsIdle,
    IsLeaving,
    IsReady,
    IsStuck,
    Message,
    Prepare,
    Serve,
    from_plain,
    to_plain,
)
from adapter.log import Log
from adapter.roles.lastwords import LastWords
from adapter.roles.master import program
from adapter.roles.master.commons import Commons
from adapter.roles.master.petitions import Petitions
from adapter.roles.master.vigils import Vigils
from adapter.roles.master.watch import Hear, Watch
from adapter.unix import processes
from adapter.unix.channels import Channel


class Family:
    """One generation: its settings, the addresses its workers listen on and what they speak there, its preloader."""

    def __init__(self, settings: Settings, addresses: dict[str, str], channel: Channel | None = None) -> None:
        self.settings = settings
        self.addresses = addresses
        self.channel = channel


class Crew:
    """Starts them, tells them, hears them."""

    def __init__(self, log: Log, watch: Watch, petitions: Petitions, pid_of: Callable[[int], int]) -> None:
        self.families: dict[int, Family] = {}
        self._workers: dict[int, tuple[Channel, int]] = {}  # by id: the channel, the generation
        self.of_workers, self.of_preloaders = LastWords(), LastWords()  # by id; by generation
        self.accepting: set[int] = set()  # told to drain, but may not have heard it yet: a new client may still meet them
        self.imported: dict[str, list[int]] = {}  # files that were told of, with their marks, until somebody takes them from here
        self._petitions = petitions
        self._vigils = Vigils(watch, pid_of)
        self.commons = Commons()
        self._log = log
        self._watch = watch

    # -- orders --------------------------------------------------------------------------------------------------------

    def load(self, generation: int, family: Family, directory: str) -> int:
        """Start this generation's preloader; returns its pid. Raises OSError, or Fatal for a bad --envdir."""
        self.commons.open()
        start = os.path.join(directory, family.settings.chdir or "")
        environ = {**application_environment(family.settings, os.environ), "PWD": start}
        try:
            witness = self.of_preloaders.open(generation)
            ours, theirs = Channel.pair()
        except OSError as error:
            raise SystemFailure(f"cannot start a preloader: {error.strerror}") from error
        try:
            argv = program.preloader(theirs.fileno())
            pid = processes.spawn(argv, environ=environ, directory=start, keep=[theirs.fileno()], held=DEFAULT)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        family.channel = ours
        self.families[generation] = family
        self._attend(ours, partial(self._hear_preloader, generation))
        ours.send(to_plain(Prepare(generation, family.settings.to_dict())), [witness, self.commons.locks])
        return pid

    def fork(self, worker: int, slot: int, generation: int, listeners: list[int], place: tuple[int, list[int]]) -> str:
        """Have a worker forked; returns why not, or nothing. `place`: its cell on the scoreboard, and by which descriptor."""
        family = self.families[generation]
        if family.channel is None:
            return "its preloader is gone"
        try:
            witness = self.of_workers.open(worker)
            ours, theirs = Channel.pair()
        except OSError as error:
            return f"no channel for it: {error.strerror}"
        self._workers[worker] = ours, generation
        self._attend(ours, partial(self._hear_worker, worker))
        try:
            family.channel.send(to_plain(ForkWorker(worker, slot)), [theirs.fileno(), witness])
            queue = self.commons.queue
            ours.send(to_plain(Serve(family.addresses, place[0], bool(queue), begin=True)), [*listeners, *queue, *place[1]])
        except OSError as error:
            return f"its preloader does not hear: {error.strerror}"
        finally:
            theirs.close()
        return ""

    def drain(self, worker: int, seconds: float, linger: float, leaving: Iterable[str], *, final: bool) -> None:
        """Have a worker drain."""
        self.accepting.add(worker)
        self.give(worker, DrainNow(seconds, linger, list(leaving), final))

    def tell(self, message: Message, workers: Iterable[int] | None = None) -> None:
        """Say this to these workers, or to all."""
        for worker in list(self._workers) if workers is None else workers:
            self.give(worker, message)

    def tell_all(self, generation: int, message: Message, fds: Sequence[int]) -> None:
        """Tell a generation's preloader and workers, those to be born too: they have heard it before they do anything."""
        if (family := self.families.get(generation)) is not None:
            self._send(family.channel, message, fds, "a preloader does not hear", generation=generation)
        for worker, (channel, of) in self._workers.items():
            if of == generation:
                self._send(channel, message, fds, "a worker does not hear", worker=worker)

    def addresses_of(self, worker: int) -> dict[str, str]:
        """What this worker listens on."""
        family = self.families.get(self._workers[worker][1]) if worker in self._workers else None
        return family.addresses if family else {}

    def keep_only(self, workers: Collection[int], generations: Collection[int]) -> None:
        """Hang up on those who are no more."""
        self.of_workers.keep_only(workers)
        self.of_preloaders.keep_only(generations)
        self.accepting.intersection_update(workers)
        self._vigils.keep_only(workers)
        for worker in set(self._workers) - set(workers):
            channel, _ = self._workers.pop(worker)
            self._hang_up(channel)
        for generation in set(self.families) - set(generations):
            self._hang_up(self.families.pop(generation).channel)

    def hear_all(self) -> list[events.Event]:
        """Everything that was said so far, by anybody."""
        heard = [event for generation in list(self.families) for event in self._hear_preloader(generation)]
        return heard + [event for worker in list(self._workers) for event in self._hear_worker(worker)]

    # -- across an exec ------------------------------------------------------------------------------------------------

    def to_plain(self) -> dict[str, Any]:
        """For the carryover."""
        families = {
            number: {
                "settings": family.settings.to_dict(),
                "addresses": family.addresses,
                "fd": family.channel.fileno() if family.channel else -1,  # -1, too, when it has hung up and is not reaped yet
            }
            for number, family in self.families.items()
        }
        workers = {worker: [each.fileno(), of] for worker, (each, of) in self._workers.items() if each.fileno() >= 0}
        witnesses = [self.of_workers.to_plain(), self.of_preloaders.to_plain()]
        shared = {"commons": self.commons.to_plain(), "vigils": self._vigils.to_plain()}
        return {"families": families, "workers": workers, "witnesses": witnesses, **shared}

    def restore(self, plain: dict[str, Any]) -> None:
        """From the carryover."""
        self.commons.restore(plain.get("commons", {}))
        self._vigils.restore(plain.get("vigils", {}))
        for number, each in plain.get("families", {}).items():
            channel = Channel.adopt(each["fd"]) if each["fd"] >= 0 else None
            self.families[int(number)] = Family(Settings.from_dict(each["settings"]), dict(each["addresses"]), channel)
            if channel is not None:
                self._attend(channel, partial(self._hear_preloader, int(number)))
        for worker, (fd, generation) in plain.get("workers", {}).items():
            channel = Channel.adopt(fd)
            self._workers[int(worker)] = channel, generation
            self._attend(channel, partial(self._hear_worker, int(worker)))
        for words, witnesses in zip((self.of_workers, self.of_preloaders), plain.get("witnesses", ()), strict=False):
            words.restore(witnesses)

    def fds(self) -> list[int]:
        """Every descriptor that the carryover names."""
        channels = [each.channel for each in self.families.values()] + [each for each, _ in self._workers.values()]
        spoken = [each.fileno() for each in channels if each is not None and each.fileno() >= 0]
        return [*spoken, *self.of_workers.fds(), *self.of_preloaders.fds(), *self.commons.fds(), *self._vigils.fds()]

    # -- the wire ------------------------------------------------------------------------------------------------------

    def _attend(self, channel: Channel, hear: Hear) -> None:
        channel.never_wait()
        self._watch.add(channel.fileno(), hear)

    def _hang_up(self, channel: Channel | None) -> None:
        if channel is not None and channel.fileno() >= 0:
            self._watch.remove(channel.fileno())
            channel.close()

    def give(self, worker: int, message: Message, fds: Sequence[int] = ()) -> None:
        """Tell one worker, also one to be born: it hears it once it serves."""
        if worker in self._workers:
            self._send(self._workers[worker][0], message, fds, "a worker does not hear", worker=worker)

    def _send(self, channel: Channel | None, message: Message, fds: Sequence[int], deaf: str, **who: int) -> None:
        if channel is None:
            return
        try:
            channel.send(to_plain(message), fds)
        except BlockingIOError:
            self._log.warning(deaf, **who)
        except OSError:
            return  # it is gone: its exit is on the way to us

    def _hear(self, channel: Channel | None) -> list[tuple[Message, list[int]]]:
        """What was said on this channel; an end of file is only noted: the exit itself is what counts."""
        said: list[tuple[Message, list[int]]] = []
        while channel is not None and channel.fileno() >= 0:
            try:
                received = channel.receive()
            except BlockingIOError:
                break
            except (OSError, json.JSONDecodeError) as error:
                self._log.error("a child speaks what we do not understand", reason=str(error))
                received = None
            if received is None:
                self._hang_up(channel)
                break
            message = from_plain(received[0])
            if isinstance(message, HasImported):
                self.imported |= message.files
            elif message is not None:
                said.append((message, received[1]))
        return said

    def _hear_preloader(self, generation: int) -> list[events.Event]:
        family = self.families.get(generation)
        heard: list[events.Event] = []
        for message, _ in self._hear(family.channel if family else None):
            match message:
                case HasLoaded():
                    self.of_preloaders.take(generation)  # an import that was slow, and not stuck, has shown its stack for nothing
                    if message.threads:
                        names = ", ".join(message.threads)
                        self._log.warning(
                            "the import started threads, which no worker has: start them after the fork", threads=names
                        )
                    heard.append(events.Loaded(generation))
                case HasFailed():
                    heard.append(events.LoadFailed(generation, message.error, message.code, message.detail))
                case HasForked():
                    heard.append(events.Forked(message.worker, message.pid))
                case CannotFork():
                    heard.append(events.ForkFailed(message.worker, message.error))
                case _:
                    pass
        return heard

    def _hear_worker(self, worker: int) -> list[events.Event]:  # noqa: C901 -- the table of what workers say, one line each
        channel = self._workers[worker][0] if worker in self._workers else None
        heard: list[events.Event] = []
        for message, fds in self._hear(channel):
            match message:
                case IsReady():
                    self.of_workers.take(worker)  # as above
                    self._vigils.take(worker, fds)
                    heard.append(events.Ready(worker))
                case IsLeaving():
                    heard.append(events.Left(worker, message.reason))
                case IsStuck():
                    heard.append(events.Stuck(worker, message.request, message.seconds))
                case HasAnswered():
                    heard.append(events.Answered(worker, message.answers, message.errors))
                case IsIdle():
                    heard.append(events.Rested(worker, message.idle))
                case IsDraining():
                    self.accepting.discard(worker)
                    heard.append(events.Draining(worker))
                case HasToldStacks():
                    heard.append(events.Shown(worker))
                case Asks():
                    heard += self._petitions.take(worker, message, fds)
                case HasFailed():
                    heard.append(events.BootFailed(worker, message.error, message.code, message.detail))
                case _:
                    pass
        return heard
