"""Raises while it is imported, two calls deep: the traceback must reach the log."""


def settings():
    """Fails as a missing setting does."""
    return {}["DATABASE_URL"]


settings()
