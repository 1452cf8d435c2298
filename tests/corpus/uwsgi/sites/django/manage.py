"""Here only because it is always there."""
