"""The files of a run, read by the programs that people read them with: NumPy, ffprobe, a JSON parser."""
import json
import shutil
import subprocess
import unittest

import numpy

import harness

# Source: docs/requirements.md, "Arrays of cut detection". N frames, E events; the length of a pair
# array is N-1.
ARRAYS = {
    'frame_indices': ('<i4', 'N'), 'union_timestamps_sec': ('<f4', 'N'), 'times_s': ('<f4', 'N'),
    'pair_times_s': ('<f4', 'P'), 'pair_dt_s': ('<f4', 'P'),
    'hist_diff_l1': ('<f4', 'P'), 'ssim_drop': ('<f4', 'P'), 'flow_mag': ('<f4', 'P'), 'hard_score': ('<f4', 'P'),
    'deep_cosine_dist': ('<f4', 'P'),
    'ssim_valid_mask': ('|b1', 'P'), 'flow_valid_mask': ('|b1', 'P'), 'deep_valid_mask': ('|b1', 'P'),
    'threshold_hist': ('<f4', 'P'), 'threshold_ssim': ('<f4', 'P'), 'threshold_flow': ('<f4', 'P'),
    'threshold_deep': ('<f4', 'P'),
    'event_times_s': ('<f4', 'E'), 'event_start_time_s': ('<f4', 'E'), 'event_end_time_s': ('<f4', 'E'),
    'event_strength': ('<f4', 'E'), 'event_confidence': ('<f4', 'E'), 'event_type_id': ('<i2', 'E'),
    'event_pair_index': ('<i4', 'E'), 'event_contrib_mask': ('|b1', 'E4'),
    # Ours: times that are exact at any clock.
    'times_s_f64': ('<f8', 'N'), 'pair_times_s_f64': ('<f8', 'P'),
    'event_times_s_f64': ('<f8', 'E'), 'event_start_time_s_f64': ('<f8', 'E'),
    'event_end_time_s_f64': ('<f8', 'E'),
}
# Of the parts that ran; hard,soft is the default.
SOFT = {
    'soft_hsv_v': ('<f4', 'N'), 'soft_lab_l': ('<f4', 'N'), 'soft_hist_diff_l1': ('<f4', 'P'), 'soft_flow_mag': ('<f4', 'P'),
    'soft_flow_valid_mask': ('|b1', 'P'),
}


def ffprobe_times(path):
    """Seconds of every frame of the first video stream in presentation order, as ffprobe decodes them."""
    done = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=best_effort_timestamp_time', '-of',
                           'json', str(path)], capture_output=True, check=True)
    return [float(frame['best_effort_timestamp_time']) for frame in json.loads(done.stdout)['frames']]


