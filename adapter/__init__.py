"""The Python application server that lives under classic supervisors, and loses nothing."""

__version__ = "0.1.0"
