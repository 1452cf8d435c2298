"""The state as plain data, to survive a reexec: made by one version of adapter, read by another, older or newer.

No list of fields is kept here: the records of `state` are walked. What is missing, unknown or of another type than
ours gets the field's default, so every field has one.
"""

from collections.abc import Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from adapter.lifecycle.state import State

# Told for people who read a record, and for a future version that must tell apart what defaults can not.
VERSION = 1
_UNREADABLE = object()


def to_plain(state: State) -> dict[str, Any]:
    """The state as a JSON-able object."""
    return {"version": VERSION, **_plain(state)}


def from_plain(plain: Mapping[str, Any]) -> State:
    """The state that was carried over; never raises, whatever it is given."""
    read = _read(State, plain)
    return read if isinstance(read, State) else State()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _read(kind: Any, plain: Any) -> Any:
    """`plain` as a value of this type, or `_UNREADABLE`."""
    if get_origin(kind) is UnionType:
        return _read_optional(kind, plain)
    if get_origin(kind) is tuple:  # of any length, of one kind; an element that cannot be read is left out
        return _read_tuple(get_args(kind)[0], plain)
    if hasattr(kind, "_fields"):
        return _read_record(kind, plain)
    if issubclass(kind, Enum):
        return kind.__members__.get(plain, _UNREADABLE) if isinstance(plain, str) else _UNREADABLE
    if kind is float and type(plain) is int:
        return float(plain)
    return plain if type(plain) is kind else _UNREADABLE


def _read_optional(kind: Any, plain: Any) -> Any:
    if plain is None:
        return None
    (some,) = (each for each in get_args(kind) if each is not NoneType)
    return _read(some, plain)


def _read_tuple(element: Any, plain: Any) -> Any:
    if not isinstance(plain, list | tuple):
        return _UNREADABLE
    return tuple(read for each in plain if (read := _read(element, each)) is not _UNREADABLE)


def _read_record(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, Mapping):
        return _UNREADABLE
    hints = get_type_hints(kind)
    known = {name: _read(hints[name], plain[name]) for name in kind._fields if name in plain}
    return kind(**{name: value for name, value in known.items() if value is not _UNREADABLE})
