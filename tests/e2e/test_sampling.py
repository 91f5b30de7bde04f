"""Components that look at different frames of one decoding: `--analysis-fps NAME=F` and its like."""
import json
import os
import pathlib

import numpy

import harness

PROGRAM = pathlib.Path(os.environ.get('REELBATCH_TEST_COMPONENTS', harness.ROOT / 'build/dev/tests/reelbatch_with_test_components'))
BOTH = ('--components', 'core_optical_flow,cut_detection')
# 128x96, 25 frames a second; flow sees 5 a second of them, half as wide and high.
SMALL = ('--analysis-fps', 'core_optical_flow=5', '--analysis-width', 'core_optical_flow=64')


class Base(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.clip = harness.clip(size='128x96', half=0.6)

    def call(self, *words, expect=0):
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000')
        done = harness.call([str(PROGRAM), *map(str, words)], self.work, env).checked()
        self.assertEqual(done.exit, expect, done)
        return done

    def run_into(self, out, *words, expect=0):
        return self.call('run', self.clip, '--out', out, '--json', *words, expect=expect)

    def folder(self, out):
        summary = json.loads((self.work / out / 'run.json').read_text())
        [folder] = (self.work / out / 'local').glob('*/' + summary['run_id'])
        return folder

    def manifest(self, out):
        return json.loads((self.folder(out) / 'manifest.json').read_text())

    def component(self, out, name):
        [found] = [one for one in self.manifest(out)['components'] if one['name'] == name]
        return found

    def files(self, out, name):
        """The artifacts of a component of the last run, by name."""
        return {path.name: path.read_bytes() for path in sorted((self.folder(out) / name).iterdir())}

    def arrays(self, out, path):
        with numpy.load(self.folder(out) / path, allow_pickle=False) as npz:
            return {name: npz[name] for name in npz.files}


class Together(Base):
    def test_artifacts_are_those_of_separate_runs(self):
        self.run_into('flow', '--components', 'core_optical_flow', *SMALL)
        self.run_into('cuts', '--components', 'cut_detection')
        for threads in ('1', '4'):
            out = 'both' + threads
            self.run_into(out, *BOTH, *SMALL, '--threads', threads)
            self.assertEqual(self.files(out, 'core_optical_flow'), self.files('flow', 'core_optical_flow'))
            self.assertEqual(self.files(out, 'cut_detection'), self.files('cuts', 'cut_detection'))
            self.assertEqual(self.component(out, 'cut_detection')['key'], self.component('cuts', 'cut_detection')['key'])

    def test_each_artifact_has_its_own_timeline_and_says_so(self):
        self.run_into('out', *BOTH, *SMALL)
        flow = self.arrays('out', 'core_optical_flow/flow.npz')
        cuts = self.arrays('out', 'cut_detection/cut_detection.npz')
        frames = cuts['frame_indices']
        self.assertEqual(frames.tolist(), list(range(len(frames))))
        self.assertEqual(flow['frame_indices'].tolist(), list(range(0, len(frames), 5)))
        meta = json.loads(str(flow['meta']))
        self.assertEqual(meta['sampling'], {'analysis_fps': 5.0, 'analysis_width': 64, 'analysis_height': None, 'every': None})
        self.assertEqual((meta['flow_width'], meta['flow_height']), (64, 48))
        self.assertNotIn('sampling', json.loads(str(cuts['meta'])))
        document = json.loads(self.files('out', 'cut_detection')['cuts.json'])
        self.assertEqual((document['timeline']['frames'], document['timeline']['analysis_fps']), (len(frames), None))
        shown = {one['name']: one['config'] for one in self.manifest('out')['components']}
        self.assertEqual(shown['core_optical_flow']['sampling']['analysis_fps'], 5.0)
        self.assertTrue(shown['core_optical_flow']['own_sampling'])
        self.assertIsNone(shown['cut_detection']['sampling']['analysis_fps'])
        self.call('verify', 'out')

    def test_a_sampling_of_cut_detection_is_in_its_document(self):
        self.run_into('out', '--components', 'cut_detection,core_optical_flow', '--analysis-fps', 'cut_detection=10')
        document = json.loads(self.files('out', 'cut_detection')['cuts.json'])
        self.assertEqual(document['timeline']['analysis_fps'], 10.0)
        self.run_into('all', '--components', 'cut_detection', '--analysis-fps', '10')
        one, other = (self.arrays(out, 'cut_detection/cut_detection.npz') for out in ('out', 'all'))
        for name in one:
            if name != 'meta':
                numpy.testing.assert_array_equal(one[name], other[name], name)

    def test_the_video_is_decoded_once(self):
        done = harness.call([str(PROGRAM), 'run', str(self.clip), '--out', 'out', *BOTH, *SMALL], self.work, harness.environment()).checked()
        self.assertEqual(done.exit, 0, done)
        frames = self.manifest('out')['decode']['frames_decoded']
        units = [(cost['component'], cost['units']) for cost in self.manifest('out')['costs']]
        flow = len(range(0, frames, 5)) - 1
        self.assertEqual(sorted(units), [('core_optical_flow', flow), ('cut_detection', frames - 1), ('decode', frames)])
        buckets = {cost['component']: cost['bucket'] for cost in self.manifest('out')['costs']}
        self.assertEqual(buckets, {'core_optical_flow': '64x48', 'cut_detection': '128x96', 'decode': '128x96'})

    def test_for_all_and_for_one(self):
        """What is set for one component alone wins, wherever it stands; a file says the same."""
        self.run_into('line', *BOTH, '--analysis-fps', 'core_optical_flow=5', '--analysis-fps', '12.5')
        (self.work / 'run.yaml').write_text('analysis-fps: {all: 12.5, core_optical_flow: 5}\n')
        self.run_into('file', *BOTH, '--config', 'run.yaml')
        for name in ('core_optical_flow', 'cut_detection'):
            self.assertEqual(self.files('line', name), self.files('file', name))
        self.assertEqual(self.folder('line').name, self.folder('file').name)
        flow = self.arrays('line', 'core_optical_flow/flow.npz')['frame_indices'].tolist()
        cuts = self.arrays('line', 'cut_detection/cut_detection.npz')['frame_indices'].tolist()
        self.assertEqual((flow[:3], cuts[:3]), ([0, 5, 10], [0, 2, 4]))

    def test_units_of_batches_are_counted_by_their_own_frames(self):
        words = ('--components', 'unit_digest,cut_detection', '--analysis-fps', 'unit_digest=5')
        self.run_into('out', *words)
        digests = self.arrays('out', 'unit_digest/unit_digest.npz')['digest']
        self.assertEqual(len(digests), 1, '8 frames a unit, 6 frames')
        plan = json.loads(self.call('plan', self.clip, *words, '--json').out)
        self.assertEqual([batch['units'] for batch in plan['batches']], [1])
        self.run_into('all', '--components', 'unit_digest')
        self.assertEqual(len(self.arrays('all', 'unit_digest/unit_digest.npz')['digest']), 4)

    def test_a_component_with_too_few_frames_is_empty_alone(self):
        done = json.loads(self.run_into('out', *BOTH, '--analysis-fps', 'core_optical_flow=0.5').out)
        self.assertEqual(done['videos'][0]['status'], 'success')
        self.assertEqual(self.component('out', 'core_optical_flow')['empty_reason'], 'video_too_short')
        self.assertEqual(self.component('out', 'cut_detection')['status'], 'success')


class OfItsOwn(Base):
    """What a definition asks for (tests/components/brightness): one frame in 10, 32 px wide."""
    WORDS = ('--components', 'brightness,brightness_of_some')

    def frames(self, out, name='brightness_of_some'):
        return self.arrays(out, f'{name}/{name}.npz')['frame_indices'].tolist()

    def test_counts_where_a_user_sets_nothing_else(self):
        self.run_into('out', *self.WORDS)
        every = self.frames('out', 'brightness')
        self.assertEqual(self.frames('out'), every[::10])
        self.assertEqual(every, list(range(len(every))))
        meta = json.loads(str(self.arrays('out', 'brightness_of_some/brightness_of_some.npz')['meta']))
        self.assertEqual(meta['sampling'], {'analysis_fps': None, 'analysis_width': 32, 'analysis_height': None, 'every': 10})
        self.assertEqual(self.component('out', 'brightness_of_some')['config']['sampling']['every'], 10)
        self.run_into('one', *self.WORDS, '--analysis-fps', 'brightness_of_some=5')
        self.assertEqual(self.frames('one'), every[::5])
        self.assertEqual(self.frames('one', 'brightness'), every)
        self.run_into('all', *self.WORDS, '--analysis-fps', '12.5')
        self.assertEqual(self.frames('all'), every[::2])


class SecondPass(Base):
    def test_its_pictures_have_the_size_of_who_looks_at_them(self):
        def digests(out, *words):
            self.run_into(out, '--components', 'cut_detection,shot_pictures', *words)
            arrays = self.arrays(out, 'shot_pictures/shot_pictures.npz')
            return arrays['times_s_f64'].tolist(), arrays['digest'].tolist()

        whole = digests('whole')
        alone = digests('alone', '--analysis-width', 'shot_pictures=64')
        self.assertEqual(alone, digests('all', '--analysis-width', '64'))
        self.assertEqual(whole[0], alone[0])
        self.assertNotEqual(whole[1], alone[1])


class FlowReuse(Base):
    def test_flow_of_other_frames_is_not_taken_and_the_artifact_says_why(self):
        self.run_into('out', *BOTH, '--analysis-fps', 'core_optical_flow=5', '--prefer-core-optical-flow')
        cuts = self.component('out', 'cut_detection')
        why = 'core_optical_flow analyses 5 frames per second, cut_detection analyses every frame: cut_detection computed the flow itself'
        self.assertEqual((cuts['uses'], cuts['notes']), ({}, [why]))
        meta = json.loads(str(self.arrays('out', 'cut_detection/cut_detection.npz')['meta']))
        self.assertEqual(meta['flow_source'], 'farneback_mean_mag_px')
        self.assertIn(why, json.loads(self.files('out', 'cut_detection')['cuts.json'])['warnings'])
        self.run_into('alone', '--components', 'cut_detection')
        one, other = (self.arrays(out, 'cut_detection/cut_detection.npz') for out in ('out', 'alone'))
        numpy.testing.assert_array_equal(one['flow_mag'], other['flow_mag'])
        done = json.loads(self.run_into('out', *BOTH, '--analysis-fps', 'core_optical_flow=5', '--prefer-core-optical-flow').out)
        self.assertEqual(done['videos'][0]['status'], 'skipped')

    def test_required_flow_of_other_frames_is_refused_before_anything_is_decoded(self):
        done = self.run_into('out', *BOTH, '--analysis-fps', 'core_optical_flow=5', '--require-core-optical-flow', expect=2)
        self.assertIn('--require-core-optical-flow: core_optical_flow analyses 5 frames per second and cut_detection analyses every frame', done.err)
        self.assertIn('give both the same analysis-fps, or use prefer-core-optical-flow', done.err)
        self.assertFalse((self.work / 'out').exists())

    def test_flow_of_the_same_frames_is_taken_also_where_both_have_their_own_rate(self):
        self.run_into('own', *BOTH, '--analysis-fps', 'core_optical_flow=5', '--analysis-fps', 'cut_detection=5', '--require-core-optical-flow')
        self.assertEqual(list(self.component('own', 'cut_detection')['uses']), ['core_optical_flow'])
        self.run_into('all', *BOTH, '--analysis-fps', '5', '--require-core-optical-flow')
        one, other = (self.arrays(out, 'cut_detection/cut_detection.npz') for out in ('own', 'all'))
        numpy.testing.assert_array_equal(one['flow_mag'], other['flow_mag'])

    def test_smaller_pictures_of_the_same_frames_will_do(self):
        self.run_into('out', *BOTH, '--analysis-width', 'core_optical_flow=64', '--require-core-optical-flow')
        flow = self.arrays('out', 'core_optical_flow/flow.npz')
        cuts = self.arrays('out', 'cut_detection/cut_detection.npz')
        numpy.testing.assert_array_equal(cuts['flow_mag'], flow['motion_norm_per_sec_mean'][1:])

    def test_flow_of_an_earlier_run_is_looked_for_by_the_frames_of_who_takes_it(self):
        self.run_into('out', '--components', 'core_optical_flow', '--analysis-fps', '5')
        self.run_into('out', '--components', 'cut_detection', '--analysis-fps', 'cut_detection=5', '--prefer-core-optical-flow')
        self.assertEqual(list(self.component('out', 'cut_detection')['uses']), ['core_optical_flow'])
        self.run_into('other', '--components', 'core_optical_flow', *SMALL)
        self.run_into('other', '--components', 'cut_detection', '--prefer-core-optical-flow')
        cuts = self.component('other', 'cut_detection')
        self.assertEqual(cuts['uses'], {})
        self.assertTrue(any('analysis_fps 5' in note for note in cuts['notes']), cuts['notes'])


class Errors(Base):
    def test_say_what_to_do(self):
        for words, text in (
                (('--analysis-fps', 'core_optical_flo=5'), "--analysis-fps: 'core_optical_flo' is not one of cut_detection, core_optical_flow"),
                (('--analysis-fps', 'cut_detection=x'), "--analysis-fps: cut_detection: 'x' is not a number"),
                (('--analysis-width', 'transnetv2=64'), '--analysis-width: names transnetv2, which is not a component of this run'),
                (('--analysis-fps', 'speech_activity=5', '--components', 'speech_activity,cut_detection'),
                 '--analysis-fps: names speech_activity, which does not analyse frames')):
            with self.subTest(words):
                self.assertIn(text, self.run_into('out', *words, expect=2).err)
        self.assertIn('NAME=F', self.call('run', '--help').out)
        self.assertNotIn('NAME=F', self.call('cuts', '--help').out)
