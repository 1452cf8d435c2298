"""Imports a module that nobody has installed."""

import a_module_that_nobody_has_installed as missing

application = missing.application
