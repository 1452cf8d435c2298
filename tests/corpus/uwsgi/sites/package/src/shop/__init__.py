"""A package below src/."""
