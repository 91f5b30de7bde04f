"""Components that feed components: stages, results of others, a second pass. The same artifacts as one unit at a time, whatever fails
and however often the process is killed; what plan, journal, trace and manifest say of stages."""
import io
import json
import pathlib
import signal
import subprocess
import time
import unittest
import zipfile

import check_trace
import harness
import test_batching

try:
    import numpy
except ImportError:
    numpy = None

TREE = 'unit_tree'
JOIN = 'unit_digest,unit_chain,unit_join'
SEEK = 'cut_detection,shot_pictures'
STAGES = ['unit_tree/find', 'unit_tree/crops', 'unit_tree/points', 'unit_join', 'shot_pictures']


class Base(test_batching.Base):
    def clips(self, count=4):
        """Clips of different lengths with a hard cut each, and sound in every second one."""
        for k in range(count):
            seconds = 1.2 + 0.4 * k
            sound = f'-f lavfi -i sine=frequency=440:duration={2 * seconds} -c:a aac' if k % 2 else ''
            harness.ffmpeg(f'-f lavfi -i testsrc2=size=160x90:rate=25:duration={seconds} -f lavfi -i mandelbrot=size=160x90:rate=25:end_scale=0.3 '
                           f'{sound.replace("-c:a aac", "")} -filter_complex [1]trim=duration={seconds},setpts=PTS-STARTPTS[b];[0][b]concat=n=2[v] '
                           f'-map [v] {"-map 2:a -c:a aac" if sound else ""} -c:v libx264 -preset veryfast -g 12 c{k}.mp4'.split(), self.work)
        return sorted(self.work.glob('c*.mp4'))

    def everything(self, *arguments, out, faults='', expect=0):
        return self.run_units(*arguments, out=out, faults=faults, expect=expect, components=','.join([TREE, JOIN, SEEK]))

    def npz(self, out, name):
        files = sorted((self.work / out).rglob(f'{name}/*.npz'))
        return {path.relative_to(self.work / out).parts[1]: numpy.load(io.BytesIO(path.read_bytes())) for path in files}


