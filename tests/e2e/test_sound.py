"""Sound: components that listen hear it true in time, whatever the container; what is wrong with it, or that there is none, concerns
them alone. With `unit_sound` of tests/components: how loud every 0.1 s is."""
import json
import os
import pathlib

import numpy

import harness

PROGRAM = pathlib.Path(os.environ.get('REELBATCH_TEST_COMPONENTS', harness.ROOT / 'build/dev/tests/reelbatch_with_test_components'))
PICTURE = '-f lavfi -i testsrc2=size=160x90:rate=25:duration={} '
# Loud from second 1 to second 2 only.
TONE = '0.8*sin(2*PI*500*t)*between(t\\,1\\,2)'
LOUD = 0.8 / 2 ** 0.5


class Base(harness.TestCase):
    def clip(self, name, rate=48000, channels=1, coded='-c:a aac', seconds=3, offset=0):
        sound = '|'.join([TONE] * channels)
        arguments = (PICTURE.format(seconds) + f'-itsoffset {offset} -f lavfi -i aevalsrc=exprs={sound}:s={rate}:d=3 '
                     f'-map 0 -map 1 -c:v libx264 -preset veryfast {coded} {name}')
        harness.ffmpeg(arguments.split(), self.work)
        return self.work / name

    def hear(self, *arguments, out='out', components='unit_sound', expect=0):
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000')
        ran = harness.call([str(PROGRAM), 'run', *map(str, arguments), '--components', components, '--out', str(out), '--json'],
                           self.work, env).checked()
        self.assertEqual(ran.exit, expect, ran)
        return ran

    def rms(self, name, out='out'):
        [path] = (self.work / out / 'local' / name).glob('*/unit_sound/unit_sound.npz')
        with numpy.load(path) as arrays:
            return arrays['rms'], json.loads(str(arrays['meta']))

    def component(self, name, component='unit_sound', out='out'):
        [path] = (self.work / out / 'local' / name).glob('*/manifest.json')
        manifest = json.loads(path.read_text())
        [found] = [entry for entry in manifest['components'] if entry['name'] == component]
        return found, manifest

    def assert_loud_from(self, rms, first, last):
        """Units [first, last) are loud, all others silent; not the units on the edges."""
        self.assertLess(rms[:first - 1].max(initial=0), 0.02, rms)
        self.assertLess(rms[last + 1:].max(initial=0), 0.02, rms)
        numpy.testing.assert_allclose(rms[first + 1:last - 1], LOUD, rtol=0.05)


class Heard(Base):
    def test_at_every_rate_and_with_any_channels(self):
        clips = [self.clip('a8.mkv', 8000, coded='-c:a pcm_s16le'), self.clip('a48.mp4'), self.clip('a44.mov', 44100),
                 self.clip('opus.webm', coded='-c:v libvpx -c:a libopus'), self.clip('ts.ts', coded='-c:a mp2'),
                 self.clip('eight.mkv', channels=8, coded='-c:a pcm_s16le'), self.clip('u.avi', 22050, coded='-c:a pcm_u8')]
        self.hear(*clips)
        for clip in clips:
            with self.subTest(clip.name):
                rms, meta = self.rms(clip.stem)
                self.assertAlmostEqual(len(rms), 30, delta=1)
                self.assert_loud_from(rms, 10, 20)
                self.assertEqual(meta['sound']['decode_errors'], 0)

    def test_no_picture_is_decoded_where_nobody_looks(self):
        self.hear(self.clip('a.mp4'))
        entry, manifest = self.component('a')
        self.assertEqual(entry['status'], 'success')
        self.assertEqual(manifest['decode']['frames_decoded'], 0)

    def test_beside_pictures_it_is_the_same(self):
        clip = self.clip('a.mp4')
        self.hear(clip)
        self.hear(clip, out='both', components='cut_detection,unit_sound')
        alone, both = self.rms('a'), self.rms('a', 'both')
        numpy.testing.assert_array_equal(alone[0], both[0])
        self.assertEqual(alone[1]['sound'], both[1]['sound'])
        self.assertEqual(self.component('a', out='both')[1]['decode']['frames_decoded'], 75)

    def test_many_videos_as_one_at_a_time(self):
        clips = [self.clip(f'c{k}.mp4', rate) for k, rate in enumerate((8000, 16000, 22050, 44100, 48000))]
        self.hear(*clips, '--executor', 'serial', out='serial')
        self.hear(*clips, '--threads', '3', out='batched')
        for clip in clips:
            numpy.testing.assert_array_equal(self.rms(clip.stem, 'serial')[0], self.rms(clip.stem, 'batched')[0])

    def test_a_range(self):
        clip = self.clip('a.mkv', coded='-c:a pcm_s16le')
        self.hear(clip, '--start', '0.5', '--end', '1.5')
        rms, meta = self.rms('a')
        self.assertEqual(len(rms), 10)
        self.assertAlmostEqual(meta['sound']['start_s'], 0.5, places=4)
        self.assert_loud_from(rms, 5, 10)

    def test_late_sound(self):
        self.hear(self.clip('late.mp4', seconds=4, offset=0.7))
        rms, meta = self.rms('late')
        self.assertAlmostEqual(meta['sound']['offset_s'], 0.7, delta=0.03)
        shift = round(10 * (0.7 - meta['sound']['start_s']))
        self.assert_loud_from(rms, 10 + shift, 20 + shift)

    def test_finished_work_is_not_done_again(self):
        clips = [self.clip('a.mp4')]
        harness.ffmpeg((PICTURE.format(1) + '-c:v mpeg4 silent.mp4').split(), self.work)
        clips.append(self.work / 'silent.mp4')
        self.hear(*clips)
        again = self.hear(*clips).json()
        self.assertEqual([video['status'] for video in again['videos']], ['skipped', 'skipped'])
        self.assertEqual(again['videos'][1]['empty_components'], {'unit_sound': 'audio_missing'})


