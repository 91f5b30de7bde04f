"""A component that is a folder and an entry in the list: what the rest of the program makes of its definition."""
import json
import os
import pathlib

import numpy

import harness

PROGRAM = pathlib.Path(os.environ.get('REELBATCH_TEST_COMPONENTS', harness.ROOT / 'build/dev/tests/reelbatch_with_test_components'))


class Base(harness.TestCase):
    def call(self, *words, expect=0):
        done = harness.call([str(PROGRAM), *map(str, words)], self.work, harness.environment()).checked()
        self.assertEqual(done.exit, expect, done)
        return done

    def manifest(self, out='out'):
        """Of the run that run.json names."""
        run = json.loads((self.work / out / 'run.json').read_text())
        return json.loads((self.work / out / run['videos'][0]['manifest']).read_text())

    def component(self, name='brightness'):
        [found] = [one for one in self.manifest()['components'] if one['name'] == name]
        return found

    def setUp(self):
        super().setUp()
        # A second of black, a second of grey.
        harness.ffmpeg('-f lavfi -i color=black:s=64x36:r=10:d=1,format=yuv420p -f lavfi -i color=gray:s=64x36:r=10:d=1,format=yuv420p '
                       '-filter_complex concat=n=2 -c:v libx264 clip.mp4'.split(), self.work)

    def run_it(self, *words):
        return self.call('run', 'clip.mp4', '--out', 'out', '--components', 'brightness,cut_detection', *words)


class Declared(Base):
    def test_knobs_are_options_with_help_and_range(self):
        text = self.call('run', '--help').out
        self.assertIn('Options of brightness:\n      --dark-below Y', text)
        self.assertIn('brightness', self.call('plan', '--help').out)
        wrong = self.call('run', 'clip.mp4', '--out', 'out', '--dark-below', '300', expect=2)
        self.assertIn("--dark-below: '300' is out of range; use a number above 0 and at most 255", wrong.err)
        (self.work / 'run.yaml').write_text('components: brightness\ndark-below: 200\n')
        self.call('run', 'clip.mp4', '--out', 'out', '--config', 'run.yaml')
        self.assertEqual(self.component()['knobs'], {'dark_below': 200})

    def test_its_arrays_are_an_artifact(self):
        self.run_it()
        [file] = self.work.glob('out/local/clip/*/brightness/brightness.npz')
        with numpy.load(file) as arrays:
            self.assertEqual(arrays['dark'].tolist(), [1] * 10 + [0] * 10)
            self.assertEqual(json.loads(str(arrays['meta']))['schema_version'], 'brightness_npz_v1')
        self.assertEqual(self.component()['schema_version'], 'brightness_npz_v1')
        self.call('verify', 'out')

    def test_its_knobs_are_its_identity_and_nobody_elses(self):
        self.run_it()
        cuts, own = self.component('cut_detection')['key'], self.component()['key']
        self.run_it('--dark-below', '100')
        self.assertEqual(self.component('cut_detection')['key'], cuts)
        self.assertIsNotNone(self.component('cut_detection')['linked_from'])
        self.assertNotEqual(self.component()['key'], own)
        self.assertIsNone(self.component()['linked_from'])
        self.run_it('--min-confidence', '0.3')
        self.assertEqual(self.component()['key'], own)

    def test_a_knob_that_changes_no_number_is_no_part_of_it(self):
        self.run_it('--brightness-note')
        self.assertEqual(self.component()['notes'], ['it was here'])
        own = self.component()
        done = self.run_it('--json')
        self.assertEqual(json.loads(done.out)['videos'][0]['status'], 'skipped')
        self.assertEqual(self.component(), own)

    def test_its_usual_knobs_change_no_run_of_others(self):
        """Run ids are those of a program that has never heard of it."""
        self.call('run', 'clip.mp4', '--out', 'out')
        run = json.loads((self.work / 'out/run.json').read_text())
        self.assertEqual(set(run['config']), {'components', 'decision', 'emergency_fast', 'flow_reuse', 'loop_filter', 'min_confidence',
                                              'parts', 'preset', 'sampling', 'ssim_range'})

    def test_its_price_is_looked_up_by_its_own_words(self):
        done = self.run_it('--json')
        manifest = self.manifest()
        [cost] = [one for one in manifest['costs'] if one['component'] == 'brightness']
        self.assertIsNone(cost['predicted_ms'])
        self.assertEqual(cost['units'], 19)
        self.assertIn('no cost row', cost['predicted_from'])
        self.assertTrue(done.out)
