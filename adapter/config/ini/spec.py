"""FILE or FILE:SECTION. Imports nothing: the master asks, too."""


def file_of(spec: str) -> str:
    """The path in it."""
    path, colon, _ = spec.rpartition(":")
    return path if colon else spec