class Npz(harness.TestCase):
    def load(self, *options, **recipe):
        self.take('clip.mp4', **recipe)
        self.run_reelbatch('run', 'clip.mp4', '--out', 'out', *options)
        folder = self.one('out/local/clip/*/cut_detection')
        with numpy.load(folder / 'cut_detection.npz', allow_pickle=False) as npz:
            arrays = {name: npz[name] for name in npz.files}
        return arrays, json.loads((folder / 'cuts.json').read_text())

    def check_shapes(self, arrays, frames, events, optional=SOFT):
        sizes = {'N': (frames,), 'P': (max(0, frames - 1),), 'E': (events,), 'E4': (events, 4)}
        expected = {**ARRAYS, **optional}
        self.assertEqual(set(arrays), set(expected) | {'meta'})
        for name, (dtype, shape) in expected.items():
            self.assertEqual((name, arrays[name].dtype.str, arrays[name].shape), (name, dtype, sizes[shape]))
        self.assertEqual(arrays['meta'].dtype.kind, 'U')
        return json.loads(str(arrays['meta']))

    def test_names_dtypes_and_shapes_are_those_of_the_requirements(self):
        arrays, cuts = self.load()
        meta = self.check_shapes(arrays, frames=50, events=1)
        self.assertIsInstance(meta, dict)
        numpy.testing.assert_array_equal(arrays['frame_indices'], numpy.arange(50))
        self.assertEqual(list(arrays['event_type_id']), [1])
        self.assertEqual(list(arrays['event_pair_index']), [24])
        self.assertFalse(arrays['event_contrib_mask'][0, 3], 'there is no deep model')
        self.assertTrue(arrays['event_contrib_mask'].any())
        self.assertTrue(numpy.isnan(arrays['deep_cosine_dist']).all())
        self.assertFalse(arrays['deep_valid_mask'].any())
        self.assertTrue(arrays['ssim_valid_mask'].all() and arrays['flow_valid_mask'].all())
        numpy.testing.assert_allclose(arrays['pair_dt_s'], 0.04, atol=1e-5)
        self.assertEqual([event['frame'] for event in cuts['events']], [25])

    def test_hard_cuts_alone_need_no_more(self):
        arrays, _ = self.load('--parts', 'hard')
        self.check_shapes(arrays, frames=50, events=1, optional={})

    def test_no_event_gives_empty_arrays(self):
        harness.ffmpeg(['-f', 'lavfi', '-i', 'color=gray:s=96x64:r=25:d=1', '-c:v', 'libx264', 'clip.mp4'], self.work)
        self.run_reelbatch('run', 'clip.mp4', '--out', 'out')
        with numpy.load(self.one('out/local/clip/*/cut_detection/*.npz'), allow_pickle=False) as npz:
            self.check_shapes({name: npz[name] for name in npz.files}, frames=25, events=0)

    def test_one_frame(self):
        harness.ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=0.04', '-frames:v', '1', '-c:v', 'libx264', 'clip.mp4'], self.work)
        self.run_reelbatch('run', 'clip.mp4', '--out', 'out')
        with numpy.load(self.one('out/local/clip/*/cut_detection/*.npz'), allow_pickle=False) as npz:
            self.check_shapes({name: npz[name] for name in npz.files}, frames=1, events=0)

    def test_the_seed_decision_gives_the_same_arrays(self):
        arrays, cuts = self.load('--decision', 'seed')
        self.check_shapes(arrays, frames=50, events=len(cuts['events']), optional={})
        self.assertEqual(len(set(arrays['threshold_hist'].tolist())), 1, 'the seed has one threshold for the video')


