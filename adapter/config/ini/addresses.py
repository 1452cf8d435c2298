"""uWSGI's addresses in our words: `:8000` is every interface, a word without a colon is a UNIX socket."""

import posixpath

from adapter.config.ini.rows import Line
from adapter.exits import Misuse


def below(directory: str, path: str) -> str:
    """A path as uWSGI finds it once it has gone to its `chdir`."""
    return posixpath.join(directory, path) if directory else path


def address(line: Line, text: str, directory: str, *, abstract: bool = False) -> str:
    """Raises Misuse for what uWSGI takes and nobody means."""
    if text.startswith("fd://"):
        return "fd:" + text.removeprefix("fd://")
    if text.startswith(("unix:", "fd:", "hold:")):
        return text
    if text.isdigit():
        raise Misuse(f"{line}: for uWSGI this is a UNIX socket of that name; write :{text} for the port")
    if text.startswith("@"):
        return f"unix:{text}"
    host, colon, port = text.rpartition(":")
    if not colon:
        return f"unix:@{text}" if abstract else f"unix:{below(directory, text)}"
    return f"{host if host not in {'', '*'} else '0.0.0.0'}:{port}"
