#!/usr/bin/env python3
"""Runs test classes of this folder: run_unittests.py FILE[:CLASS] ...; exit 77 when any test was left out and none failed."""
import importlib
import pathlib
import sys
import unittest

import harness


def main(names):
    suite = unittest.TestSuite()
    for name in names:
        module, _, case = name.partition(':')
        loaded = importlib.import_module(pathlib.Path(module).stem)
        loader = unittest.defaultTestLoader
        suite.addTests(loader.loadTestsFromTestCase(getattr(loaded, case)) if case else loader.loadTestsFromModule(loaded))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    for test, why in result.skipped:
        print(f'LEFT OUT  {test}: {why}')
    if not result.wasSuccessful() or not suite.countTestCases():
        return 1
    return harness.SKIPPED if result.skipped else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
