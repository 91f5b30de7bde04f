"""Components whose models a real Triton serves: the same artifacts as in process, and a server that fails in every way while a run goes on."""
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest

import harness
import test_models

sys.path.append(str(harness.ROOT / 'tools'))
import triton_server  # noqa: E402

STAND_IN = '''name: "silero_vad"
backend: "python"
max_batch_size: {max_batch}
input [ {{ name: "input" data_type: TYPE_FP32 dims: [ 576 ] }}, {{ name: "state" data_type: TYPE_FP32 dims: [ {states}, 128 ] }} ]
output [ {{ name: "output" data_type: TYPE_FP32 dims: [ 1 ] }}, {{ name: "stateN" data_type: TYPE_FP32 dims: [ 2, 128 ] }} ]
instance_group [ {{ count: 1 kind: KIND_CPU }} ]
parameters {{ key: "faults" value: {{ string_value: "{faults}" }} }}
'''


class Base(harness.TestCase):
    """A server with the stand-in for silero_vad (tests/triton/stand_in_model.py)."""

    @classmethod
    def setUpClass(cls):
        refused = triton_server.fetch()
        if refused:
            raise unittest.SkipTest(f'no tritonserver: {refused}')

    def serve(self, max_batch=16, states=2, explicit=True):
        repository = self.work / 'repository'
        self.faults = self.work / 'faults.json'
        config = STAND_IN.format(max_batch=max_batch, states=states, faults=self.faults)
        triton_server.write_model(repository, 'silero_vad', config, harness.ROOT / 'tests/triton/stand_in_model.py')
        server = triton_server.Triton(repository, self.work / 'triton.log', explicit=explicit)
        server.start()
        self.addCleanup(server.stop)
        return server

    def fail_with(self, **faults):
        self.faults.write_text(json.dumps(faults))

    def command(self, server, clips, out, *arguments):
        return [str(harness.PROGRAM), 'run', *clips, '--components', 'speech_activity', '--triton-url', server if isinstance(server, str) else server.url,
                '--out', out, '--json', '--oom-backoff', '0.2s', '--videos-in-flight', '4', *arguments]

    def run_served(self, server, clips, out, *arguments, expect=0):
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000')
        ran = harness.call(self.command(server, clips, out, *arguments), self.work, env).checked()
        if expect is not None:
            self.assertEqual(ran.exit, expect, ran)
        return ran

    def clips(self, count=4):
        return [test_models.sound_clip(self.work, f'c{k}.mp4', 2 + 0.7 * k) for k in range(count)]

    def oracle(self, server, clips):
        self.run_served(server, clips, 'serial', '--executor', 'serial')
        return self.artifacts('serial')

    def artifacts(self, out):
        return {path.parts[-4] + '/' + path.name: path.read_bytes() for path in sorted((self.work / out).rglob('*.npz'))}

    def error_codes(self, out):
        manifests = [json.loads(path.read_text()) for path in (self.work / out).rglob('manifest.json')]
        return {component['error_code'] for manifest in manifests for component in manifest['components']}