class Times(harness.TestCase):
    """Frames are decode-order indices and times the container's, whatever the container does."""

    def check(self, name):
        shutil.rmtree(self.work / 'out', ignore_errors=True)
        done = self.run_reelbatch('run', name, '--out', 'out')
        folder = self.one('out/local/clip/*/cut_detection')
        cuts = json.loads((folder / 'cuts.json').read_text())
        times = ffprobe_times(self.work / name)
        with numpy.load(folder / 'cut_detection.npz', allow_pickle=False) as npz:
            numpy.testing.assert_array_equal(npz['frame_indices'], numpy.arange(len(times)))
            numpy.testing.assert_allclose(npz['union_timestamps_sec'], times, rtol=1e-7, atol=2e-4)
            numpy.testing.assert_allclose(npz['times_s_f64'], times, rtol=0, atol=1e-6)
            numpy.testing.assert_allclose(npz['pair_dt_s'], numpy.diff(times), rtol=0, atol=3e-6)
            numpy.testing.assert_array_equal(npz['times_s'], npz['times_s_f64'].astype('<f4'))
            fields = {'times': 'time_s', 'start_time': 'start_s', 'end_time': 'end_s'}
            for name, field in fields.items():
                told = [event[field] for event in cuts['events']]
                numpy.testing.assert_allclose(npz[f'event_{name}_s_f64'], told, rtol=0, atol=1e-6)
        self.assertEqual(cuts['source']['frames_decoded'], len(times), done)
        self.assertTrue(cuts['events'], 'a clip without a cut shows nothing')
        for event in cuts['events']:
            for frame, time in (('frame', 'time_s'), ('start_frame', 'start_s'), ('end_frame', 'end_s')):
                self.assertAlmostEqual(event[time], times[event[frame]], delta=1e-3)
        shots = cuts['shots']
        self.assertEqual((shots[0]['start_frame'], shots[-1]['end_frame']), (0, len(times)))
        self.assertEqual([shot['end_frame'] for shot in shots[:-1]], [shot['start_frame'] for shot in shots[1:]])
        return cuts

    def test_variable_frame_rate(self):
        # Every third frame of the first second is gone, and one in two of the rest: 17 + 13 frames stay.
        self.take('whole.mkv')
        harness.ffmpeg(['-i', 'whole.mkv', '-vf', "select='if(lt(n,25),mod(n,3),mod(n,2))'", '-fps_mode', 'vfr', '-enc_time_base', '1:1000',
                        '-c:v', 'libx264', 'clip.mp4'], self.work)
        cuts = self.check('clip.mp4')
        self.assertTrue(cuts['source']['vfr'])
        times = ffprobe_times(self.work / 'clip.mp4')
        first_new = next(i for i, time in enumerate(times) if time >= 0.999)
        self.assertEqual([event['frame'] for event in cuts['events']], [first_new])

    def test_start_time_that_is_not_zero(self):
        self.take('clip.ts')  # FFmpeg's muxer starts at 1.4 s
        cuts = self.check('clip.ts')
        self.assertGreater(cuts['events'][0]['time_s'], 2)
        self.assertFalse(cuts['source']['vfr'])

    def test_a_clock_from_100000_s_is_exact(self):
        # In 32 bits the frames of 25 fps are 39 or 47 ms apart there.
        for name, offset in (('clip.mkv', 100000), ('clip.nut', 1000000), ('clip.ts', 90000)):
            with self.subTest(name):
                later = ['-c', 'copy', '-output_ts_offset', str(offset), name]
                harness.ffmpeg(['-i', str(harness.clip()), *later], self.work)
                cuts = self.check(name)
                self.assertGreater(cuts['events'][0]['time_s'], offset)

    def test_b_frames_and_edit_list(self):
        self.take('whole.mp4', codec='-c:v libx264 -bf 3 -g 12 -threads 1')
        harness.ffmpeg(['-ss', '0.2', '-i', 'whole.mp4', '-c', 'copy', 'clip.mp4'], self.work)
        self.check('clip.mp4')

    def test_other_codecs(self):
        for name, codec in (('clip.webm', '-c:v libvpx -threads 1'), ('clip.mpg', '-c:v mpeg2video -bf 2 -threads 1'),
                            ('clip.ogv', '-c:v libtheora -threads 1')):
            with self.subTest(name):
                self.take(name, codec=codec)
                cuts = self.check(name)
                self.assertEqual([event['frame'] for event in cuts['events']], [25])


class Manifest(harness.TestCase):
    def test_every_artifact_is_listed_with_its_size_and_hash(self):
        self.take('clip.mp4')
        self.run_reelbatch('run', 'clip.mp4', '--out', 'out')
        path = self.one('out/local/clip/*/manifest.json')
        manifest = json.loads(path.read_text())
        component = manifest['components'][0]
        for field in ('name', 'kind', 'status', 'started_at', 'finished_at', 'duration_ms', 'artifacts', 'producer_version',
                      'schema_version', 'device_used', 'error', 'error_code', 'notes', 'batching'):
            self.assertIn(field, component)
        self.assertEqual((component['name'], component['status']), ('cut_detection', 'success'))
        on_disk = harness.tree(path.parent)
        del on_disk['manifest.json']
        self.assertEqual({a['path']: a['sha256'] for a in component['artifacts']}, on_disk)

    def test_the_journal_is_one_json_object_a_line(self):
        self.take('clip.mp4')
        self.run_reelbatch('run', 'clip.mp4', '--out', 'out')
        lines = (self.work / 'out/.reelbatch/journal.jsonl').read_text().splitlines()
        self.assertGreater(len(lines), 1)
        for line in lines:
            self.assertIsInstance(json.loads(line), dict)


if __name__ == '__main__':
    unittest.main()
