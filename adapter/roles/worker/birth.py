"""What a worker is born with, and what it does before it can serve: import the application, if that is not done yet, and prepare it."""

import faulthandler
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from adapter import exits
from adapter.config.settings import Settings
from adapter.gateway.load import load_all
from adapter.lifecycle.messages import HasFailed, to_plain
from adapter.roles.worker.imported import Imported
from adapter.roles.worker.inside import Inside
from adapter.unix.channels import Channel
from adapter.unix.witness import Witness


class Birth(NamedTuple):
    """What a worker is born with."""

    channel: Channel
    witness: Witness
    id: int
    slot: int
    inside: Inside
    let_go: Callable[[], None]
    """To be called when it has let go of its listeners: then nobody ends it for the port's sake, should the master be gone."""
    app: Callable[..., Any] | None  # None: it imports the application itself
    took: float = 0.0  # seconds to import it


class Application(NamedTuple):
    """Ready to be called."""

    app: Callable[..., Any]
    took: float  # seconds to import it


def bring_up(birth: Birth, settings: Settings) -> Application | None:
    """Import the application, unless we were born with it, and have it prepared. None: it failed, and the master knows why."""
    began = time.monotonic()
    app = birth.app or _import(birth, settings)
    took = birth.took if birth.app else time.monotonic() - began
    if app is None or not birth.inside.prepare():
        return None
    birth.witness.attend()  # again: the application may have turned faulthandler to its own use
    birth.witness.show_on_request()
    return Application(app, took)


def tell_where_it_hangs(seconds: float, witness: Witness) -> None:
    """Have the stack of an import that hangs shown shortly before the master gives up on it: its clock began before our process did."""
    faulthandler.dump_traceback_later(max(seconds / 2, min(seconds * 0.9, seconds - 2)), exit=False, file=witness.fd)


def _import(birth: Birth, settings: Settings) -> Callable[..., Any] | None:
    """Import the application here (--lazy-apps); a failure is told to the master."""
    from adapter.roles.worker.preloader import failure_of  # noqa: PLC0415 -- the preloader imports us

    tell_where_it_hangs(settings.boot_timeout, birth.witness)
    told = Imported(lambda message: birth.channel.send(to_plain(message))).tell if settings.watch else lambda _: None
    try:
        return load_all(settings.app, settings.mount, settings.imports)
    except exits.Fatal as error:
        told(error)
        birth.channel.send(to_plain(HasFailed(error.sentence, error.code, error.detail)))
    except BaseException as error:  # noqa: BLE001 -- whatever the application raises is its failure, told to the operator
        told(error)
        birth.channel.send(to_plain(HasFailed(*failure_of(settings.app or settings.mount[0], error))))
    finally:
        faulthandler.cancel_dump_traceback_later()
    return None
