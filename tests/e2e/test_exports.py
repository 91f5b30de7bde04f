"""Every form of the answer is opened by the program it is meant for."""
import csv
import io
import json
import subprocess
import unittest

import harness
import timelines


def count_frames(path):
    done = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'v:0', '-count_frames', '-show_entries', 'stream=nb_read_frames',
                           '-of', 'csv=p=0', str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout.strip().strip(','))


class Exports(harness.TestCase):
    """cuts of a clip of 50 frames at 25 fps with one hard cut, first new frame 25."""

    def setUp(self):
        super().setUp()
        self.take('clip.mp4')

    def cuts(self, *options, expect=0):
        return self.run_reelbatch('cuts', 'clip.mp4', *options, expect=expect)

    def test_otio_opens_in_opentimelineio(self):
        (self.work / 'clip.otio').write_text(self.cuts('--otio').out)
        script = '''
import json, sys, opentimelineio as otio
timeline = otio.adapters.read_from_file(sys.argv[1])
track = timeline.video_tracks()[0]
print(json.dumps([[clip.source_range.start_time.value, clip.source_range.duration.value, clip.source_range.duration.rate,
                   clip.media_reference.target_url] for clip in track.find_clips()] if hasattr(track, "find_clips") else []))
'''
        done = subprocess.run([timelines.judges(), '-c', script, str(self.work / 'clip.otio')], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        clips = json.loads(done.stdout)
        self.assertEqual([clip[:3] for clip in clips], [[0, 25, 25], [25, 25, 25]])
        self.assertIn('clip.mp4', clips[0][3])

    def test_chapters_are_read_by_ffmpeg(self):
        (self.work / 'chapters.txt').write_text(self.cuts('--chapters').out)
        harness.ffmpeg(['-i', 'clip.mp4', '-i', 'chapters.txt', '-map_metadata', '1', '-map', '0', '-codec', 'copy', 'out.mkv'], self.work)
        done = subprocess.run(['ffprobe', '-v', 'error', '-show_chapters', '-of', 'json', 'out.mkv'], cwd=self.work, capture_output=True,
                              check=True)
        spans = [(float(c['start_time']), float(c['end_time'])) for c in json.loads(done.stdout)['chapters']]
        self.assertEqual(spans, [(0.0, 1.0), (1.0, 2.0)])

    def test_csv_has_the_columns_of_pyscenedetect(self):
        rows = list(csv.reader(io.StringIO(self.cuts('--csv').out)))
        self.assertEqual(rows[0][0], 'Timecode List:')
        self.assertEqual(rows[1], ['Scene Number', 'Start Frame', 'Start Timecode', 'Start Time (seconds)', 'End Frame', 'End Timecode',
                                   'End Time (seconds)', 'Length (frames)', 'Length (timecode)', 'Length (seconds)'])
        self.assertEqual([row[:2] + [row[4], row[7]] for row in rows[2:]], [['1', '1', '25', '25'], ['2', '26', '50', '25']])

    def test_webvtt_is_read_by_ffmpeg(self):
        (self.work / 'shots.vtt').write_text(self.cuts('--webvtt').out)
        done = subprocess.run(['ffprobe', '-v', 'error', '-show_packets', '-of', 'json', 'shots.vtt'], cwd=self.work, capture_output=True,
                              check=True)
        self.assertEqual([float(p['pts_time']) for p in json.loads(done.stdout)['packets']], [0.0, 1.0])

    def test_edl_has_an_event_per_shot(self):
        lines = [line.split() for line in self.cuts('--edl').out.splitlines()]
        events = [words for words in lines if words and words[0].isdigit()]
        self.assertEqual([words[0] for words in events], ['001', '002'])
        self.assertEqual([words[-4:-2] for words in events], [['00:00:00:00', '00:00:01:00'], ['00:00:01:00', '00:00:02:00']])

    def test_images_exist_and_decode(self):
        self.cuts('--images', 'stills')
        images = sorted((self.work / 'stills').rglob('*.*'))
        self.assertEqual(len(images), 6, 'first, middle and last of two shots')
        for image in images:
            done = subprocess.run(['ffprobe', '-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', str(image)],
                                  capture_output=True, text=True, check=True)
            self.assertEqual((done.stdout.strip(), done.stderr), ('160,120', ''))

    def test_exact_pieces_have_exactly_their_frames(self):
        done = self.cuts('--split', 'pieces')
        pieces = sorted((self.work / 'pieces').iterdir())
        self.assertEqual([count_frames(piece) for piece in pieces], [25, 25])
        self.assertRegex(done.out + done.err, '(?i)exact|re-?encod')

    def test_copied_pieces_start_at_keyframes_and_it_is_said(self):
        harness.ffmpeg(['-i', 'clip.mp4', '-c:v', 'libx264', '-g', '10', '-x264-params', 'scenecut=0', 'keys.mp4'], self.work)
        done = self.run_reelbatch('cuts', 'keys.mp4', '--split-copy', 'pieces')
        pieces = sorted((self.work / 'pieces').iterdir())
        self.assertEqual(len(pieces), 2)
        self.assertEqual(count_frames(pieces[1]), 30, 'from the keyframe at 20 to the end')
        self.assertRegex(done.out + done.err, '(?i)keyframe')

    def test_pieces_of_a_file_that_cannot_be_written(self):
        (self.work / 'pieces').write_text('in the way')
        done = self.run_reelbatch('cuts', 'clip.mp4', '--split', 'pieces', expect=3)
        self.assertIn('pieces', done.err)


if __name__ == '__main__':
    unittest.main()
