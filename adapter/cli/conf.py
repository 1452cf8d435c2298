"""`adapter conf`: the configuration of a supervisor for an application."""

import click

from adapter.supervisors.confs.kinds import KINDS

_EXAMPLE = """\b
Examples:
  adapter conf supervisord shop.wsgi --chdir /srv/shop/current
  adapter conf daemontools shop.wsgi --out /etc/shop -- --threads 8
  adapter conf xinetd shop.wsgi >/etc/xinetd.d/shop
  adapter conf supervisord --all /etc/adapter --out /etc/supervisor/apps
  adapter conf runit --beside 'python tasks.py' --out /etc/sv/shop-tasks

\b
KIND is one of:
"""


def _kinds() -> str:
    width = max(map(len, KINDS))
    return "".join(f"  {kind.name:<{width}}  {kind.what}\n" for kind in KINDS.values())


@click.command(
    "conf", short_help="Write a supervisor's configuration for an application.", epilog=_EXAMPLE + _kinds(), no_args_is_help=False
)
@click.argument("kind", metavar="KIND", type=click.Choice(list(KINDS)))
@click.argument("words", metavar="[APP] [-- OPTIONS OF SERVE]", nargs=-1, type=click.UNPROCESSED)
@click.option("--out", metavar="DIR", help="Write the files below this directory; without it, or with -, print them.")
@click.option("--force", is_flag=True, help="Overwrite other files of the same names.")
@click.option(
    "--all", "every", metavar="DIR", help="A service for each NAME.toml (a --config) or NAME.ini (an --ini) of this directory."
)
@click.option(
    "--beside",
    metavar="COMMAND",
    help="A program beside the application instead, such as a mule of uWSGI's or a task queue: a service of its own, stopped by TERM.",
)
@click.option("--name", help="The service's name. [the application's]")
@click.option("--chdir", metavar="DIR", help="The application's directory, best a link to its release. [this one]")
@click.option("--bind", metavar="ADDR", help="The address; $NAME as port is a variable. [127.0.0.1:8000]")
@click.option("--workers", metavar="N", help="Worker processes. [2]")
@click.option("--drain-timeout", metavar="TIME", help="What a stop waits for; the supervisor's patience is made longer.")
@click.option("--user", help="Who runs the application. [you]")
@click.option("--run-dir", metavar="DIR", help="Where control socket and pidfile go. [beside the files, or /run/NAME]")
@click.option("--log-dir", metavar="DIR", help="Where the log goes. [beside the files, or /var/log/NAME]")
def command(kind: str, words: tuple[str, ...], out: str | None, beside: str | None, *, force: bool, **said: str | None) -> int:
    """Write the configuration with which KIND runs APP: this virtualenv's adapter, this directory, this user.

    Stop times fit the drain; what operators type is in it as comments. The options of `adapter serve` go behind `--`.
    """
    from adapter.roles.asking import beside as companions  # noqa: PLC0415 -- `--help` does not need it
    from adapter.roles.asking import conf  # noqa: PLC0415 -- the same

    app, more = (words[0], words[1:]) if words and not words[0].startswith("-") else (None, words)
    asked = conf.Asked(app=app, more=more, **said)
    if beside is not None:
        return companions.conf(kind, beside, asked, out, force=force)
    return conf.conf(kind, asked, out, force=force)
