"""What is one of several kinds, told apart by type: a fact, an order, a sentence. (A record that is changed is a NamedTuple.)

Written down and checked by mypy as `dataclasses` would have it, which takes 1.3 MB and tens of milliseconds in every image of the
master. Not a NamedTuple: two kinds with equal fields are not equal.
"""

from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True)
class Case:
    """What a kind is annotated with are its fields."""

    _field_defaults: ClassVar[dict[str, Any]]
    _fields: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)
        cls._field_defaults = {name: vars(cls)[name] for name in cls._fields if name in vars(cls)}

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(self._field_defaults, **dict(zip(self._fields, values, strict=False)), **named)
        if len(values) > len(self._fields) or given.keys() != set(self._fields):
            raise TypeError(f"the fields of {type(self).__name__} are {self._fields}, not {values} {named}")
        vars(self).update((name, given[name]) for name in self._fields)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} is not changed: {value!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
