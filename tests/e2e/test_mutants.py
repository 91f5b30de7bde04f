"""Damaged clips through the program: no crash, no hang. Where the program under AddressSanitizer is built (`make sanitize`), it is
the one that runs: no leak, and no access out of bounds. `make soak` runs 2000 of them."""
import os
import pathlib
import sys
import unittest

import harness

MUTANTS = 40
ASAN = pathlib.Path(os.environ.get('REELBATCH_ASAN_PROGRAM', harness.ROOT / 'build/asan/reelbatch'))
PROGRAM = ASAN if ASAN.exists() else pathlib.Path(harness.PROGRAM)


class Mutants(harness.TestCase):
    def test_a_few_mutants(self):
        done = harness.call([sys.executable, str(harness.ROOT / 'tools/mutate'), '--reelbatch', str(PROGRAM), '--count', str(MUTANTS),
                             '--batch', '20', '--seed', '3', '--keep', str(self.work / 'kept')], self.work, timeout=1200)
        print(done.out)
        self.assertEqual(done.exit, 0, done)
        self.assertIn(f'{MUTANTS} mutants', done.out)


if __name__ == '__main__':
    unittest.main()
