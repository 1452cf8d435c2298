"""`adapter inetd`: serves the connection that inetd, xinetd, tcpserver, socat or systemd (Accept=yes) put on descriptor 0, then exits.

Start-up is the cost, paid per connection: no click, logging, asyncio or threading here, and nothing that brings them.
"""

from __future__ import annotations

import os

from adapter.config.argv import parse
from adapter.config.envdir import application_environment
from adapter.config.resolve import resolve
from adapter.config.settings import Settings
from adapter.exits import FAILED, STOPPED, Fatal
from adapter.gateway.load import load_all
from adapter.gateway.out import ClientGone
from adapter.log import Log, Outlet
from adapter.protocols.http1.sending import refusal
from adapter.roles.inetd.conversation import Conversation, Wire
from adapter.roles.inetd.stdio import fetch, parties, shield_listener, take
from adapter.roles.logs import STDOUT, open_file, open_log, redirect, tell
from adapter.roles.serving.answering import App, Application
from adapter.roles.serving.dates import Date
from adapter.roles.serving.fronted import fronted
from adapter.roles.surroundings import settle_in
from adapter.unix.descriptors import is_listening
from adapter.unix.traps import Bell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from signal import SIGHUP, SIGINT, SIGTERM

    from adapter.protocols.entry import Entry
else:
    from _signal import SIGHUP, SIGINT, SIGTERM

_PATIENCE = 5.0  # seconds for a client to take a refusal when there are no settings to ask


def main(argv: Sequence[str]) -> int:
    """Serve fd 0, or the connection that systemd left on 3. The exit code."""
    if list(argv[:1]) == ["--check"]:  # the pre-flight of a reload in `wait` mode
        return _check(argv[1:])
    fetch(os.environ, os.getpid())
    if is_listening(0) or "ADAPTER_CARRYOVER" in os.environ:  # the latter: it was, then a reload replaced our image
        return _serve_listener(argv)
    # Before anything can print: what is on 1 and 2 may be the client.
    try:
        ends = take()
    except Fatal as error:
        return tell(Log(2, stamp=False), error)
    wire = Wire(ends, Bell((SIGTERM, SIGINT, SIGHUP)))
    log = Log(2, stamp=False)
    try:
        environ = os.environ.copy()  # a mapping that decodes each name anew, each time it is looked at
        settings = resolve(parse(argv), environ)
        redirect(settings.log_file)
        log = open_log(settings).bind(pid=os.getpid())
        ours = parties(ends, environ)
        access = _access_log(settings, log)
        app = _application(settings, environ)
    except Fatal as error:
        _turn_away(wire)
        return tell(log, error)
    except BaseException:  # noqa: BLE001 -- whatever the application raises when imported, SystemExit too
        import traceback  # noqa: PLC0415 -- only for those who fail

        _turn_away(wire)
        log.block(traceback.format_exc())
        log.fatal("the application cannot be imported", app=settings.app)
        return FAILED
    application = Application(
        app, log, multithread=False, multiprocess=True, run_once=True, believed=settings.forwarded_allow_ips
    )
    Conversation(application, settings, wire, ours, access).run()
    return STOPPED


def _application(settings: Settings, environ: dict[str, str]) -> App:
    """The application, in the surroundings that the settings ask for. `environ`: what we were given."""
    environment = application_environment(settings, environ)
    if environment != environ:
        os.environ.clear()
        os.environ.update(environment)
    if settings.chdir is not None:
        os.chdir(settings.chdir)
    settle_in(settings, "inetd")
    return fronted(load_all(settings.app, settings.mount, settings.imports), settings)


def _access_log(settings: Settings, log: Log) -> Callable[[Entry], None] | None:
    """Writes each line at once, and never waits: there is one connection, and no other thread. Raises Misuse."""
    if settings.access_log is None:
        return None
    from time import monotonic, time  # noqa: PLC0415 -- only those who ask for the log pay for it, here and below

    from adapter.protocols.access import Lines  # noqa: PLC0415 -- as above
    from adapter.protocols.entry import chosen  # noqa: PLC0415 -- as above
    from adapter.roles.worker.localtime import LocalStamp  # noqa: PLC0415 -- as above

    path = settings.access_log
    outlet = Outlet(os.dup(1) if path == STDOUT else open_file(path, "access log", "--access-log"))
    lines = Lines(settings.access_log_format, LocalStamp())

    def note(entry: Entry) -> None:
        told = outlet.lost > 0
        if not outlet.write(lines.line(entry, time() - monotonic()).encode()) and not told:
            log.error("cannot write the access log: lines are lost")

    return chosen(note, settings.access_log_only)


def _turn_away(wire: Wire) -> None:
    """The client learns that it is our fault; why is for the log."""
    try:
        wire.send(refusal(500, date=Date()()), _PATIENCE)
        wire.end(heard_all=False)
    except ClientGone:
        return


def _serve_listener(argv: Sequence[str]) -> int:
    """`wait` mode: a server like any other, on the listener we were given."""
    from adapter.lifecycle.dialects import SIGNALS  # noqa: PLC0415 -- a connection pays for none of this
    from adapter.roles.master import master  # noqa: PLC0415 -- as above
    from adapter.unix.signals import block  # noqa: PLC0415 -- as above

    block([row.signal for row in SIGNALS])
    if is_listening(0):
        shield_listener()
    try:
        return master.run(lambda again: resolve(parse(argv), os.environ, again=again))
    except Fatal as error:
        return tell(Log(2, stamp=False), error)


def _check(argv: Sequence[str]) -> int:
    log = Log(2, stamp=False)
    try:
        log.info("the options are good", app=resolve(parse(argv), os.environ).app)
    except Fatal as error:
        return tell(log, error)
    return STOPPED