class Staged(Base):
    def test_the_same_as_one_unit_at_a_time(self):
        clips = self.clips()
        self.everything(*clips, '--executor', 'serial', out='serial')
        oracle = self.artifacts('serial')
        self.assertEqual(len(oracle), 6 * len(clips))
        for name, arguments in {'batched': ['--threads', '3'], 'one': ['--threads', '1', '--videos-in-flight', '1'],
                                'many': ['--threads', '4', '--videos-in-flight', '4', '--executor-lanes', '3']}.items():
            ran = self.everything(*clips, *arguments, out=name)
            self.assertEqual(self.artifacts(name), oracle, name)
            batching = ran.json()['batching']
            self.assertEqual(sorted(batching), sorted(STAGES + ['unit_chain', 'unit_digest']))
            self.assertGreater(batching['unit_tree/find']['mean_batch'], 1.5)
        stages = {line.get('stage') for line in self.journal('batched', 'batch_launched') if line.get('component') == TREE}
        self.assertEqual(stages, {'find', 'crops', 'points'})

    def test_little_memory(self):
        """A bound that holds one kept picture: everything waits for everything, and nothing for ten seconds."""
        clips = self.clips()
        self.everything(*clips, '--executor', 'serial', out='serial')
        began = time.monotonic()
        self.everything(*clips, '--max-memory', '40MiB', '--videos-in-flight', '4', out='little')
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(self.artifacts('little'), self.artifacts('serial'))

    @unittest.skipIf(numpy is None, 'needs NumPy')
    def test_what_stages_give(self):
        clips = self.clips()
        self.everything(*clips, out='out')
        some_without = False
        for video, tree in self.npz('out', TREE).items():
            found = [int(value) % (1 << 64) for value in tree['found']]
            self.assertEqual(len(tree['crops']), sum(value % 3 for value in found), 'every crop of every result')
            some_without |= any(value % 3 == 0 for value in found)
            crops = [int(value) % (1 << 64) for value in tree['crops']]
            self.assertEqual(len(tree['points']), sum(value % 2 for value in crops))
        self.assertTrue(some_without, 'nothing was never found')
        digests, chains = self.npz('out', 'unit_digest'), self.npz('out', 'unit_chain')
        joins = self.npz('out', 'unit_join')
        self.assertEqual(len(joins), len(clips))
        for video, join in joins.items():
            self.assertEqual(len(join['digest']), len(digests[video]['digest']) + len(chains[video]['digest']))

    @unittest.skipIf(numpy is None, 'needs NumPy')
    def test_a_second_pass(self):
        """The picture in the middle of every shot, as the first pass has it, and the sound where shots begin."""
        clips = self.clips()
        self.everything(*clips, out='out')
        pictures = self.npz('out', 'shot_pictures')
        for clip in clips:
            cuts = json.loads(next((self.work / 'out/local' / clip.stem).rglob('cuts.json')).read_text())
            shots = cuts['shots']
            self.assertGreater(len(shots), 1)
            times = pictures[clip.stem]['times_s_f64']
            self.assertEqual(len(times), len(shots))
            for shot, at in zip(shots, times, strict=True):
                middle = (shot['start_s'] + shot['end_s']) / 2
                self.assertLessEqual(at, middle + 1e-6)
                self.assertGreater(at, middle - 0.041)
            with_sound = clip.stem in ('c1', 'c3')
            self.assertEqual(len(pictures[clip.stem]['first_samples']), len(shots) if with_sound else 0)
            self.assertEqual(len(pictures[clip.stem]['digest']), len(shots) * (2 if with_sound else 1))

    def test_the_manifest_tells_of_a_second_pass(self):
        clips = self.clips(2)
        ran = harness.call([str(test_batching.PROGRAM), 'run', *map(str, clips), '--components', SEEK, '--out', 'out'], self.work).checked()
        self.assertEqual(ran.exit, 0, ran)
        manifest = json.loads(next((self.work / 'out/local/c1').rglob('manifest.json')).read_text())
        seeks = [cost for cost in manifest['costs'] if cost['component'] == 'second_pass']
        self.assertEqual(len(seeks), 1, manifest['costs'])
        self.assertGreater(seeks[0]['units'], 0)

    def test_the_trace_draws_the_stages(self):
        clips = self.clips()
        self.everything(*clips, '--trace', 'run.json', out='out')
        self.assertEqual(check_trace.check(self.work / 'run.json'), [])
        names = {event.get('name', '') for event in check_trace.load(self.work / 'run.json')}
        self.assertTrue(any(name.startswith('unit_tree/crops x ') for name in names), names)
        self.assertTrue(any(name.startswith('second pass ') for name in names), names)
        self.assertIn('results', names)


class Failing(Base):
    def test_memory_runs_out_in_every_stage(self):
        clips = self.clips(3)
        self.everything(*clips, '--executor', 'serial', out='serial')
        oracle = self.artifacts('serial')
        for stage in STAGES:
            out = 'oom_' + stage.replace('/', '_')
            self.everything(*clips, '--oom-backoff', '0.01s', out=out, faults=f'{stage}: oom_above=1')
            self.assertEqual(self.artifacts(out), oracle, stage)
            self.assertTrue(self.journal(out, 'oom') or 'shot' in stage, f'{stage} never ran out of memory')

    def test_a_stage_that_fails_stops_what_follows_alone(self):
        clips = self.clips(2)
        self.everything(*clips, out='well')
        for stage, lost in {'unit_tree/crops': ['unit_tree'], 'unit_digest': ['unit_digest', 'unit_join'], 'unit_join': ['unit_join'],
                            'shot_pictures': ['shot_pictures']}.items():
            out = 'failed_' + stage.replace('/', '_')
            self.everything(*clips, out=out, faults=f'{stage}: pattern=xxxxxxxx', expect=1)
            expected = {path: data for path, data in self.artifacts('well').items() if pathlib.Path(path).parts[-2] not in lost}
            self.assertEqual(self.artifacts(out), expected, stage)
            again = self.everything(*clips, out=out)
            self.assertEqual(again.exit, 0)
            self.assertEqual(self.artifacts(out), self.artifacts('well'), f'{stage}: made from results on disk')


