"""A scenario that ought to fail does, and says where; played against a stand-in for the program."""
import os
import subprocess
import sys
import unittest

import harness

STAND_IN = '''#!/bin/sh
case "$1" in
  bad) echo "a.mp4: no such file" >&2; exit 1 ;;
  crash) kill -SEGV $$ ;;
  scream) echo "ERROR: LeakSanitizer: detected memory leaks" >&2; exit 0 ;;
  json) echo '{"events": [{"frame": 25}]}' ;;
  as) id -u ;;
esac
'''

# (scenario, exit code, words of the output)
CASES = [
    ('run reelbatch bad\nexit 1\nblames a.mp4 no such\nstdout empty\n', 0, 'ok'),
    ('run reelbatch bad\nexit 0\n', 1, 'case.scn:2: exit 0'),
    ('# words\n\nrun reelbatch bad\nblames b.mp4 no such\n', 1, 'case.scn:4'),
    ('run reelbatch bad\nblames a.mp4 permission\n', 1, 'no line of stderr'),
    ('run reelbatch crash\n', 1, 'it crashed'),
    ('run reelbatch scream\n', 1, 'it crashed'),
    ('run reelbatch json\njson - events.0.frame == 25\njson - events.# == 1\n', 0, 'ok'),
    ('run reelbatch json\njson - events.0.frame == 26\n', 1, 'events.0.frame is 25'),
    ('run reelbatch json\njson - events.1.frame == 25\n', 1, 'has no events.1.frame'),
    ('file x.txt\nexists x.txt\nabsent y.txt\ncount 1 *.txt\n', 0, 'ok'),
    ('file x.txt\nabsent x.*\n', 1, 'there is'),
    ('exists nothing\n', 1, 'there is no nothing'),
    ('exit 0\n', 1, ''),
    ('frobnicate x\n', 1, 'unknown word "frobnicate"'),
    ('file x <<END\nnever ends\n', 1, 'no line END'),
    ('shell false\n', 1, 'the shell step failed'),
    ('needs the moon: false\nrun reelbatch crash\n', 77, 'LEFT OUT  case.scn: the moon'),
    ('unprivileged reelbatch as\nstdout avoids ^0$\n', 0, 'ok'),
]


class ScenarioRunner(harness.TestCase):
    def test_cases(self):
        program = self.work / 'reelbatch'
        program.write_text(STAND_IN)
        program.chmod(0o755)
        scenario = self.work / 'case.scn'
        env = dict(os.environ, REELBATCH_PROGRAM=str(program))
        for text, code, words in CASES:
            with self.subTest(text):
                scenario.write_text(text)
                done = subprocess.run([sys.executable, '-B', str(harness.ROOT / 'tests/e2e/run_scenarios.py'), str(scenario)], env=env,
                                      capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, words in done.stdout), (code, True), done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main()
