"""Whom a name means, as supervisorctl's own commands understand names."""

from collections.abc import Collection, Mapping

ALL = "all"


def chosen(name: object, groups: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    """The processes (group, name) that `name` means: `all`, `group:*`, `group:name`, a program, else the whole group of that name.

    `groups`: the names of the processes in each. Raises LookupError, with a sentence, when there is none.
    """
    if not isinstance(name, str):
        raise LookupError(f"a name is text, not {name!r}")  # noqa: TRY004 -- it came by a wire: nobody of ours made a mistake
    if name == ALL:
        return [(group, process) for group, names in groups.items() for process in names]
    group, colon, process = name.partition(":")
    if group not in groups:
        known = ", ".join(sorted(groups)) or "none"
        raise LookupError(f"there is no program or group {name}; there are: {known}")
    if colon and process not in ("", "*"):
        if process not in groups[group]:
            raise LookupError(f"there is no process {process} in {group}; there are: {', '.join(sorted(groups[group]))}")
        return [(group, process)]
    if not colon and group in groups[group]:
        return [(group, group)]
    return [(group, process) for process in groups[group]]


def shown(group: str, process: str) -> str:
    """As supervisorctl shows it: a program that is its own group has one name."""
    return process if group == process else f"{group}:{process}"
