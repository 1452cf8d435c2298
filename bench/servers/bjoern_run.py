"""bjoern has no command: `bjoern_run.py PORT MODULE`."""

import importlib
import sys

import bjoern

sys.path.insert(0, "")
bjoern.run(importlib.import_module(sys.argv[2]).application, "127.0.0.1", int(sys.argv[1]))
