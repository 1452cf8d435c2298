"""`adapter doctor`: what is wrong with how a server is run."""

import click

from adapter.cli.target import as_json, seconds

_EXAMPLE = """\b
Example:
  adapter doctor /run/shop.control --proxy-keepalive 60
  adapter doctor --json | jq .findings"""


@click.command("doctor", short_help="Say what is wrong with how a server is run, and what to do.", epilog=_EXAMPLE)
@click.argument("target", metavar="[TARGET]", required=False)
@click.option("--proxy-keepalive", metavar="TIME", help="How long the proxy in front keeps idle connections (nginx: 60).")
@click.option("--patience", metavar="TIME", help="How long a container has to stop (docker run --stop-timeout). [10]")
@as_json
def command(target: str | None, *, proxy_keepalive: str | None, patience: str | None, as_json: bool) -> int:
    """Look at a running server and at its supervisor, and say in a line each what is wrong, and the remedy.

    TARGET is its control socket or its pidfile; without one it is ADAPTER_CONTROL, ADAPTER_PIDFILE, or every server that is found.

    Exit 0 when all is well, 1 when something is wrong, 100 when asked wrongly, 111 when the server cannot be asked.
    """
    from adapter.roles.asking import doctor  # noqa: PLC0415 -- `--help` does not need it

    given = doctor.Given(seconds(proxy_keepalive, "--proxy-keepalive"), seconds(patience, "--patience"))
    return doctor.doctor(target, given, as_json=as_json)