class NotHeard(Base):
    def silent(self):
        harness.ffmpeg((PICTURE.format(1) + '-c:v libx264 -preset veryfast silent.mp4').split(), self.work)
        return self.work / 'silent.mp4'

    def test_without_sound_it_is_empty(self):
        ran = self.hear(self.silent())
        entry, _ = self.component('silent')
        self.assertEqual((entry['status'], entry['empty_reason'], entry['error']), ('empty', 'audio_missing', None))
        rms, meta = self.rms('silent')
        self.assertEqual(len(rms), 0)
        self.assertIsNone(meta['sound'])
        self.assertEqual(ran.json()['videos'][0]['status'], 'empty')
        self.assertEqual(ran.json()['videos'][0]['empty_reason'], 'audio_missing')

    def test_without_sound_pictures_have_their_result(self):
        ran = self.hear(self.silent(), self.clip('good.mp4'), components='cut_detection,unit_sound')
        self.assertEqual(self.component('silent')[0]['status'], 'empty')
        cuts, _ = self.component('silent', 'cut_detection')
        self.assertEqual((cuts['status'], cuts['empty_reason']), ('success', None))
        self.assertEqual(self.component('good')[0]['status'], 'success')
        videos = {pathlib.Path(video['input']).name: video for video in ran.json()['videos']}
        self.assertEqual(videos['silent.mp4']['status'], 'success')
        self.assertEqual(videos['silent.mp4']['empty_components'], {'unit_sound': 'audio_missing'})
        self.assertNotIn('empty_components', videos['good.mp4'])
        self.assertIn('silent.mp4', ran.err)
        self.assertIn('unit_sound: audio_missing', ran.err)
        events = [json.loads(line) for line in (self.work / 'out/.reelbatch/journal.jsonl').read_text().splitlines()]
        [told] = [event for event in events if event['event'] == 'video_finished' and event['video_id'] == 'silent']
        self.assertEqual(told['empty_components'], {'unit_sound': 'audio_missing'})

    def test_one_frame_with_sound(self):
        self.hear(self.clip('one.mp4', seconds=0.04), components='cut_detection,unit_sound')
        self.assertEqual(self.component('one')[0]['status'], 'success')
        cuts, _ = self.component('one', 'cut_detection')
        self.assertEqual((cuts['status'], cuts['empty_reason']), ('empty', 'video_too_short'))

    def test_sound_that_is_all_damage_fails_alone(self):
        clip = self.clip('good.mkv')
        harness.ffmpeg(f'-i {clip} -c copy -bsf:a noise=amount=1 bad.mkv'.split(), self.work)
        ran = self.hear('bad.mkv', 'good.mkv', components='cut_detection,unit_sound', expect=1)
        entry, _ = self.component('bad')
        self.assertEqual((entry['status'], entry['error_code']), ('error', 'video_unreadable'))
        self.assertIn('its sound (aac) cannot be decoded', entry['error'])
        self.assertEqual(self.component('bad', 'cut_detection')[0]['status'], 'success')
        self.assertEqual(self.component('good')[0]['status'], 'success')
        self.assertIn('bad.mkv', ran.err)
        self.assertFalse(list((self.work / 'out/local/bad').glob('*/unit_sound/*')))

    def test_a_file_that_ends_early(self):
        clip = self.clip('whole.mp4', coded='-c:a aac -movflags +faststart')
        data = clip.read_bytes()
        (self.work / 'cut.mp4').write_bytes(data[:len(data) * 6 // 10])
        self.hear('cut.mp4')
        rms, meta = self.rms('cut')
        self.assertTrue(meta['sound']['truncated'])
        self.assertTrue(5 < len(rms) < 28, len(rms))
