"""The same command again: what is done stays, what is not is made, whatever happened in between."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

import harness

FIXED = {'SOURCE_DATE_EPOCH': '1700000000'}
ROOT = harness.ROOT


class Base(harness.TestCase):
    def fixed(self, *arguments, expect=0):
        return self.run_reelbatch(*arguments, expect=expect, env=harness.environment(**FIXED))

    def identities(self):
        return {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in self.work.glob('out/local/**/*') if p.is_file()}


class SameBytes(Base):
    def rot(self, source, target, step):
        rotten = bytearray((self.work / source).read_bytes())
        for at in range(4000, len(rotten) - 8000, step):  # the index of an MP4 lies at its end
            rotten[at] ^= 0x40
        (self.work / target).write_bytes(rotten)

    def test_whatever_the_number_of_threads(self):
        self.take('a.mp4', 'b.mkv', 'c.ts', 'd.mp4')
        self.take('long.mp4', half=2, size='320x180')
        self.rot('c.ts', 'rotten.ts', 997)
        trees = []
        for threads in ('1', '2', '4'):
            self.fixed('run', 'a.mp4', 'b.mkv', 'c.ts', 'd.mp4', 'long.mp4', 'rotten.ts', '--out', f'out{threads}', '--threads', threads)
            trees.append(harness.tree(self.work / f'out{threads}'))
        self.assertEqual(trees[0], trees[1])
        self.assertEqual(trees[0], trees[2])
        self.assertGreaterEqual(len(trees[0]), 6 * 3)

    def test_one_video_with_frame_threads(self):
        self.take('long.mp4', half=2, size='320x180')
        for threads in ('1', '4'):
            self.fixed('run', 'long.mp4', '--out', f'out{threads}', '--threads', threads)
        self.assertEqual(harness.tree(self.work / 'out1'), harness.tree(self.work / 'out4'))

    def test_one_video_in_ranges(self):
        # Long enough for ranges between keyframes, which two threads and more decode side by side. The flow of core_optical_flow
        # and of cut_detection is shared within each.
        recipes = {'closed.mp4': '-c:v libx264 -bf 3 -g 30', 'open.mp4': '-c:v libx264 -bf 5 -g 25 -x264-params open-gop=1',
                   'rotten.mp4': '-c:v libx264 -g 25'}
        for name, codec in recipes.items():
            self.take(name, half=12, size='320x180', codec=codec)
        self.rot('rotten.mp4', 'rotten.mp4', 60013)
        # `make soak` plays every kind of file with both sets of options.
        both = [['--parts', 'hard,soft,motion', '--components', 'cut_detection,core_optical_flow'], ['--preset', 'fast']]
        for k, name in enumerate(recipes):
            for options in both if harness.SOAK else [both[k % 2]]:
                with self.subTest(name, options=options):
                    for threads in ('1', '2', '5'):
                        self.fixed('run', name, '--out', f'out{threads}', '--threads', threads, '--force', *options)
                    one, two, five = (harness.tree(self.work / f'out{threads}') for threads in ('1', '2', '5'))
                    self.assertEqual(one, two)
                    self.assertEqual(one, five)

    def test_a_damaged_video_with_frame_threads(self):
        # Alone, so that it gets all threads: those conceal damage in another way than one thread does.
        for name, step in (('rotten.ts', 997), ('rotten.mp4', 9973)):
            with self.subTest(name):
                self.take('long' + name[6:], half=2, size='320x180', codec='-c:v libx264 -bf 3 -g 50 -threads 1')
                self.rot('long' + name[6:], name, step)
                for threads in ('1', '4'):
                    self.fixed('run', name, '--out', f'{name}-{threads}', '--threads', threads)
                one, four = (harness.tree(self.work / f'{name}-{threads}') for threads in ('1', '4'))
                self.assertEqual(one, four)
                cuts = json.loads(self.one(f'{name}-4/local/*/*/cut_detection/cuts.json').read_text())
                self.assertGreater(cuts['source']['decode_errors'], 0, 'the clip is not damaged enough to tell')


class Again(Base):
    def setUp(self):
        super().setUp()
        self.take('a.mp4', 'b.mp4')
        self.command = ('run', 'a.mp4', 'b.mp4', '--out', 'out')
        self.fixed(*self.command)
        self.before, self.tree = self.identities(), harness.tree(self.work / 'out')

    def changed(self):
        return {p.relative_to(self.work).as_posix().split('/')[2] for p, identity in self.identities().items()
                if self.before.get(p) != identity}

    def test_skips_what_is_valid(self):
        done = self.fixed(*self.command)
        self.assertRegex(done.err + done.out, '(?i)skip')
        self.assertEqual(self.changed(), set())

    def test_force_makes_all_again(self):
        self.fixed(*self.command, '--force')
        self.assertEqual(self.changed(), {'a', 'b'})
        self.assertEqual(harness.tree(self.work / 'out'), self.tree)

    def test_a_damaged_artifact_is_made_again(self):
        path = self.one('out/local/a/*/cut_detection/*.npz')
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        self.fixed(*self.command)
        self.assertEqual(self.changed(), {'a'})
        self.assertEqual(harness.tree(self.work / 'out'), self.tree)

    def test_a_missing_artifact_and_a_torn_manifest(self):
        self.one('out/local/a/*/cut_detection/cuts.json').unlink()
        manifest = self.one('out/local/b/*/manifest.json')
        manifest.write_text(manifest.read_text()[:100])
        self.fixed(*self.command)
        self.assertEqual(harness.tree(self.work / 'out'), self.tree)

    def test_a_changed_source_is_made_again(self):
        harness.ffmpeg(['-i', 'b.mp4', '-vf', 'hflip', '-c:v', 'libx264', '-threads', '1', 'new.mp4'], self.work)
        os.replace(self.work / 'new.mp4', self.work / 'b.mp4')
        self.fixed(*self.command)
        self.assertEqual(self.changed(), {'b'})

    def test_a_touched_source_is_not(self):
        os.utime(self.work / 'b.mp4', (1, 1))
        self.fixed(*self.command)
        self.assertEqual(self.changed(), set())

    def test_other_knobs_get_their_own_folder(self):
        self.fixed(*self.command, '--decision', 'seed')
        self.assertEqual(len(list(self.work.glob('out/local/a/*'))), 2)
        self.assertEqual({p: i for p, i in self.identities().items() if p in self.before}, self.before)

    def test_a_lost_or_damaged_database_loses_nothing(self):
        for damage in (lambda p: p.write_bytes(b'not a database' * 100), lambda p: p.unlink()):
            for path in self.work.glob('out/.reelbatch/state.db*'):
                damage(path)
            self.fixed(*self.command)
            self.assertEqual(self.changed(), set())
            self.assertEqual(harness.tree(self.work / 'out'), self.tree)

    def test_a_broken_video_stays_broken_and_is_named_again(self):
        (self.work / 'bad.mp4').write_text('no video')
        for _ in range(2):
            done = self.fixed(*self.command, 'bad.mp4', expect=1)
            self.assertIn('bad.mp4', done.err)


class Killed(Base):
    def test_nothing_is_lost_and_nothing_made_twice(self):
        done = harness.call([sys.executable, str(ROOT / 'tools/kill_resume'), '--reelbatch', str(harness.PROGRAM), '--kills', '6',
                             '--seed', '20'], self.work, timeout=1400)  # under TSan one run takes a minute
        self.assertEqual(done.exit, 0, done)
        self.assertIn('6 kills', done.out)


class Interrupted(Base):
    def start(self, *arguments):
        return subprocess.Popen([str(harness.PROGRAM), *arguments], cwd=self.work, env=harness.environment(**FIXED), text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_until(self, holds, child):
        deadline = time.monotonic() + harness.TIMEOUT_S
        while not holds():
            self.assertIsNone(child.poll(), 'it was over before it was interrupted')
            self.assertLess(time.monotonic(), deadline, 'it never came')
            time.sleep(0.002)

    def wait_for(self, pattern, child):
        """Until a file is there; the child is then somewhere inside its work."""
        self.wait_until(lambda: list(self.work.glob(pattern)), child)

    @staticmethod
    def holds(child, path):
        """Whether the child has the file open."""
        for link in pathlib.Path(f'/proc/{child.pid}/fd').iterdir():
            with contextlib.suppress(OSError):
                if os.path.samefile(link, path):
                    return True
        return False

    @staticmethod
    def line_with(text, stream):
        return next((line for line in stream if text in line), '')

    def many(self):
        names = [f'v{n}.mp4' for n in range(12)]
        self.take(*names, half=2, size='320x180')
        return ['run', *names, '--out', 'out', '--threads', '1']

    def test_ctrl_c_says_how_to_resume_and_the_same_command_does(self):
        command = self.many()
        self.fixed(*[word if word != 'out' else 'whole' for word in command])
        child = self.start(*command)
        self.wait_for('out/local/*/*/manifest.json', child)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=harness.TIMEOUT_S)
        self.assertEqual(child.returncode, 130, err)
        self.assertRegex(err, '(?i)resume|again')
        finished = self.identities()
        self.assertLess(len(list(self.work.glob('out/local/*/*/manifest.json'))), 12)
        self.fixed(*command)
        after = self.identities()
        for path in finished:
            if path.name == 'manifest.json':
                self.assertEqual(after[path], finished[path], f'{path} was made twice')
        self.assertEqual(harness.tree(self.work / 'out'), harness.tree(self.work / 'whole'))

    @unittest.skipIf(os.environ.get('REELBATCH_SANITIZE') == 'thread', 'ThreadSanitizer holds signals back while a write() waits')
    def test_a_second_ctrl_c_ends_at_once(self):
        # A full pipe that nobody reads: without the second one the program would wait in its write for ever.
        self.take('v.mp4')
        os.mkfifo(self.work / 'pipe')
        pipe = os.open(self.work / 'pipe', os.O_RDWR | os.O_NONBLOCK)
        self.addCleanup(os.close, pipe)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(pipe, b'x' * 4096)
        child = self.start('cuts', 'v.mp4', '--csv=pipe')
        self.addCleanup(child.kill)
        self.wait_until(lambda: self.holds(child, self.work / 'pipe'), child)
        child.send_signal(signal.SIGINT)
        self.assertIn('once more', self.line_with('once more', child.stderr))
        with self.assertRaises(subprocess.TimeoutExpired, msg='it was not waiting: this test shows nothing'):
            child.wait(timeout=0.5)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=30)
        self.assertEqual(child.returncode, 130)

    def test_two_ctrl_c_lose_nothing(self):
        command = self.many()
        child = self.start(*command)
        self.wait_for('out/local/*/*/manifest.json', child)
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=harness.TIMEOUT_S)
        self.assertEqual(child.returncode, 130)
        self.fixed(*command)
        self.assertEqual(len(list(self.work.glob('out/local/*/*/manifest.json'))), 12)

    def test_sigterm_is_no_loss_either(self):
        command = self.many()
        child = self.start(*command)
        self.wait_for('out/local/*/*/manifest.json', child)
        child.terminate()
        child.communicate(timeout=harness.TIMEOUT_S)
        self.assertNotEqual(child.returncode, 0)
        self.fixed(*command)
        self.assertEqual(len(list(self.work.glob('out/local/*/*/manifest.json'))), 12)

    def test_a_second_run_on_the_same_out_says_who_holds_it(self):
        command = self.many()
        child = self.start(*command)
        self.wait_for('out/local/*/*/manifest.json', child)
        child.send_signal(signal.SIGSTOP)
        try:
            done = self.run_reelbatch('run', 'v0.mp4', '--out', 'out', expect=3)
            self.assertRegex(done.err, rf'(?m)^.*out.*{child.pid}')
        finally:
            child.send_signal(signal.SIGCONT)
        child.communicate(timeout=harness.TIMEOUT_S)
        self.assertEqual(child.returncode, 0)


class Moved(Base):
    def test_a_video_that_has_grown_since_is_done_again(self):
        # A copy that was still going on: the second half arrives after the first run, and the answer follows it.
        self.take('whole.ts', half=2)
        data = (self.work / 'whole.ts').read_bytes()
        (self.work / 'clip.ts').write_bytes(data[:188 * (len(data) // 376)])
        self.run_reelbatch('run', 'clip.ts', '--out', 'out')
        first = json.loads(self.one('out/local/clip/*/cut_detection/cuts.json').read_text())['source']['frames_decoded']
        shutil.copyfile(self.work / 'whole.ts', self.work / 'clip.ts')
        self.run_reelbatch('run', 'clip.ts', '--out', 'out')
        second = json.loads(self.one('out/local/clip/*/cut_detection/cuts.json').read_text())['source']['frames_decoded']
        self.assertLess(first, second)
        self.assertEqual(second, 100)


if __name__ == '__main__':
    unittest.main()
