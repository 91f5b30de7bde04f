"""What a person sees: a moving line on a terminal, plain lines in a pipe."""
import json
import os
import pty
import re
import subprocess
import unittest

import harness


class Progress(harness.TestCase):
    def on_a_terminal(self, *arguments, **extra):
        """Exit code and what a terminal of 100 columns receives on stderr; stdout is a pipe."""
        main, other = pty.openpty()
        os.set_blocking(main, True)
        subprocess.run(['stty', 'cols', '100'], stdin=other, check=False)
        child = subprocess.Popen([str(harness.PROGRAM), *arguments], cwd=self.work, env=harness.environment(**extra),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=other)
        os.close(other)
        seen = b''
        while True:
            try:
                more = os.read(main, 65536)
            except OSError:  # EIO: the other end is closed
                break
            if not more:
                break
            seen += more
        os.close(main)
        child.communicate(timeout=harness.TIMEOUT_S)
        return child.returncode, seen.decode()

    def test_on_a_terminal_one_line_moves_and_has_an_eta(self):
        self.take(*[f'v{n}.mp4' for n in range(6)], half=2, size='640x360')
        code, seen = self.on_a_terminal('run', '.', '--out', 'out', '--threads', '1')
        self.assertEqual(code, 0, seen)
        self.assertRegex(seen, r'\r')
        self.assertRegex(seen, r'(?i)eta')
        self.assertRegex(seen, r'\d+ ?/ ?6|\d+ of 6')

    def test_quiet_and_no_color_are_kept_on_a_terminal(self):
        self.take('v.mp4')
        code, seen = self.on_a_terminal('run', 'v.mp4', '--out', 'out', '--quiet')
        self.assertEqual((code, seen), (0, ''))
        _, seen = self.on_a_terminal('run', 'v.mp4', 'missing.mp4', '--out', 'out2', '--color', 'never')
        self.assertNotRegex(seen, r'\x1b\[[0-9;]*m')
        _, seen = self.on_a_terminal('run', 'v.mp4', 'missing.mp4', '--out', 'out3', NO_COLOR='1')
        self.assertNotRegex(seen, r'\x1b\[[0-9;]*m')

    def test_in_a_pipe_there_are_plain_lines_only(self):
        self.take('v.mp4', 'w.mp4')
        done = self.run_reelbatch('run', 'v.mp4', 'w.mp4', '--out', 'out')
        self.assertNotRegex(done.err + done.out, r'[\r\x1b]')
        for name in ('v.mp4', 'w.mp4'):
            self.assertTrue([line for line in done.err.splitlines() if name in line], done)

    def test_json_is_one_document_on_stdout_and_quiet_is_silent(self):
        self.take('v.mp4')
        document = self.run_reelbatch('run', 'v.mp4', 'missing.mp4', '--out', 'out', '--json', expect=1)
        self.assertIsInstance(document.json(), dict)
        self.assertIn('missing.mp4', json.dumps(document.json()))
        quiet = self.run_reelbatch('run', 'v.mp4', '--out', 'out', '--quiet')
        self.assertEqual((quiet.out, quiet.err), ('', ''))

    def test_color_always_colours_a_pipe(self):
        self.take('v.mp4')
        done = self.run_reelbatch('cuts', 'v.mp4', '--color', 'always')
        self.assertTrue(re.search(r'\x1b\[', done.out + done.err), done)


if __name__ == '__main__':
    unittest.main()