class Served(Base):
    def test_batches_of_several_videos_are_the_same_as_one_unit_at_a_time(self):
        server = self.serve()
        clips = self.clips()
        oracle = self.oracle(server, clips)
        ran = self.run_served(server, clips, 'batched')
        self.assertEqual(self.artifacts('batched'), oracle)
        self.assertGreater(max(map(int, ran.json()['batching']['speech_activity']['sizes'])), 1)

    def test_a_server_that_takes_one_unit(self):
        server = self.serve(max_batch=1)
        clips = self.clips(2)
        ran = self.run_served(server, clips, 'out')
        self.assertEqual(ran.json()['batching']['speech_activity']['sizes'].keys(), {'1'})

    def test_memory_that_runs_out_halves_the_batch_and_is_remembered(self):
        server = self.serve()
        clips = self.clips()
        oracle = self.oracle(server, clips)
        self.fail_with(oom_above=1, sleep_s=0.005)
        ran = self.run_served(server, clips, 'out')
        self.assertEqual(self.artifacts('out'), oracle)
        self.assertGreater(ran.json()['batching']['speech_activity']['ooms'], 0)
        limits = json.loads((self.work / 'out/.reelbatch/limits.json').read_text())['limits']
        self.assertEqual([limit['limit'] for limit in limits], [1])

    def test_a_model_process_that_died_is_loaded_again(self):
        server = self.serve()
        clips = self.clips(2)
        oracle = self.oracle(server, clips)
        once = self.work / 'die-once'
        once.touch()
        self.fail_with(die=str(once))
        self.run_served(server, clips, 'out')
        self.assertFalse(once.exists(), 'it did die')
        self.assertEqual(self.artifacts('out'), oracle)

    def test_without_control_a_dead_model_process_is_the_operators(self):
        server = self.serve(explicit=False)
        clips = self.clips(2)
        once = self.work / 'die-once'
        once.touch()
        self.fail_with(die=str(once))
        ran = self.run_served(server, clips, 'out', expect=1)
        self.assertEqual(self.error_codes('out'), {'triton_unavailable'}, ran)

    def test_values_that_are_no_numbers_are_one_videos_fault(self):
        server = self.serve()
        clips = self.clips(2)
        loud = test_models.sound_clip(self.work, 'loud.mp4', 2, sound='aevalsrc=0.99*sgn(sin(2*PI*220*t)):s=16000')
        self.fail_with(nan_above=0.6)
        ran = self.run_served(server, [*clips, loud], 'out', expect=1)
        failed = [video['input'] for video in ran.json()['videos'] if video['status'] == 'error']
        self.assertEqual([pathlib.Path(name).name for name in failed], ['loud.mp4'])

    def run_while(self, server, clips, out, disturb):
        """A run, disturbed from outside when it has sent some batches."""
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000')
        child = subprocess.Popen(self.command(server, clips, out), cwd=self.work, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        journal = self.work / out / '.reelbatch/journal.jsonl'
        end = time.monotonic() + 30
        while time.monotonic() < end and not (journal.exists() and journal.read_text().count('batch_finished') > 5):
            time.sleep(0.02)
        disturb()
        stdout, stderr = child.communicate(timeout=harness.TIMEOUT_S)
        return harness.Ran('run', child.returncode, stdout, stderr).checked()

    def test_a_server_that_is_killed_and_comes_back(self):
        server = self.serve()
        clips = self.clips()
        oracle = self.oracle(server, clips)
        self.fail_with(sleep_s=0.03)

        def disturb():
            server.kill()
            back = threading.Timer(1.5, server.start)
            back.start()
            self.addCleanup(back.join)

        ran = self.run_while(server, clips, 'out', disturb)
        self.assertIn(ran.exit, (0, 1), ran)
        if ran.exit == 1:
            self.assertEqual(self.error_codes('out') - {None}, {'triton_unavailable'})
        end = time.monotonic() + 60
        while not triton_server.is_ready(server.http_port) and time.monotonic() < end:
            time.sleep(0.1)
        self.run_served(server, clips, 'out')
        self.assertEqual(self.artifacts('out'), oracle, 'everything is there once, whoever did it')

    def test_a_server_that_goes_away_for_good(self):
        server = self.serve()
        clips = self.clips(2)
        self.fail_with(sleep_s=0.03)
        ran = self.run_while(server, clips, 'out', lambda: server.signal(signal.SIGTERM))
        self.assertEqual(ran.exit, 1, ran)
        self.assertEqual(self.error_codes('out') - {None}, {'triton_unavailable'})

    def test_what_is_wrong_from_the_start(self):
        clips = self.clips(1)
        (port,) = triton_server.free_ports(1)
        nobody = self.run_served(f'127.0.0.1:{port}', clips, 'out', expect=3)
        self.assertIn(f'127.0.0.1:{port}', nobody.err)
        self.assertFalse((self.work / 'out').exists(), 'nothing has begun')
        server = self.serve(states=3)
        shape = self.run_served(server, clips, 'out', expect=3)
        self.assertIn('state', shape.err)
        env = harness.environment()
        for arguments, word in ((['--components', 'transnetv2', '--triton-url', server.url], 'transnetv2'),
                                (['--components', 'speech_activity', '--triton-url', f'127.0.0.1:{server.http_port}'], str(server.http_port))):
            refused = harness.call([str(harness.PROGRAM), 'run', *clips, '--out', 'out', *arguments], self.work, env).checked()
            self.assertEqual(refused.exit, 3, refused)
            self.assertIn(word, refused.err)
        for arguments in (['--executor', 'triton'], ['--executor', 'inprocess', '--triton-url', server.url]):
            refused = harness.call([str(harness.PROGRAM), 'run', *clips, '--out', 'out', '--components', 'speech_activity', *arguments], self.work, env).checked()
            self.assertEqual(refused.exit, 2, refused)
            self.assertIn('--triton-url', refused.err)


class RealModels(Base):
    @unittest.skipUnless((test_models.MODELS / 'silero_vad/model.json').exists(), 'models/ is not there (reelbatch models fetch)')
    def test_served_or_in_process_the_bytes_are_the_same(self):
        (port,) = triton_server.free_ports(1)
        log = open(self.work / 'serve.log', 'ab')
        self.addCleanup(log.close)
        server = subprocess.Popen([str(harness.ROOT / 'tools/serve-models'), '--grpc-port', str(port)], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=log, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, 60)
        self.addCleanup(server.send_signal, signal.SIGTERM)
        self.assertIn('silero_vad, transnetv2 at', server.stdout.readline())
        clips = self.clips(3)
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_MODELS=str(test_models.MODELS))
        both = ['--components', test_models.BOTH]
        for out, where in (('here', []), ('served', ['--executor', 'triton', '--triton-url', f'127.0.0.1:{port}'])):
            ran = harness.call([str(harness.PROGRAM), 'run', *clips, *both, *where, '--out', out], self.work, env).checked()
            self.assertEqual(ran.exit, 0, ran)
        here, served = self.work / 'here', self.work / 'served'
        arrays = subprocess.run(['/usr/bin/python3', '-c', '''
import glob, sys, numpy
for here in sorted(glob.glob(sys.argv[1] + "/local/*/*/*/*.npz")):
    video, component = here.split("/")[-4], here.split("/")[-2]
    (served,) = glob.glob(f"{sys.argv[2]}/local/{video}/*/{component}/*.npz")
    a, b = numpy.load(here), numpy.load(served)
    assert sorted(a.files) == sorted(b.files)
    for name in a.files:
        assert name == "meta" or a[name].tobytes() == b[name].tobytes(), (video, component, name)
    print(video, component)
''', str(here), str(served)], capture_output=True, text=True)
        self.assertEqual(arrays.returncode, 0, arrays.stderr)
        self.assertEqual(len(arrays.stdout.splitlines()), 6)
