"""`adapter translate`: a uwsgi.ini in our words."""

import click

from adapter.supervisors.confs.kinds import KINDS

_EXAMPLE = """\b
Examples:
  adapter translate uwsgi.ini >shop.toml
  adapter translate uwsgi.ini:staging --to command
  adapter translate uwsgi.ini --to supervisord --name shop --out /etc/adapter"""


@click.command("translate", short_help="Say a uwsgi.ini in our words.", epilog=_EXAMPLE, no_args_is_help=False)
@click.argument("spec", metavar="FILE[:SECTION]")
@click.option(
    "--to",
    "form",
    type=click.Choice(["toml", "command", *KINDS]),
    metavar="FORM",
    default="toml",
    help="toml (for --config), command, or a KIND of `adapter conf`, which gets the TOML beside it. [toml]",
)
@click.option("--name", help="The service's name, for a KIND. [the file's]")
@click.option("--user", help="Who runs the application, for a KIND. [you]")
@click.option("--out", metavar="DIR", help="Write the files of a KIND below this directory; without it they are printed.")
@click.option("--force", is_flag=True, help="Overwrite other files of the same names.")
def command(spec: str, form: str, name: str | None, user: str | None, out: str | None, *, force: bool) -> int:
    """Print what a uWSGI file means as adapter's own configuration.

    Each line of it that is not as it was is a comment: what it became, why it is left out, or what is yours to do.
    """
    from adapter.roles.asking import translate  # noqa: PLC0415 -- `--help` does not need it

    return translate.translate(spec, form, translate.Service(name, user, out, force))
