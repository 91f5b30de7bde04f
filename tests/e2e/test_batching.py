"""Units batched across videos, with the two components of tests/components: the same results as one unit at a time, whatever fails
and however often the process is killed; learned limits; what people and machines are told."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time

import check_trace
import harness

PROGRAM = pathlib.Path(os.environ.get('REELBATCH_TEST_COMPONENTS', harness.ROOT / 'build/dev/tests/reelbatch_with_test_components'))
UNITS = 'unit_digest,unit_chain'


class Base(harness.TestCase):
    def run_units(self, *arguments, out, faults='', expect=0, components=UNITS):
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_TEST_FAULTS=faults)
        ran = harness.call([str(PROGRAM), 'run', *map(str, arguments), '--components', components, '--out', str(out), '--json'],
                           self.work, env).checked()
        if expect is not None:
            self.assertEqual(ran.exit, expect, ran)
        return ran

    def clips(self, count=6):
        """Clips of different lengths, and of both orientations."""
        for k in range(count):
            size = '90x160' if k % 3 == 2 else '160x90'
            harness.ffmpeg(f'-f lavfi -i testsrc2=size={size}:rate=25:duration={1 + 0.7 * k} -c:v libx264 -preset veryfast c{k}.mp4'.split(), self.work)
        return sorted(self.work.glob('c*.mp4'))

    def oracle(self, clips):
        self.run_units(*clips, '--executor', 'serial', out='serial')
        return self.artifacts('serial')

    def artifacts(self, out):
        """The bytes of every artifact: what batching may not change. (Manifests tell of batches.)"""
        return {str(path.relative_to(self.work / out)): path.read_bytes() for path in sorted((self.work / out).rglob('*.npz'))}

    def kill_at_random(self, command, env, seed, longest_s):
        """Begins the command 20 times and kills it; then lets it end."""
        dice = random.Random(seed)
        for _ in range(20):
            child = subprocess.Popen(command, cwd=self.work, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0.02, longest_s))
            child.send_signal(signal.SIGKILL)
            child.wait()
        ran = harness.call(command, self.work, env).checked()
        self.assertEqual(ran.exit, 0, ran)

    def limits(self, out):
        return json.loads((self.work / out / '.reelbatch/limits.json').read_text())['limits']

    def journal(self, out, event):
        lines = (self.work / out / '.reelbatch/journal.jsonl').read_text().splitlines()
        return [line for line in map(json.loads, lines) if event in (None, line['event'])]


class Batched(Base):
    def test_the_same_as_one_unit_at_a_time(self):
        clips = self.clips()
        oracle = self.oracle(clips)
        ran = self.run_units(*clips, '--threads', '3', out='batched')
        self.assertEqual(self.artifacts('batched'), oracle)
        self.assertEqual(len(oracle), 2 * len(clips))
        digest = ran.json()['batching']['unit_digest']
        self.assertGreater(digest['mean_batch'], 4)
        launched = self.journal('batched', 'batch_launched')
        self.assertTrue(all(batch['videos'] == sorted(batch['videos']) for batch in launched))
        self.assertTrue(any(len(batch['videos']) > 1 for batch in launched))
        self.assertEqual(sum(batch['units'] for batch in launched if batch['key'].startswith('unit_digest')), digest['units'])
        digests = {batch['batch'] for batch in launched if batch['key'].startswith('unit_digest')}
        done = [(part['video'], unit) for batch in self.journal('batched', 'batch_finished') if batch['batch'] in digests
                for part in batch['done'] for unit in range(part['first'], part['last'] + 1)]
        self.assertEqual(len(done), digest['units'])
        self.assertEqual(len(set(done)), len(done), 'a unit was done twice')
        calibrated = self.run_reelbatch('costs', 'calibration', 'batched', '--json').json()['batches']
        self.assertEqual(sum(key['units'] for key in calibrated if key['key'].startswith('unit_digest')), digest['units'])

    def test_no_more_than_eight_videos_share_a_batch(self):
        clips = self.clips(12)
        # So slow that units of all twelve wait for the batch before them to end, and a batch would hold sixteen.
        self.run_units(*clips, '--videos-in-flight', '12', '--threads', '12', out='many', faults='unit_chain: fixed_ms=100; unit_digest: fixed_ms=100')
        videos = [len(batch['videos']) for batch in self.journal('many', 'batch_launched')]
        self.assertEqual(max(videos), 8, videos)

    def test_side_by_side_is_the_same(self):
        clips = self.clips()
        oracle = self.oracle(clips)
        self.run_units(*clips, '--executor-lanes', '3', '--threads', '2', out='lanes', faults='unit_digest: ms_per_unit=0.5 max_batch=4')
        self.assertEqual(self.artifacts('lanes'), oracle)

    def test_one_unit_is_never_in_a_batch_of_another_key(self):
        clips = self.clips()
        self.run_units(*clips, out='batched')
        wide = {path.stem for k, path in enumerate(clips) if k % 3 != 2}
        launched = self.journal('batched', 'batch_launched')
        self.assertGreater(len(launched), 10)
        for batch in launched:
            self.assertIn(len(set(batch['videos']) & wide), (0, len(batch['videos'])), batch)

    def test_cuts_are_found_beside_it(self):
        clips = self.clips(3)
        self.run_units(*clips, out='with', components='cut_detection,unit_digest')
        self.run_units(*clips, out='without', components='cut_detection')
        events = lambda out: [json.loads(path.read_text())['events'] for path in sorted((self.work / out).rglob('cuts.json'))]
        self.assertEqual(events('with'), events('without'))


class Deadline(Base):
    def presets(self, out):
        return sorted(json.loads(path.read_text())['settings']['preset_reason'] for path in (self.work / out).rglob('cuts.json'))

    def test_large_videos_are_fast_where_the_run_would_end_too_late(self):
        for k in range(3):
            harness.ffmpeg(f'-f lavfi -i testsrc2=size=1280x736:rate=25:duration=2 -c:v libx264 -preset ultrafast l{k}.mp4'.split(), self.work)
        clips = sorted(self.work.glob('l*.mp4'))
        for deadline, expected, word in (('10ms', ['S=768, --deadline'] * 3, 'missed'), ('1h', ['S=768'] * 3, 'met')):
            out = 'by-' + deadline
            ran = self.run_units(*clips, '--deadline', deadline, out=out, components='cut_detection')
            self.assertEqual(self.presets(out), expected)
            self.assertEqual(ran.json()['deadline_s'], 0.01 if word == 'missed' else 3600)
            again = harness.call([str(PROGRAM), 'run', *map(str, clips), '--deadline', deadline, '--out', out], self.work).checked()
            self.assertIn('3 skipped', again.out + again.err)
            self.assertIn('deadline', again.out)
        self.run_units(*clips, out='without', components='cut_detection')
        self.assertEqual(self.presets('without'), ['S=768'] * 3)

    def test_what_it_takes(self):
        for wrong in ('0', '-3s', 'soon'):
            ran = self.run_units('x.mp4', '--deadline', wrong, out='o', expect=None)
            self.assertEqual(ran.exit, 2, ran)
            self.assertIn('--deadline', ran.err)


class Told(Base):
    def test_a_plan_and_the_run_after_it_agree(self):
        """Of units that do not wait for each other and one key: which batches, how large and why."""
        for k in range(6):
            harness.ffmpeg(f'-f lavfi -i testsrc2=size=160x90:rate=25:duration={2 + 0.7 * k} -c:v libx264 -preset veryfast c{k}.mp4'.split(), self.work)
        clips = sorted(self.work.glob('c*.mp4'))
        env = harness.environment(REELBATCH_TEST_FAULTS='unit_digest: ms_per_unit=0.2')
        planned = harness.call([str(PROGRAM), 'plan', *map(str, clips), '--components', 'unit_digest', '--threads', '2', '--json'], self.work, env)
        plan = planned.checked().json()
        self.assertEqual(planned.exit, 0, planned)
        ran = self.run_units(*clips, '--threads', '2', out='ran', components='unit_digest', faults='unit_digest: ms_per_unit=0.2').json()
        sizes, reasons = {}, {}
        for batch in plan['batches']:
            sizes[str(batch['units'])] = sizes.get(str(batch['units']), 0) + 1
            reasons[batch['reason']] = reasons.get(batch['reason'], 0) + 1
        self.assertEqual(sizes, ran['batching']['unit_digest']['sizes'])
        self.assertEqual(reasons, ran['batching']['unit_digest']['reasons'])
        self.assertGreaterEqual(plan['gap'], 1)
        self.assertGreater(ran['elapsed_s'], ran['bound_s'])

    def test_the_timeline_and_the_metrics(self):
        clips = self.clips(4)
        ran = self.run_units(*clips, '--oom-backoff', '0.01s', '--trace', 'trace.json', '--metrics', 'metrics.txt', out='out',
                             faults='unit_digest: oom_above=9 ms_per_unit=0.2').json()
        self.assertEqual(check_trace.check(self.work / 'trace.json'), [])
        events = json.loads((self.work / 'trace.json').read_text())['traceEvents']
        batches = [event for event in events if event['ph'] == 'X' and event['name'].startswith('unit_digest x')]
        digest = ran['batching']['unit_digest']
        self.assertEqual(len([event for event in batches if not event['name'].endswith('failed')]), digest['batches'])
        self.assertTrue(any(event['ph'] == 'i' and event['name'] == 'oom' for event in events))
        self.assertTrue(any(event['ph'] == 's' for event in events) and any(event['ph'] == 'C' for event in events))
        metrics = (self.work / 'metrics.txt').read_text()
        self.assertIn(f'reelbatch_units_total {digest["units"] + ran["batching"]["unit_chain"]["units"]}', metrics)
        self.assertIn('reelbatch_oom_total{class="capacity"}', metrics)
        self.assertIn('reelbatch_bytes_in_flight 0', metrics, 'nothing is left behind')

    def test_a_simulated_timeline(self):
        self.run_reelbatch('simulate', str(harness.ROOT / 'tests/scenarios/simulate/one_gpu.yaml'), '--trace', 'trace.json')
        self.assertEqual(check_trace.check(self.work / 'trace.json'), [])

    def test_the_manifest_says_how_units_were_batched(self):
        clips = self.clips(2)
        env = harness.environment(REELBATCH_TEST_FAULTS='unit_digest: oom_above=4')
        harness.call([str(PROGRAM), 'run', *map(str, clips), '--components', UNITS, '--out', 'out', '--oom-backoff', '0.01s'], self.work, env).checked()
        manifest = json.loads(next((self.work / 'out').rglob('manifest.json')).read_text())
        batching = {component['name']: component['batching'] for component in manifest['components']}['unit_digest']
        self.assertGreater(batching['units'], 0)
        self.assertGreaterEqual(batching['effective_batch_size'], 1)
        self.assertLessEqual(batching['effective_batch_size'], 4, 'more run out of memory')
        self.assertGreater(batching['oom_retries'], 0)
        self.assertGreaterEqual(batching['retries_total'], batching['oom_retries'])
        self.assertGreater(batching['queue_wait_ms'], 0)


class Failing(Base):
    def test_every_pattern_of_memory_running_out(self):
        """Every pattern over the first five launches (`make soak`: eight); where a unit fails three times, its component stops."""
        clips = self.clips(3)
        oracle = self.oracle(clips)
        launches, ran = 8 if harness.SOAK else 5, 0
        for mask in range(1 << launches):
            pattern = ''.join('o' if mask >> k & 1 else '.' for k in range(launches))
            out = f'p{mask}'
            result = self.run_units(*clips, '--oom-backoff', '0.01s', out=out, faults=f'unit_digest: pattern={pattern}', expect=None)
            self.assertIn(result.exit, (0, 1), result)
            if result.exit == 0:
                self.assertEqual(self.artifacts(out), oracle)
                ran += 1
            else:
                stopped = [line for line in self.journal(out, 'oom') if line['key_stopped']]
                self.assertTrue(stopped and all(line['attempt'] == 3 and line['units'] == 1 for line in stopped), result)
            self.assertTrue(all(batch['attempt'] <= 3 for batch in self.journal(out, 'batch_launched')))
        self.assertGreater(ran, (1 << launches) * 0.4)
        self.assertLess(ran, 1 << launches, 'no pattern stopped the component')

    def test_a_limit_is_found_and_results_are_the_same(self):
        clips = self.clips()
        oracle = self.oracle(clips)
        ran = self.run_units(*clips, '--oom-backoff', '0.01s', out='oom', faults='unit_digest: oom_above=5')
        self.assertEqual(self.artifacts('oom'), oracle)
        digest = ran.json()['batching']['unit_digest']
        self.assertGreater(digest['ooms'], 0)
        self.assertLessEqual(digest['learned_limit'], 5)
        self.assertTrue(self.journal('oom', 'limit_learned'))

    def test_a_limit_is_kept_for_the_next_run(self):
        clips = self.clips()
        faults = 'unit_digest: oom_above=5'
        self.run_units(*clips, '--oom-backoff', '0.01s', out='oom', faults=faults)
        limits = self.limits('oom')
        self.assertTrue(limits)
        self.assertTrue(all(limit['limit'] <= 5 < limit['failed_at'] for limit in limits), limits)
        self.assertIn('unit_digest', self.run_reelbatch('costs', 'limits', 'oom').out)
        again = self.run_units(*clips, '--oom-backoff', '0.01s', '--force', out='oom', faults=faults)
        self.assertLessEqual(again.json()['batching']['unit_digest']['ooms'], 2, 'only where a limit grew too far')
        launched = [batch for batch in self.journal('oom', 'batch_launched') if batch['key'].startswith('unit_digest')]
        self.assertGreater(launched[0]['units'], 5, 'nothing was to be learned: this test shows nothing')
        begun = [line['event'] for line in self.journal('oom', None)]
        second = len(begun) - 1 - begun[::-1].index('run_started')
        first_again = next(line for line in self.journal('oom', None)[second:] if line['event'] == 'batch_launched' and line['key'].startswith('unit_digest'))
        self.assertLessEqual(first_again['units'], 5, 'the next run begins below the limit')

    def test_damaged_limits_are_said_and_learned_again(self):
        clips = self.clips(3)
        (self.work / 'out/.reelbatch').mkdir(parents=True)
        (self.work / 'out/.reelbatch/limits.json').write_text('{"limits": [{"key"')
        ran = self.run_units(*clips, '--oom-backoff', '0.01s', out='out', faults='unit_digest: oom_above=5')
        self.assertIn('limits.json', ran.err)
        self.assertIn('learned again', ran.err)
        self.assertTrue(self.limits('out'))

    def test_a_real_allocation_that_fails(self):
        """The process may not have as much address space as batches of 16 want."""
        if os.environ.get('REELBATCH_SANITIZE'):
            self.skipTest('a sanitiser wants more address space than there is')
        clips = self.clips()
        faults = 'unit_digest: kb_per_unit=98304'
        oracle = self.oracle(clips)
        command = [str(PROGRAM), 'run', *map(str, clips), '--components', UNITS, '--out', 'small', '--oom-backoff', '0.01s', '--threads', '1', '--json']
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_TEST_FAULTS=faults)
        limited = ['bash', '-c', 'ulimit -v 1400000; exec "$@"', 'limited', *command]
        ran = harness.call(limited, self.work, env).checked()
        self.assertEqual(ran.exit, 0, ran)
        self.assertEqual(self.artifacts('small'), oracle)
        self.assertIn('host_memory', {line['class'] for line in self.journal('small', 'oom')})
        self.assertIn('std::bad_alloc', {line['evidence'] for line in self.journal('small', 'oom')})
        limits = {limit['key']: limit for limit in self.limits('small')}
        self.assertTrue(limits)
        before = len(self.journal('small', 'oom'))
        again = harness.call([*limited, '--force'], self.work, env).checked()
        self.assertEqual(again.exit, 0, again)
        launched = self.journal('small', 'batch_launched')
        begun = max(k for k, batch in enumerate(launched) if batch['batch'] == 1)
        firsts = {}
        for batch in launched[begun:]:
            firsts.setdefault(batch['key'], batch['units'])
        for key, limit in limits.items():
            self.assertLessEqual(firsts[key], limit['limit'], 'the next run starts below what failed')
        self.assertLessEqual(len(self.journal('small', 'oom')), 2 * before)

    def test_out_of_memory_alone_stops_that_component_only(self):
        clips = self.clips(3)
        oracle = self.oracle(clips)
        ran = self.run_units(*clips, '--oom-backoff', '0.01s', out='stopped', faults='unit_digest: pattern=' + 'o' * 200, expect=1)
        made = self.artifacts('stopped')
        self.assertEqual(made, {path: data for path, data in oracle.items() if 'unit_chain' in path})
        manifest = json.loads(next((self.work / 'stopped').rglob('manifest.json')).read_text())
        by_name = {component['name']: component for component in manifest['components']}
        self.assertEqual(by_name['unit_chain']['status'], 'success')
        self.assertEqual(by_name['unit_digest']['status'], 'error')
        self.assertEqual(by_name['unit_digest']['error_code'], 'insufficient_memory')
        self.assertIn('CUDA out of memory', by_name['unit_digest']['error'])
        self.assertIn('unit_digest', ran.err)
        self.run_units(*clips, out='stopped')
        self.assertEqual(self.artifacts('stopped'), oracle)

    def test_a_component_is_skipped_where_what_it_needs_failed(self):
        clips = self.clips(2)
        ran = self.run_units(*clips, '--oom-backoff', '0.01s', out='out', expect=1,
                             faults='unit_digest: pattern=' + 'o' * 200 + '; unit_chain: needs=unit_digest')
        for path in (self.work / 'out').rglob('manifest.json'):
            by_name = {component['name']: component for component in json.loads(path.read_text())['components']}
            self.assertEqual(by_name['unit_digest']['status'], 'error')
            self.assertEqual((by_name['unit_chain']['status'], by_name['unit_chain']['error_code']), ('skipped', 'dependency_missing'), ran)
            self.assertIn('unit_digest', by_name['unit_chain']['error'])

    def test_other_failures(self):
        clips = self.clips(3)
        oracle = self.oracle(clips)
        for faults, code in (('unit_digest: pattern=p', 0), ('unit_digest: pattern=i', 0), ('unit_digest: pattern=x', 0), ('unit_digest: pattern=a', 1)):
            with self.subTest(faults):
                out = 'f' + faults[-1]
                self.run_units(*clips, '--oom-backoff', '0.01s', out=out, faults=faults, expect=code)
                if code == 0:
                    self.assertEqual(self.artifacts(out), oracle)
                self.run_units(*clips, out=out)
                self.assertEqual(self.artifacts(out), oracle)


class Hanging(Base):
    # The first three batches of unit_digest come through, and the fourth one never comes back.
    FAULTS = 'unit_digest: max_batch=2 pattern=...h'

    def test_a_model_that_hangs_fails_its_component_only(self):
        clips = self.clips(3)
        oracle = self.oracle(clips)
        ran = self.run_units(*clips, '--stall-timeout', '1s', out='hung', faults=self.FAULTS, expect=1)
        self.assertIn('stuck in a batch of', ran.err)
        self.assertIn('did not return within 1 s (stall-timeout)', ran.err)
        chained = {path: data for path, data in oracle.items() if 'unit_chain' in path}
        self.assertEqual({path: data for path, data in self.artifacts('hung').items() if 'unit_chain' in path}, chained)
        self.assertNotEqual(self.artifacts('hung'), oracle)
        self.run_units(*clips, out='hung')
        self.assertEqual(self.artifacts('hung'), oracle)

    def test_ctrl_c_does_not_wait_for_it(self):
        clips = self.clips(3)
        oracle = self.oracle(clips)
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_TEST_FAULTS=self.FAULTS)
        command = [str(PROGRAM), 'run', *map(str, clips), '--components', UNITS, '--out', 'hung']
        child = subprocess.Popen(command, cwd=self.work, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.kill)
        journal = self.work / 'hung/.reelbatch/journal.jsonl'
        digests = lambda: [b for b in self.journal('hung', 'batch_launched') if b['key'].startswith('unit_digest')] if journal.exists() else []
        end = time.monotonic() + harness.TIMEOUT_S
        while len(digests()) < 4 and time.monotonic() < end:
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
        self.assertEqual(child.returncode, 130, err)
        self.run_units(*clips, out='hung')
        self.assertEqual(self.artifacts('hung'), oracle)


class Killed(Base):
    def test_killed_and_resumed_everything_is_there_once(self):
        clips = self.clips(8)
        oracle = self.oracle(clips)
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_TEST_FAULTS='unit_digest: ms_per_unit=1; unit_chain: ms_per_unit=1')
        command = [str(PROGRAM), 'run', *map(str, clips), '--components', UNITS, '--out', 'killed']
        self.kill_at_random(command, env, seed=1, longest_s=0.6)
        self.assertEqual(self.artifacts('killed'), oracle)
        done = [line['video_id'] for line in self.journal('killed', 'video_finished') if not line.get('skipped')]
        self.assertEqual(sorted(done), sorted(set(done)), 'a finished video was made again')
