"""Where the templates are: files beside this one, part of the package."""

import os

from adapter.supervisors.confs.kinds import Kind

_TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")


def templates(kind: Kind) -> dict[str, str]:
    """The text of each template of this kind, by name."""
    return {piece.template: _read(piece.template) for piece in kind.pieces}


def _read(name: str) -> str:
    with open(os.path.join(_TEMPLATES, name), encoding="utf-8") as file:
        return file.read()
