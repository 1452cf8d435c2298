"""The listeners: how many may wait, and who keeps them."""

from collections.abc import Iterator

from adapter.supervisors.judging.facts import Facts, Instance, Supervisord
from adapter.supervisors.judging.finding import Finding


def backlog(facts: Facts) -> Iterator[Finding]:
    """The kernel lowers it without a word."""
    most, wanted = facts.means.somaxconn, facts.instance.backlog
    if most is not None and most < wanted:
        yield Finding(
            "backlog",
            f"--backlog is {wanted}, and the kernel lowers it to net.core.somaxconn, {most}: in a burst clients are turned away",
            f"sysctl net.core.somaxconn={wanted} (and in /etc/sysctl.d), or say --backlog {most}",
        )


def keepalive(facts: Facts) -> Iterator[Finding]:
    """Who sends requests on idle connections must be the one that closes them."""
    ours, theirs = facts.instance.keepalive, facts.proxy_keepalive
    if theirs is not None and ours and ours <= theirs:
        yield Finding(
            "keep-alive",
            f"we close an idle connection after {ours:g} s, and the proxy keeps it for {theirs:g} s: a request that it sends on one"
            " that we are closing is lost (502)",
            f"say --keepalive-timeout {theirs + 15:g}, or lower the proxy's",
        )


def given(facts: Facts) -> Iterator[Finding]:
    """A socket that somebody opened for us must be served, and stay open while we restart."""
    supervisor, instance = facts.supervisor, facts.instance
    if instance.environ.get("LISTEN_PID") == str(instance.inner) and "LISTEN_FDS" in instance.environ:
        yield from _unserved(instance, "fd:", "fd:3", "the command")
    if not isinstance(supervisor, Supervisord) or not supervisor.socket:
        return
    yield from _unserved(instance, "fd:0", "fd:0", f"the command in {supervisor.where}")
    if supervisor.processes == 1 and not supervisor.holds_socket:
        yield Finding(
            "given-socket",
            "supervisord closes the socket of its [fcgi-program] with the last process of the group: who waits in its queue is"
            " reset at each restart",
            "load the plug-in that holds it ([rpcinterface:adapter], conf/supervisord/supervisord-plugins.conf), or have numprocs=2"
            " and restart them in turn",
        )
    if supervisor.socket.startswith("unix:") and not instance.binds and instance.signals == "uwsgi":
        yield Finding(
            "given-socket",
            f"on the UNIX socket that supervisord gives us ({supervisor.socket}) HTTP is spoken, and uWSGI spoke its own protocol there",
            "where nginx has uwsgi_pass, say --uwsgi fd:0",
            wrong=False,
        )


def _unserved(instance: Instance, served: str, option: str, where: str) -> Iterator[Finding]:
    if instance.binds and not any(each.startswith(served) for each in instance.binds):
        yield Finding(
            "given-socket",
            f"a socket is opened for us, and nobody serves it: we were told {', '.join(instance.binds)}; clients there hang",
            f"leave --bind out of {where}, or say --bind {option}",
        )


def held(facts: Facts) -> Iterator[Finding]:
    """A held listener is there while we are not."""
    if held := [each for each in facts.instance.binds if each.startswith("hold:")]:
        yield Finding(
            "held-socket",
            f"{', '.join(held)} stays open while we do not run: clients are not refused then, they hang until we are back",
            "have whoever is in front give up by itself (nginx: proxy_read_timeout), and look at `adapter status --ready`",
            wrong=False,
        )
