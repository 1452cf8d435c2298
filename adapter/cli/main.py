"""The command `adapter`: finds the subcommand, and turns every error into one sentence and an exit code."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import click

from adapter import __version__
from adapter.config.nearest import meant
from adapter.exits import ASKED_WRONGLY, FAILED, STOPPED, SYSTEM_FAILED, Fatal
from adapter.log import Log

COMMANDS = ("serve", "inetd", "hold", "ctl", "reload", "stop", "status", "top", "conf", "translate", "doctor", "demo", "signals")

_EXAMPLE = """\b
Example:
  adapter serve shop.wsgi --bind 8000 --workers 4 --control /run/shop.control
  adapter reload /run/shop.control --wait

`adapter COMMAND --help` tells the rest.
Exit codes: 0 an asked stop, 100 asked wrongly, 111 the system failed and may recover, 1 anything else."""


class _Commands(click.Group):
    """Subcommands by name; each module is imported when its command is wanted. `adapter.cli.NAME` has a `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"adapter.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            raise click.UsageError(f"there is no command {args[0]}{meant(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


def _compiled() -> str:
    """Whether the hot path is (setup.py)."""
    spec = find_spec("adapter.protocols.http1.head")
    return "" if spec is None or str(spec.origin).endswith(".py") else " (compiled)"


@click.group(
    cls=_Commands,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=_EXAMPLE,
)
@click.version_option(__version__ + _compiled(), "-V", "--version", message="adapter %(version)s")
@click.pass_context
def adapter(ctx: click.Context) -> None:
    """The Python application server that lives under classic supervisors, and loses nothing."""
    if ctx.invoked_subcommand is None:
        # A supervisor whose command line lost its arguments must not take us for an asked stop: not 0.
        click.echo(ctx.get_help(), err=True)
        ctx.exit(ASKED_WRONGLY)


def run(argv: Sequence[str]) -> int:
    """The exit code of `adapter ARGV…`. Nothing is raised but what is a bug."""
    if "_ADAPTER_COMPLETE" in os.environ:
        adapter.main(list(argv), prog_name="adapter")  # a shell asks what may come next; never returns
    try:
        code = _invoked(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except click.UsageError as error:
        return _fatal(_sentence(error, argv), ASKED_WRONGLY)
    except Fatal as error:
        return _fatal(error.sentence, error.code, error.detail)
    except (click.Abort, KeyboardInterrupt):
        return _fatal("interrupted", FAILED)
    except OSError as error:
        if "adapter.roles.master.master" in sys.modules:
            raise  # the server's own, and a bug: every other command fails to do nothing but write
        return _untold(error)


def _invoked(argv: Sequence[str]) -> int:
    try:
        with adapter.make_context("adapter", list(argv)) as context:
            code = adapter.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    return code if isinstance(code, int) else STOPPED


def _untold(error: OSError) -> int:
    """What we had to say could not be written; said once, as Python would complain again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if isinstance(error, BrokenPipeError):
        return FAILED  # `adapter signals | head -1`: nobody wants to know
    return _fatal(f"cannot write to stdout: {error.strerror}", SYSTEM_FAILED)


def _fatal(sentence: str, code: int, detail: str = "") -> int:
    log = Log(2, stamp=False)
    if detail:
        log.block(detail)
    log.fatal(sentence)
    return code


def _sentence(error: click.UsageError, argv: Sequence[str]) -> str:
    """click's complaint as ours: who was asked, no capital, no full stop, the nearest option, and where to read on."""
    path = f"adapter {argv[0]}" if argv[0] in COMMANDS else "adapter"
    if isinstance(error, click.NoSuchOption):
        parameters = error.ctx.command.params if error.ctx else []
        said = f"has no option {error.option_name}{meant(error.option_name, _spellings(parameters))}"
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        said = f"needs {error.param.human_readable_name}"
    else:
        message = error.format_message()
        said = message[:1].lower() + message[1:].rstrip(".")
    return f"{path}: {said} ({path} --help tells more)"


def _spellings(parameters: Sequence[click.Parameter]) -> list[str]:
    return [spelling for parameter in parameters for spelling in (*parameter.opts, *parameter.secondary_opts)]
