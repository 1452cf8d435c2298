"""Ends red when pytest's report has a skipped or expected failure, no tests, or a file with tests that did not run."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

report, tests = Path(sys.argv[1]), Path(sys.argv[2])
cases = list(ET.parse(report).iter("testcase"))
# pytest writes <skipped> for a skip and for an xfail alike.
skipped = [f"{case.get('classname')}::{case.get('name')}" for case in cases if case.find("skipped") is not None]
ran = {case.get("classname", "") for case in cases}
silent = [
    str(file)
    for file in sorted(tests.rglob("test_*.py"))
    if not any(f"{name}.".startswith(".".join(file.with_suffix("").parts) + ".") for name in ran)
]
for name in skipped:
    print(f"skipped: {name}")
for file in silent:
    print(f"ran nothing: {file}")
if skipped or silent or not cases:
    sys.exit(f"adapter: fatal: {len(cases)} tests, {len(skipped)} skipped, {len(silent)} files that ran nothing")
print(f"{len(cases)} tests, none skipped")
