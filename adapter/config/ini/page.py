"""docs/coming-from-uwsgi.md: `python -m adapter.config.ini.page` makes it of the tables; a test compares them."""

from adapter.config.ini.rows import Row, Verdict
from adapter.config.ini.table import THEMES
from adapter.config.settings import spelled
from adapter.lifecycle.dialects import FIFO, SIGNALS

_MANY = 12  # names of a row; more are counted

_PAGE = """# Coming from uWSGI

Made of the tables in `adapter/config/ini/table` and `adapter/lifecycle/dialects.py` by `make docs`; a test compares them.

```sh
adapter serve --ini uwsgi.ini              # runs it: [uwsgi], or FILE:SECTION
adapter serve --ini uwsgi.ini --check      # only says whether it would
adapter translate uwsgi.ini >shop.toml     # the same as a file for --config, with a comment for each line that is not as it was
adapter translate uwsgi.ini --to supervisord --out DIR    # and the configuration of a supervisor beside it, with its mules and daemons
```

The grammar is uWSGI's: repeated keys, placeholders, `$(ENV)`, `@(file)`, magic variables, `ini =`, `if-env` and the like, and
`UWSGI_*` variables. The file is read anew at each reload, and tried first: one that is broken changes nothing. It is read as it was meant
where uWSGI stumbles over itself: a `%` at the end of a line does not take the next line with it, a condition is asked once for its whole
block, `else` is known, what placeholders bring is filled in too. Only files are read (no `http://`, no `exec://`), and only INI and TOML.
There are no comments behind a value: such a value is kept, as uWSGI does, and remarked on.

What is not a matter of course is in the log, with file and line: a line that does nothing here and why, a name that uWSGI does not
have and the one that was probably meant (`strict = true` makes it fatal). **What the site would not be the same without is refused**,
and the sentence says what to do instead. When that is done, the section `[adapter]` says so, and anything else in our own words:

```ini
[adapter]
# a mule or a cron job is a service of its own under the same supervisor, and runs already
without = mule, cron
drain-timeout = 25s
control = /run/shop.control
```

**What ran beside the application** (`mule`, `attach-daemon` and their kin) is a service of its own under the same supervisor, which
`translate --to KIND` writes: in the same directory, as the same user, with the same `env`, `pythonpath` and interpreter. What has to be changed in the program is
said in its file: outside of a server there is no `import uwsgi`, and no message comes to a mule. Each `cron` becomes a line of a crontab, as a comment to be
pasted. A spooler, and mules without a file, run functions of the application: that is what task queues do. [conf/beside](../conf/beside/README.md) has more.

The command line wins over `ADAPTER_*` in the environment, that over a `--config` file, that over `[adapter]`, that over `[uwsgi]`.

## What is different

- **TERM stops, and drains.** In uWSGI it is a brutal reload, and with die-on-term a brutal stop; here it is a stop that finishes what
  is in flight, said or not. `signals = uwsgi` in `[adapter]` makes TERM the brutal reload again: only for a supervisor that stops by another signal.
- **A reload loads the new code beside the old**, which serves until the new one is ready in every slot. A file, an import or a
  configuration that is broken leaves the old one serving. There need be no lazy-apps for it, no `touch-chain-reload`, no zerg dance.
- **There is always a master, need-app, vacuum**, and no worker outlives its master for longer than its requests.
- **One thread per worker** unless `threads` says more: as in uWSGI, and unlike `adapter serve` without a file.
- **Each request has a line on stdout** unless `disable-logging`: as in uWSGI, but in the combined format of Apache.
- **harakiri kills nobody.** The call is given up: 504 to its client, its stack in the log; the other calls of that worker finish.
- **Limits relieve a worker only when its replacement is ready**: max-requests, max-worker-lifetime, reload-on-rss.
- **X-Forwarded-Proto and -For are believed of nobody** over HTTP until `forwarded-allow-ips` names the proxy ([proxies.md](proxies.md)). The
  uwsgi protocol carries what nginx says of its client, and is believed; variables that make uWSGI load code (UWSGI_SCRIPT and others) are not.
- **Defaults**: a UNIX socket has mode 600, the backlog is 1024, a body has at most 1 GiB, a connection is kept for 75 s, a stop drains
  for as long as `--drain-timeout` says.
- **No router process**: with `http =` the workers speak HTTP themselves, and a reload closes no connection.
- **The environ** always has SCRIPT_NAME, and no empty CONTENT_TYPE or CONTENT_LENGTH; over HTTP, SERVER_NAME is the address that was bound. All
  that differs when both run the same files side by side is a list, with reasons: [differences.py](../tests/corpus/uwsgi/differences.py).
- **An application's `import uwsgi`** finds what there is: [api.md](api.md).

Relative paths are uWSGI's: `logto`, `pidfile`, `safe-pidfile` and `shared-socket` from the directory the server was started in, all others
from `chdir`. What [adapter] says is relative to the directory the server was started in.

"""


def page() -> str:
    """The whole of it."""
    text = _PAGE + "## Signals\n\n| signal | here | in uWSGI |\n|---|---|---|\n"
    text += "".join(f"| {row.signal.name.removeprefix('SIG')} | {row.meaning} | {row.uwsgi} |\n" for row in SIGNALS)
    text += "\n## The FIFO\n\n`echo r >FIFO` is as ever, but never waits, also during a reload ([commands.md](commands.md)). What differs:\n\n"
    text += "| letter | here | in uWSGI |\n|---|---|---|\n"
    text += "".join(f"| {row.letter} | {row.meaning} | {row.uwsgi} |\n" for row in FIFO if row.uwsgi != "same")
    text += "\n## Options\n\nEvery option of uWSGI 2.0.31 has a row or a family (`*`). `=` is the same name.\n"
    for theme, rows in THEMES:
        text += f"\n### {theme}\n\n| uWSGI | adapter | |\n|---|---|---|\n" + "".join(_row(row) for row in rows)
    return text


def _row(row: Row) -> str:
    names = ", ".join(f"`{name}`" for name in row.names[:_MANY])
    if len(row.names) > _MANY:
        names += f" and {len(row.names) - _MANY} more of that kind"
    why = row.why
    if row.verdict in {Verdict.IGNORED, Verdict.REFUSED, Verdict.IMPLIED}:
        why = f"{row.verdict.value}: {why}" if why else row.verdict.value
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in (names, _ours(row), why)) + " |\n"


def _ours(row: Row) -> str:
    if row.verdict is Verdict.SAME:
        return "="
    return ", ".join(f"`{spelled(name)}`" for name in row.ours) if row.ours else "\N{EN DASH}"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 -- this is its output
