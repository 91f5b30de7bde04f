"""Damaged clips through the program: no crash, no hang. `make asan-core` runs as many under AddressSanitizer, `make soak` 2000."""
import sys
import unittest

import harness

MUTANTS = 40

class Mutants(harness.TestCase):
    def test_a_few_mutants(self):
        done = harness.call([sys.executable, str(harness.ROOT / 'tools/mutate'), '--reelbatch', str(harness.PROGRAM), '--count', str(MUTANTS),
                             '--batch', '20', '--seed', '3', '--keep', str(self.work / 'kept')], self.work, timeout=1200)
        print(done.out)
        self.assertEqual(done.exit, 0, done)
        self.assertIn(f'{MUTANTS} mutants', done.out)


if __name__ == '__main__':
    unittest.main()