class Killed(Base):
    def test_killed_at_every_event(self):
        """Killed as soon as the journal has its n-th line, for every fourth n (`make soak`: every n), and resumed."""
        clips = self.clips(2)
        self.everything(*clips, '--executor', 'serial', out='serial')
        oracle = self.artifacts('serial')
        faults = '; '.join(f'{stage}: ms_per_unit=1' for stage in STAGES + ['unit_digest', 'unit_chain'])
        self.everything(*clips, out='whole', faults=faults)
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_TEST_FAULTS=faults)
        killed = 0
        for lines in range(1, len(self.journal('whole', None)) + 1, 1 if harness.SOAK else 4):
            out = self.work / f'k{lines}'
            command = [str(test_batching.PROGRAM), 'run', *map(str, clips), '--components', ','.join([TREE, JOIN, SEEK]), '--out', str(out)]
            child = subprocess.Popen(command, cwd=self.work, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            journal = out / '.reelbatch/journal.jsonl'
            while child.poll() is None and not (journal.exists() and journal.read_bytes().count(b'\n') >= lines):
                time.sleep(0.002)
            child.send_signal(signal.SIGKILL)
            killed += child.wait() != 0
            ran = harness.call(command, self.work, env).checked()
            self.assertEqual(ran.exit, 0, ran)
            self.assertEqual(self.artifacts(out.name), oracle, f'killed at line {lines}')
        self.assertGreater(killed, 10 if harness.SOAK else 3)

    def test_killed_and_resumed_everything_is_there_once(self):
        clips = self.clips()
        self.everything(*clips, '--executor', 'serial', out='serial')
        faults = '; '.join(f'{stage}: ms_per_unit=2' for stage in STAGES)
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_TEST_FAULTS=faults)
        command = [str(test_batching.PROGRAM), 'run', *map(str, clips), '--components', ','.join([TREE, JOIN, SEEK]), '--out', 'killed']
        self.kill_at_random(command, env, seed=20, longest_s=1.0)
        self.assertEqual(self.artifacts('killed'), self.artifacts('serial'))


@unittest.skipIf(numpy is None, 'needs NumPy')
class TwoStages(Base):
    """The example of CONTRIBUTING."""

    def test_spots_are_found_and_measured(self):
        harness.ffmpeg('-f lavfi -i color=black:size=128x72:rate=25:duration=1 -vf drawbox=x=40:y=24:w=8:h=8:color=white:t=fill:enable=gte(n\\,10) '
                       '-c:v libx264 -qp 0 -pix_fmt yuv420p spot.mp4'.split(), self.work)
        self.run_units('spot.mp4', out='out', components='bright_spots')
        spots = self.npz('out', 'bright_spots')['spot']
        self.assertEqual(list(spots['frame_indices']), list(range(10, 25)), 'nothing is found before the box is drawn')
        self.assertEqual(set(spots['place']), {3 * 16 + 5})
        self.assertGreater(min(spots['mean']), 200)

    def test_both_stages_can_be_measured(self):
        ran = harness.call([str(test_batching.PROGRAM), 'bench', 'model', 'bright_spots/find', 'bright_spots/measure', '--batches', '1,2',
                            '--out', 'costs'], self.work).checked()
        self.assertEqual(ran.exit, 0, ran)
        rows = json.loads((self.work / 'costs/costs.json').read_text())['rows']
        self.assertEqual([row['subject'] for row in rows], ['bright_spots/find', 'bright_spots/measure'])


if __name__ == '__main__':
    unittest.main()
