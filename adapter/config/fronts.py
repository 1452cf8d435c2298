"""Kinds of value for what stands in front of the application: mounts, files, added fields. As `kinds`; it imports as little."""

import os

from adapter.config.kinds import APP, PATH, Kind, here
from adapter.exits import Misuse


def _prefix(text: str) -> str:
    """The beginning of a path as PATH_INFO comes (PEP 3333), without the slash at its end: `/` is nothing."""
    if not text.startswith("/") or not text.isprintable() or "//" in text or set(text) & set("?#"):
        raise ValueError(text)
    return text.removesuffix("/").encode().decode("latin-1")


def _static(text: str) -> str:
    prefix, equals, directory = text.partition("=")
    if not equals:
        raise ValueError(text)
    return f"{_prefix(prefix)}={os.path.join(here(), str(PATH.parse(directory)))}"


def _mount(text: str) -> str:
    prefix, equals, app = text.partition("=")
    if not equals:
        raise ValueError(text)
    return f"{_prefix(prefix)}={APP.parse(app)}"


def _name(text: str) -> str:
    if "/" in str(PATH.parse(text)) or text in (".", ".."):
        raise ValueError(text)
    return text


def _field(text: str) -> str:
    from adapter.protocols.http1.fields import field_lines  # noqa: PLC0415 -- `re`, and only for those who add fields

    name, colon, value = text.partition(":")
    if not colon or name.lower() in ("content-length", "date"):
        raise ValueError(text)
    try:
        field_lines("200 OK", [(name, value.strip(" \t"))])
    except ValueError as error:
        raise Misuse(str(error)) from None
    return text


STATIC = Kind("PREFIX=DIR", "a path of ours and a directory, such as /static=/srv/shop/static", _static)
MOUNT = Kind("PREFIX=APP", "a path of ours and an application, such as /shop=shop.wsgi", _mount)
FILE_NAME = Kind("NAME", "the name of a file, such as index.html", _name)
FIELD = Kind("FIELD", "a field of a response, such as 'X-Frame-Options: DENY'", _field)
COMMAND = Kind("COMMAND", "a command for sh (not empty, on one line)", PATH.parse)
