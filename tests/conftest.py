"""What holds for every test."""

from hypothesis import settings

# On a busy machine any example may wait for the processor: a property is true or false, however long it takes.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
