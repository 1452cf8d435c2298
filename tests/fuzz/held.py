"""How much an object of the parser's holds."""


def held(thing: object, seen: set[int] | None = None) -> int:
    """Bytes of content that an object of the parser's holds, itself and below."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, bytes | bytearray | str):
        return len(thing)
    if isinstance(thing, dict):
        return sum(held(part, seen) for pair in thing.items() for part in pair)
    if isinstance(thing, list | tuple | set | frozenset):
        return sum(held(part, seen) for part in thing)
    if not type(thing).__module__.startswith("adapter."):
        return 0
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    parts = [getattr(thing, name, None) for name in slots] + list(getattr(thing, "__dict__", {}).values())
    return sum(held(part, seen) for part in parts)
