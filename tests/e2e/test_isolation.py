"""Models in processes of their own: memory that runs out, and processes that are killed, crash or stop, end no run."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

import harness

MODELS = harness.ROOT / 'models'
# `make soak` does all of them; `make test` takes every fourth.
LIMITS_MB = [800 + 92 * step for step in range(25)][::1 if harness.SOAK else 6]
SIGNALS = 150 if harness.SOAK else 6


def row_that_lets_the_planner_take_eight(path):
    """A cost table that says that eight windows take little more time and memory than one."""
    table = json.loads((harness.ROOT / 'data/costs/model_batches.json').read_text())
    for row in table['rows']:
        if row['subject'] == 'transnetv2':
            row.update(latency_ms_per_unit=210, cpu_rss_peak_mb=102)
            for point in row['points']:
                point.update(ms=200 + 10 * point['batch'], peak_mb=20 + 5 * point['batch'])
    path.write_text(json.dumps(table))


def children_of(pid):
    """The processes that any thread of `pid` started."""
    found = []
    for children in pathlib.Path(f'/proc/{pid}/task').glob('*/children'):
        try:
            found += map(int, children.read_text().split())
        except OSError:
            pass
    return found


@unittest.skipUnless((MODELS / 'transnetv2/model.json').exists(), 'models/ is not there (reelbatch models fetch)')
class Isolation(harness.TestCase):
    def setUp(self):
        super().setUp()
        for k in range(3):
            harness.ffmpeg(f'-f lavfi -i testsrc2=size=160x90:rate=25:duration={5 + k} -c:v libx264 -preset veryfast c{k}.mp4'.split(), self.work)
        row_that_lets_the_planner_take_eight(self.work / 'eight.json')

    def command(self, out, *more):
        return [str(harness.PROGRAM), 'run', 'c0.mp4', 'c1.mp4', 'c2.mp4', '--components', 'transnetv2', '--costs', 'eight.json', '--models',
                str(MODELS), '--oom-backoff', '0.05s', '--out', out, *more]

    def artifacts(self, out):
        return {path.parts[-4]: path.read_bytes() for path in sorted((self.work / out).rglob('transnetv2.npz'))}

    def failures(self, out):
        """{video: error code} of what has no result."""
        found = {}
        for path in (self.work / out).rglob('manifest.json'):
            for component in json.loads(path.read_text())['components']:
                if component['status'] != 'success':
                    found[path.parts[-3]] = component['error_code']
        return found

    def check(self, ran, out, right, when):
        """Right artifacts, or a named lack of memory; nothing else."""
        ran.checked()
        made, failed = self.artifacts(out), self.failures(out)
        for video, data in made.items():
            self.assertEqual(data, right[video], f'{when}: {video}')
        if ran.exit == 0:
            self.assertEqual(set(made), set(right), f'{when}: {ran}')
            return 'right'
        self.assertIn(ran.exit, (1, 3), f'{when}: {ran}')
        for video, code in failed.items():
            self.assertEqual(code, 'insufficient_memory', f'{when}: {video}: {ran}')
        if ran.exit == 3:
            self.assertIn('memory', ran.err, when)
        return 'named'

    def env(self):
        return harness.environment(SOURCE_DATE_EPOCH='1700000000')

    @unittest.skipIf(os.environ.get('REELBATCH_SANITIZE'), 'a sanitiser takes terabytes of addresses')
    def test_memory_that_runs_out(self):
        harness.call(self.command('right', '--isolation', 'none'), self.work, self.env()).checked()
        right = self.artifacts('right')
        self.assertEqual(len(right), 3)
        ends = {'right': 0, 'named': 0}
        for mb in [400, 500, *LIMITS_MB]:
            kb = mb * 1024
            line = f'ulimit -v {kb}; exec "$@"'
            ran = harness.call(['bash', '-c', line, 'bash', *self.command(f'out-{mb}')], self.work, self.env())
            ends[self.check(ran, f'out-{mb}', right, f'{mb} MiB')] += 1
        print(f'address space of 400 MiB to {LIMITS_MB[-1]} MiB: {ends["right"]} runs right, {ends["named"]} ended with a named lack of memory')
        self.assertGreater(ends['right'], 0)
        self.assertGreater(ends['named'], 0, 'the smallest limits are too small for the model')

    def test_signals_at_any_time(self):
        harness.call(self.command('right'), self.work, self.env()).checked()
        right = self.artifacts('right')
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        ends = {'right': 0, 'named': 0}
        for k in range(SIGNALS):
            kind = (signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP)[k % 3]
            out = f'out-{k}'
            wait = chance.uniform(0, 3)
            child = subprocess.Popen(self.command(out, '--stall-timeout', '5s'), cwd=self.work, env=self.env(), stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            began, sent = time.monotonic(), 0
            while child.poll() is None and time.monotonic() - began < 30 and sent == 0:
                time.sleep(0.01)
                if time.monotonic() - began < wait:
                    continue
                for worker in children_of(child.pid):
                    try:
                        os.kill(worker, kind)
                        sent += 1
                    except ProcessLookupError:
                        pass
            text = child.communicate(timeout=harness.TIMEOUT_S)
            when = f'{kind.name} after {wait:.2f} s (seed {seed})'
            ends[self.check(harness.Ran(' '.join(self.command(out)), child.returncode, *text), out, right, when)] += 1
        print(f'{SIGNALS} runs with SIGKILL, SIGSEGV or SIGSTOP of the worker: {ends["right"]} right, {ends["named"]} named')

    def test_no_worker_stays(self):
        child = subprocess.Popen(self.command('out'), cwd=self.work, env=self.env(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        workers = []
        while child.poll() is None and not workers:
            workers = children_of(child.pid)
            time.sleep(0.01)
        self.assertTrue(workers, 'the model runs in a process of its own')
        child.kill()
        child.wait()
        for _ in range(500):
            left = [worker for worker in workers if pathlib.Path(f'/proc/{worker}/cmdline').exists()
                    and b'reelbatch-worker' in pathlib.Path(f'/proc/{worker}/cmdline').read_bytes()]
            if not left:
                return
            time.sleep(0.01)
        self.fail(f'{left} are still there')

    def test_a_worker_that_is_not_there_is_named(self):
        env = harness.environment(REELBATCH_WORKER=str(self.work / 'nothing'))
        ran = harness.call(self.command('out'), self.work, env).checked()
        self.assertEqual(ran.exit, 3, ran)
        self.assertIn('nothing: cannot be started', ran.err)
        ran = harness.call(self.command('out', '--isolation', 'none'), self.work, env).checked()
        self.assertEqual(ran.exit, 0, ran)


if __name__ == '__main__':
    unittest.main()
