"""How it is managed: pidfiles, signals, files to touch, hooks, privileges."""

from collections.abc import Sequence
from functools import partial

from adapter.config.ini.addresses import address, below
from adapter.config.ini.rows import (
    Given,
    Line,
    Outcome,
    Row,
    Said,
    Sheet,
    Verdict,
    ignored,
    implied,
    refused,
    same,
    translated,
)

_GRACEFUL = "gracefully_kill_them_all"
_BEFORE = "a step of the deploy, or a line of the supervisor's run script, does it"


def _below(ours: str, sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """Paths that are looked for after `chdir`."""
    return [Given(ours, below(sheet.text("chdir"), line.value), (line,)) for line in lines]


def _pidfile(ours: str, sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """The second one is written after `chdir`, the first one before."""
    line = lines[-1]
    if not line.name.endswith("2"):
        return [Given(ours, line.value, (line,))]
    if first := sheet.last(line.name.removesuffix("2")):
        return [Said(line, Verdict.IGNORED, f"{first.name} = {first.value} is written")]
    return [Given(ours, below(sheet.text("chdir"), line.value), (line,))]


def _stats(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    return [Given("stats", address(line, line.value, sheet.text("chdir"), abstract=sheet.on("abstract-socket")), (line,))]


def _watch(_: Sheet, lines: Sequence[Line]) -> Outcome:
    return [Given("watch", "true" if lines[-1].on else "false", (lines[-1],))]


def _hooks(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """What hooks are used for in the field has better ways here."""
    del sheet
    for line in lines:
        action, _, argument = line.value.partition(":")
        if line.name == "hook-pre-app" and action == "exec":
            yield Given("before_load", argument, (line,))
        elif action in {"print", "log"}:
            yield Said(line, Verdict.IGNORED, "the log tells of every step")
        elif _GRACEFUL in argument:
            yield Said(line, Verdict.IMPLIED, "TERM drains")
        else:
            yield Said(line, Verdict.REFUSED, _instead(line.name, action))


def _instead(name: str, action: str) -> str:
    if name in {"hook-post-fork", "hook-accepting", "hook-accepting-once", "hook-accepting1", "hook-accepting1-once"}:
        if "fifo" in action:
            return "a reload starts the new workers before the old ones leave, and rollback-window keeps those: there is no dance"
        return "adapter.api.postfork runs a function of the application in each worker"
    if name in {"hook-as-user-atexit", "hook-touch"}:
        return "the supervisor's finish script, or atexit in the application, does it"
    if name == "hook-post-app":
        return "the module of the application does it at its end"
    return _BEFORE


def _before(_: Sheet, lines: Sequence[Line]) -> Outcome:
    return [Given("before_load", line.value, (line,)) for line in lines]


def _term(_: Sheet, lines: Sequence[Line]) -> Outcome:
    line = lines[-1]
    return [Said(line, Verdict.IMPLIED, "TERM stops, and drains")]


ROWS: tuple[Row, ...] = (
    translated("pidfile", "pidfile", partial(_pidfile, "pidfile"), "removed at exit"),
    translated("pidfile2", "pidfile", partial(_pidfile, "pidfile"), "relative to chdir"),
    translated("safe-pidfile", "safe_pidfile", partial(_pidfile, "safe_pidfile")),
    translated("safe-pidfile2", "safe_pidfile", partial(_pidfile, "safe_pidfile"), "relative to chdir"),
    implied("vacuum", "what we made is removed at exit, if it is still ours"),
    translated("die-on-term", "signals", _term, "TERM drains and stops, said or not; `signals = uwsgi` in [adapter] makes it the brutal reload of uWSGI"),
    ignored("exit-on-reload", "a reload is in place, and refuses nobody"),
    translated("master-fifo", "fifo", partial(_below, "fifo"), "held open for life, removed at exit"),
    translated("stats stats-server", "stats", _stats),
    same("stats-http"),
    ignored("stats-minified stats-min stats-no-cores stats-no-metrics", "uwsgitop and agents take the whole document"),
    ignored("stats-push stats-pusher-default-freq stats-pushers-default-freq carbon carbon-*", "metrics is there for Prometheus"),
    refused("metric metric-* metrics-* enable-metrics alarm-metric", "the application's own figures: prometheus-client"),
    ignored("snmp snmp-community rrdtool rrdtool-* nagios zabbix-template", "stats and metrics tell it"),
    translated("touch-reload", "touch_reload", partial(_below, "touch_reload"), "deleting the file is no touch"),
    translated("touch-workers-reload", "touch_workers_reload", partial(_below, "touch_workers_reload"), "new code, with or without lazy-apps"),
    translated("touch-chain-reload", "touch_chain_reload", partial(_below, "touch_chain_reload"), "new code, with or without lazy-apps"),
    translated("touch-logreopen", "touch_reopen", partial(_below, "touch_reopen")),
    translated("touch-gracefully-stop", "touch_stop", partial(_below, "touch_stop"), "there only in documentation"),
    ignored("touch-logrotate", "logrotate(8) and touch-logreopen; FIFO L; or the supervisor's own log"),
    translated("fs-reload", "touch_reload", partial(_below, "touch_reload")),
    translated("fs-brutal-reload", "touch_reload", partial(_below, "touch_reload"), "graceful"),
    refused("touch-exec touch-signal fs-signal propagate-touch reload-on-fd brutal-reload-on-fd", "incrontab(1), or adapter ctl from whoever knows that it is time"),
    translated("py-autoreload py-auto-reload python-auto-reload python-autoreload", "watch", _watch, "the kernel tells; nobody polls"),
    ignored("py-auto-reload-ignore", "installed packages are not watched"),
    ignored("py-tracebacker", "adapter ctl CONTROL traceback, or USR2, prints all stacks"),
    same("uid"),
    same("gid", "that of uid when not said"),
    implied("add-gid", "a worker has all groups of its user"),
    ignored("no-initgroups", "a worker has all groups of its user"),
    implied("master-as-root drop-after-init drop-after-apps immediate-uid immediate-gid", "the master keeps what a reload needs, workers give it up for good before they import anything"),
    refused("cap chroot pivot-root pivot_root unshare unshare2 setns setns-* ns ns-net namespace namespace-* jail jail2 jail-* jailed jidfile jid-file libjail refork re-fork refork-* re-fork-* tuntap-*", "the supervisor's, or the container's, to arrange before adapter starts"),
    refused("mount-* umount-*", "the supervisor's, or the container's, to arrange before adapter starts"),
    translated("exec-pre-app exec-as-user", "before_load", _before, "before each load; if it fails the load does"),
    refused("exec-asap exec-pre-jail exec-post-jail exec-in-jail exec-as-root", f"{_BEFORE}; exec-pre-app is before-load here"),
    refused("exec-post-app exec-as-user-atexit exec-as-vassal exec-as-emperor", "the supervisor's finish script, or atexit in the application, does it"),
    translated("hook-pre-app", "before_load", _hooks, "`exec:` only"),
    translated("hook-master-start", "", _hooks, f"`unix_signal:15 {_GRACEFUL}` is what TERM does"),
    translated("hook-post-fork hook-accepting hook-accepting1 hook-accepting-once hook-accepting1-once hook-post-app hook-as-user hook-as-user-atexit"
               " hook-asap hook-as-root hook-in-jail hook-pre-jail hook-post-jail hook-touch", "", _hooks, "refused, but for print and log: adapter.api.postfork, before-load"),
    refused("hook-emperor-start hook-emperor-stop hook-emperor-reload hook-emperor-lost hook-as-vassal hook-as-emperor hook-as-gateway", "adapter.api.postfork, before-load, or the supervisor's own scripts"),
    refused("call-* after-request-hook after-request-call", "a function of the application, or a middleware, does it"),
    ignored("wait-for-interface wait-for-interface-timeout wait-interface wait-interface-timeout wait-for-iface wait-for-iface-timeout wait-iface wait-iface-timeout"
            " wait-for-fs wait-for-file wait-for-dir wait-for-mountpoint wait-for-fs-timeout wait-for-socket wait-for-socket-timeout", "what is not there yet makes the start fail, and the supervisor tries again"),
    ignored("check-mountpoint mountpoint-check check-mount mount-check", "an application that cannot work should exit"),
    refused("flock flock2 flock-wait flock-wait2", "flock(1) in the run script"),
    refused("daemonize d daemonize2", "the supervisor keeps us in the foreground and has our stderr: take the line out; logto names a file"),
    refused("stop reload pause suspend resume", "adapter stop, reload and ctl TARGET pause"),
    ignored("fallback-config", "a broken configuration changes nothing on a reload; a first start with another one is the supervisor's to decide"),
    ignored("show-config dump-options get", "adapter translate shows what the file means"),
    refused("file-write", _BEFORE),
    ignored("force-gateway no-server command-mode binary-path binsh privileged-binary-patch privileged-binary-patch-arg unprivileged-binary-patch unprivileged-binary-patch-arg mode pcre-jit safe-fd fd-safe close-on-exec close-on-exec2", "descriptors are closed on exec, our listeners are kept"),
)  # fmt: skip
