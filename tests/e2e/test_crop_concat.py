"""--crop looks at a part of the frames as if there were no more; --concat at several files as one.

Each has an oracle: a file that ffmpeg cropped before, and a file that ffmpeg joined before.
"""
import csv
import json
import os
import re
import signal
import subprocess
import time
import unittest

import numpy

import harness
import recipes
import timelines

LOSSLESS = '-c:v ffv1 -level 3 -g 1'
QUICK = '-c:v libx264 -preset ultrafast'
PART = {'x': 0, 'y': 20, 'width': 320, 'height': 140}


def size_of(path):
    done = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'v:0', '-show_entries',
                           'stream=width,height', '-of', 'csv=p=0', str(path)],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip().strip(',')


def found(document):
    """What was found and where, without names and settings."""
    return {key: document[key] for key in ('events', 'candidates', 'shots', 'statistics')}


def hard_cuts(document):
    return [event['frame'] for event in document['events'] if event['type'] == 'hard']


class Base(harness.TestCase):
    def shots(self, name, size='320x180', codec=LOSSLESS, frames=20, **more):
        return recipes.shots(self.work, name, size=size, frames=frames, codec=codec, **more)

    def transcode(self, source, name, *arguments):
        harness.ffmpeg(['-i', source, *arguments, *LOSSLESS.split(), name], self.work)

    def cuts(self, *arguments):
        return self.run_reelbatch('cuts', *arguments, '--json').json()


class Crop(Base):
    def npz_of(self, out):
        folder = self.one(f'{out}/local/*/*/cut_detection')
        with numpy.load(folder / 'cut_detection.npz', allow_pickle=False) as npz:
            return {name: npz[name] for name in npz.files}

    def manifest(self, out):
        return json.loads(self.one(f'{out}/local/a/*/manifest.json').read_text())

    def test_a_letterboxed_clip_has_the_cuts_of_its_picture(self):
        self.shots('bare.mkv', size='320x136')
        self.transcode('bare.mkv', 'boxed.mkv', '-vf', 'pad=336:220:8:42:black')
        bare, boxed = self.cuts('bare.mkv'), self.cuts('boxed.mkv', '--crop', '8:42:320:136')
        self.assertEqual(hard_cuts(bare), [20, 40, 60])
        self.assertEqual(found(boxed), found(bare))
        part = {'x': 8, 'y': 42, 'width': 320, 'height': 136}
        self.assertEqual(boxed['timeline'], {**bare['timeline'], 'crop': part})
        self.assertEqual((boxed['source']['width'], boxed['source']['height']), (336, 220))
        self.assertNotIn('crop', bare['timeline'])
        self.assertNotEqual(boxed['settings']['config_hash'], bare['settings']['config_hash'])

    def test_signals_are_those_of_a_cropped_file(self):
        options = ('--parts', 'hard,soft,motion', '--components', 'core_optical_flow,cut_detection')
        for pixels, *scale in (('yuv420p',), ('yuv420p10le',), ('bgr0',),
                               ('yuv422p', '--analysis-width', '96')):
            with self.subTest(pixels):
                self.shots('whole.mkv', extra=f'-pix_fmt {pixels}')
                self.transcode('whole.mkv', 'part.mkv', '-vf', 'crop=160:120:64:30',
                               '-pix_fmt', pixels)
                crop = ('--crop', '64:30:160:120')
                for name, more in (('whole', crop), ('part', ())):
                    self.run_reelbatch('run', f'{name}.mkv', *more, *options, *scale,
                                       '--out', f'{pixels}_{name}')
                whole, part = self.npz_of(f'{pixels}_whole'), self.npz_of(f'{pixels}_part')
                self.assertEqual(set(whole), set(part))
                for name in set(whole) - {'meta'}:
                    numpy.testing.assert_array_equal(whole[name], part[name], name)
                meta = json.loads(str(whole['meta']))
                self.assertEqual(meta['crop'], {'x': 64, 'y': 30, 'width': 160, 'height': 120})
                self.assertEqual((meta['analysis_width'], meta['analysis_height']),
                                 (96, 72) if scale else (160, 120))
                self.assertNotIn('crop', json.loads(str(part['meta'])))

    def test_odd_offsets_are_exact(self):
        self.shots('a.mkv', extra='-pix_fmt yuv420p')
        self.transcode('a.mkv', 'part.mkv', '-vf', 'crop=161:121:63:29:exact=1')
        self.assertEqual(found(self.cuts('a.mkv', '--crop', '63:29:161:121')),
                         found(self.cuts('part.mkv')))

    def test_threads_and_ranges_change_nothing(self):
        self.shots('long.mp4', size='160x90', frames=400, codec=QUICK, extra='-g 50')
        one = self.cuts('long.mp4', '--crop', '10:6:120:70', '--threads', '1')
        for threads in ('2', '4'):
            again = self.cuts('long.mp4', '--crop', '10:6:120:70', '--threads', threads)
            self.assertEqual(again, one)
        self.assertEqual(hard_cuts(one), [400, 800, 1200])

    def test_the_part_chooses_the_preset_and_the_price(self):
        self.shots('hd.mp4', size='1280x720', codec=QUICK, frames=5)
        crop = ('--crop', '100:100:320:240')
        self.assertEqual(self.cuts('hd.mp4')['settings']['preset_reason'], 'S=720')
        settings = self.cuts('hd.mp4', *crop)['settings']
        self.assertEqual((settings['preset'], settings['preset_reason']), ('quality', 'S=256'))
        plans = [self.run_reelbatch('plan', 'hd.mp4', *more, '--json').out for more in ((), crop)]
        self.assertNotEqual(*plans)

    def test_it_is_recorded_and_part_of_the_identity(self):
        self.shots('a.mp4', codec=QUICK)
        call = ('run', 'a.mp4', '--out', 'out', '--crop')
        self.run_reelbatch(*call, '0:20:320:140')
        self.assertEqual(self.manifest('out')['config']['sampling']['crop'], PART)
        self.assertEqual(self.cuts('--from', 'out')['timeline']['crop'], PART)
        self.assertIn('skipped', self.run_reelbatch(*call, '0:20:320:140').err)
        refused = self.run_reelbatch('cuts', '--from', 'out', '--crop', '0:20:320:140', expect=2)
        self.assertIn('only --min-confidence', refused.err)
        self.assertRegex(self.run_reelbatch(*call, '0:22:320:140').err, r'done +a\.mp4')
        self.run_reelbatch('run', 'a.mp4', '--out', 'plain')
        self.assertNotIn('crop', self.manifest('plain')['config']['sampling'])

    def test_a_part_that_is_not_there_fails_that_video_alone(self):
        self.shots('small.mp4', size='160x90', codec=QUICK)
        self.shots('big.mp4', codec=QUICK)
        crop = ('small.mp4', 'big.mp4', '--crop', '0:0:200:100')
        for command in (('cuts', '--json'), ('run', '--out', 'out')):
            done = self.run_reelbatch(command[0], *crop, *command[1:], expect=1)
            self.assertRegex(done.err, r'small\.mp4.*the crop 0:0:200:100.*160x90.*most 160.*most 90')
            self.assertNotRegex(done.err, r'failed +big\.mp4')
        self.assertRegex(self.run_reelbatch('plan', *crop, expect=1).err, r'small\.mp4.*160x90')

    def test_pictures_and_pieces_stay_whole(self):
        self.shots('a.mp4', codec=QUICK)
        self.run_reelbatch('cuts', 'a.mp4', '--crop', '0:20:160:100', '--images', 'stills',
                           '--split', 'pieces')
        for folder in ('stills', 'pieces'):
            first, second, *_ = sorted((self.work / folder).iterdir())
            for path in (first, second):
                self.assertEqual(size_of(path), '320,180', path)

    def test_a_turned_video_is_cropped_before_the_turn(self):
        self.shots('a.mp4', codec=QUICK + ' -bf 0')
        recipes.turn_clockwise(self.work, 'a.mp4', 'turned.mp4')
        turned, straight = (self.cuts(name, '--crop', '160:0:160:180')
                            for name in ('turned.mp4', 'a.mp4'))
        self.assertEqual(found(turned), found(straight))
        done = self.run_reelbatch('cuts', 'turned.mp4', '--crop', '0:160:180:160', expect=1)
        self.assertIn('320x180 as decoded', done.err)

    def test_a_configuration_file_has_it_too(self):
        self.shots('a.mp4', codec=QUICK)
        (self.work / 'good.yaml').write_text('crop: 0:20:320:140\n')
        (self.work / 'bad.yaml').write_text('threads: 1\ncrop: 320:140:0:20\n')
        self.run_reelbatch('run', 'a.mp4', '--config', 'good.yaml', '--out', 'out')
        self.assertEqual(self.cuts('--from', 'out')['timeline']['crop'], PART)
        done = self.run_reelbatch('run', 'a.mp4', '--config', 'bad.yaml', '--out', 'no', expect=2)
        self.assertRegex(done.err, r'bad\.yaml:2:\d+: crop: .*W .0. is out of range.*X:Y:W:H')

    def test_eval_takes_it(self):
        self.shots('bare.mkv', size='320x136')
        (self.work / 'clips').mkdir()
        (self.work / 'truth').mkdir()
        self.transcode('bare.mkv', 'clips/boxed.mkv', '-vf', 'pad=320:300:0:82:black')
        transitions = [{'type': 'hard', 'start': k - 1, 'end': k, 'frame': k} for k in (20, 40, 60)]
        (self.work / 'truth/boxed.json').write_text(json.dumps(
            {'video': 'boxed.mkv', 'fps': '25', 'n_frames': 80, 'transitions': transitions}))
        done = self.run_reelbatch('eval', '--truth', 'truth', 'clips', '--crop', '0:82:320:136',
                                  '--json').json()
        self.assertEqual(next(iter(done.values()))['total']['hard_F1'], 1, done)

    def test_sizes_that_change_in_mid_stream(self):
        code = '-c:v mpeg2video -q:v 2 -bf 0'
        self.shots('1.ts', size='160x90', codec=code)
        self.shots('2.ts', size='320x180', codec=code, extra='-output_ts_offset 3.2')
        both = (self.work / '1.ts').read_bytes() + (self.work / '2.ts').read_bytes()
        (self.work / 'both.ts').write_bytes(both)
        document = self.cuts('both.ts', '--crop', '20:10:120:70')
        whole = self.cuts('both.ts')
        self.assertEqual(hard_cuts(document), hard_cuts(whole))
        self.assertEqual(len(hard_cuts(document)), 7)
        self.assertIn('size changes', ' '.join(document['warnings']))


class Concat(Base):
    def parts(self, *names, **more):
        """Clips of 80 frames with cuts at 20, 40, 60; a seam of two of them is a cut, too."""
        for name in names:
            self.shots(name, **more)

    def whole(self, name, *parts):
        """One file of all frames, made by ffmpeg."""
        (self.work / 'list.txt').write_text(''.join(f"file '{part}'\n" for part in parts))
        harness.ffmpeg(['-f', 'concat', '-i', 'list.txt', '-c', 'copy', name], self.work)

    def test_it_finds_what_is_in_a_file_that_was_joined_before(self):
        self.parts('a.mkv', 'b.mkv')
        self.shots('c.mkv', frames=7)
        self.whole('whole.mkv', 'a.mkv', 'b.mkv', 'c.mkv')
        for options in ((), ('--parts', 'hard,soft,motion', '--preset', 'fast'),
                        ('--start', '1.0', '--end', '5.5'), ('--analysis-fps', '10'),
                        ('--start', '3.5', '--analysis-fps', '12'), ('--crop', '16:8:160:120')):
            with self.subTest(options):
                joined = self.cuts('a.mkv', 'b.mkv', 'c.mkv', '--concat', *options)
                whole = self.cuts('whole.mkv', *options)
                self.assertEqual(joined['timeline'], whole['timeline'])
                self.assertEqual([(e['type'], e['frame'], e['start_frame'], e['end_frame'],
                                   e['confidence']) for e in joined['events']],
                                 [(e['type'], e['frame'], e['start_frame'], e['end_frame'],
                                   e['confidence']) for e in whole['events']])
                for ours, theirs in zip(joined['shots'], whole['shots'], strict=True):
                    for key, value in ours.items():
                        self.assertAlmostEqual(value, theirs[key], delta=.0015, msg=key)

    def test_what_is_recorded(self):
        self.parts('a.mp4', 'b.mkv', codec=QUICK)
        document = self.cuts('a.mp4', 'b.mkv', '--concat')
        self.assertEqual(hard_cuts(document), [20, 40, 60, 80, 100, 120, 140])
        self.assertEqual(document['video'], 'a.mp4')
        self.assertEqual(document['source']['frames_decoded'], 160)
        self.assertFalse(document['source']['vfr'])
        self.assertEqual(document['source']['fps'], '25/1')
        first, second = document['sources']
        self.assertEqual((first['video'], first['first_frame'], first['frames'], first['start_s']),
                         ('a.mp4', 0, 80, 0))
        self.assertEqual((second['video'], second['first_frame'], second['frames']),
                         ('b.mkv', 80, 80))
        self.assertAlmostEqual(second['start_s'], 3.2, delta=1e-6)
        for source in (first, second):
            alone = self.cuts(source['video'])
            self.assertEqual(source['sha256'], alone['source']['sha256'])
            self.assertNotIn('sources', alone)

    def test_a_seam_without_a_cut_is_none(self):
        self.shots('whole.mkv', frames=40)
        self.transcode('whole.mkv', 'a.mkv', '-vf', 'trim=end_frame=60')
        self.transcode('whole.mkv', 'b.mkv', '-vf', 'trim=start_frame=60,setpts=PTS-STARTPTS')
        whole, joined = self.cuts('whole.mkv'), self.cuts('a.mkv', 'b.mkv', '--concat')
        self.assertEqual(hard_cuts(joined), [40, 80, 120])
        self.assertEqual(joined['events'], whole['events'])

    def test_a_file_that_cannot_be_read_fails_all_by_its_name(self):
        self.parts('a.mp4', codec=QUICK)
        (self.work / 'text.mp4').write_text('not a video')
        for broken in ('text.mp4', 'missing.mp4'):
            for order in (('a.mp4', broken), (broken, 'a.mp4')):
                done = self.run_reelbatch('cuts', *order, '--concat', expect=1)
                self.assertIn(broken, done.err)
                self.assertEqual(done.out, '')

    def test_sizes_and_rates_that_differ(self):
        self.parts('a.mp4', codec=QUICK)
        self.shots('b.mp4', codec=QUICK, size='640x360', rate='30')
        document = self.cuts('a.mp4', 'b.mp4', '--concat')
        self.assertEqual(hard_cuts(document), [20, 40, 60, 80, 100, 120, 140])
        self.assertEqual((document['timeline']['width'], document['source']['vfr']), (320, True))
        self.assertIn('size changes at frame 80', ' '.join(document['warnings']))
        self.assertAlmostEqual(document['events'][4]['time_s'], 3.2 + 20 / 30, delta=1e-3)

    def test_folders_lists_and_their_order(self):
        (self.work / 'folder').mkdir()
        for name, rate in (('b.mp4', '25'), ('a.mp4', '25')):
            self.shots(f'folder/{name}', codec=QUICK, rate=rate, frames=5)
        (self.work / 'list.txt').write_text('folder/b.mp4\nfolder/a.mp4\n')
        names = lambda *inputs: [source['video'] for source in
                                 self.cuts(*inputs, '--concat')['sources']]
        self.assertEqual(names('folder'), ['a.mp4', 'b.mp4'])
        self.assertEqual(names('@list.txt'), ['b.mp4', 'a.mp4'])
        self.assertEqual(names('folder/b.mp4'), ['b.mp4'])

    def test_what_does_not_go_with_it(self):
        self.parts('a.mp4', 'b.mp4', codec=QUICK)
        for option in ('--split', '--split-copy'):
            done = self.run_reelbatch('cuts', 'a.mp4', 'b.mp4', '--concat', option, 'x', expect=2)
            self.assertRegex(done.err, f'{option}.*--concat.*ffmpeg -f concat')
        done = self.run_reelbatch('cuts', 'a.mp4', 'a.mp4', '--concat', expect=2)
        self.assertRegex(done.err, '--concat.*more than once')
        done = self.run_reelbatch('cuts', '--from', 'out', '--concat', expect=2)
        self.assertIn('--concat', done.err)
        done = self.run_reelbatch('run', 'a.mp4', 'b.mp4', '--concat', '--out', 'out', expect=2)
        self.assertRegex(done.err, '--concat.*reelbatch cuts')
        self.assertFalse((self.work / 'out').exists())

    def test_edit_lists_refer_to_every_file(self):
        """Shots [0, 40), [40, 80) and so on of 160 frames, in files of 60 and 100 frames."""
        self.shots('whole.mkv', frames=40)
        self.transcode('whole.mkv', 'a.mkv', '-vf', 'trim=end_frame=60')
        self.transcode('whole.mkv', 'b0.mkv', '-vf', 'trim=start_frame=60,setpts=PTS-STARTPTS')
        harness.ffmpeg(['-i', 'b0.mkv', *QUICK.split(), '-bf', '0', '-timecode', '10:00:00:00',
                        'b.mov'], self.work)
        forms = {'edl': 'x.edl', 'otio': 'x.otio', 'xmeml': 'x.xml', 'csv': 'x.csv',
                 'json': 'x.json'}
        self.run_reelbatch('cuts', 'a.mkv', 'b.mov', '--concat',
                           *(f'--{form}={file}' for form, file in forms.items()))
        tenth_hour = 10 * 3600 * 25
        for told in timelines.read([(self.work / forms[form], 25) for form in ('edl', 'otio')]):
            self.assertEqual([(clip['start'], clip['frames']) for clip in told['clips']],
                             [(0, 40), (40, 20), (tenth_hour, 20), (tenth_hour + 20, 40),
                              (tenth_hour + 60, 40)])
        told, from_xml = timelines.read([(self.work / 'x.otio', 25), (self.work / 'x.xml', 25)])
        names = [clip['url'].rsplit('/', 1)[1] for clip in told['clips']]
        self.assertEqual(names, ['a.mkv', 'a.mkv', 'b.mov', 'b.mov', 'b.mov'])
        self.assertEqual([clip['media_frames'] for clip in told['clips']], [60, 60, 100, 100, 100])
        self.assertEqual([clip['frames'] for clip in from_xml['clips']], [40, 20, 20, 40, 40])
        records = re.findall(r'(?m)^\d+ .* (\S+) \S+$', (self.work / 'x.edl').read_text())
        self.assertEqual(records, ['00:00:00:00', '00:00:01:15', '00:00:02:10', '00:00:03:05',
                                   '00:00:04:20'])
        reels = re.findall(r'(?m)^\d+ +(\w+) +V', (self.work / 'x.edl').read_text())
        self.assertEqual(reels, ['A', 'A', 'B', 'B', 'B'])
        rows = list(csv.reader((self.work / 'x.csv').read_text().splitlines()))[2:]
        self.assertEqual([row[1] for row in rows], ['1', '41', '81', '121'])
        again = self.run_reelbatch('cuts', '--from', 'x.json', '--edl').out
        self.assertEqual(again, (self.work / 'x.edl').read_text())

    def test_files_without_a_rate_in_common_count_the_first_ones(self):
        self.shots('a.mkv', frames=10)
        self.shots('b.mkv', frames=10, rate='60000/1001')
        done = self.run_reelbatch('cuts', 'a.mkv', 'b.mkv', '--concat', '--edl=x.edl')
        said = 'the joined files have different frame rates: positions are computed from times, at 25'
        self.assertIn(said, done.err)
        starts = re.findall(r'(?m)^\d+ .* (\S+) \S+$', (self.work / 'x.edl').read_text())
        self.assertEqual(starts[:5], ['00:00:00:00', '00:00:00:10', '00:00:00:20', '00:00:01:05',
                                      '00:00:01:15'])

    def test_pictures_of_every_shot(self):
        self.shots('a.mkv', frames=10)
        self.shots('b.mkv', frames=10, size='160x90')
        self.run_reelbatch('cuts', 'a.mkv', 'b.mkv', '--concat', '--images', 'x', '--image-count',
                           '1', '--image-format', 'png')
        pictures = sorted((self.work / 'x').iterdir())
        self.assertEqual([picture.name for picture in pictures],
                         [f'a-concat-Scene-{k:03}-01.png' for k in range(1, 9)])
        self.assertEqual([size_of(picture) for picture in pictures],
                         4 * ['320,180'] + 4 * ['160,90'])
        for name, few in (('a', pictures[:4]), ('b', pictures[4:])):
            self.run_reelbatch('cuts', f'{name}.mkv', '--images', name, '--image-count', '1',
                               '--image-format', 'png')
            alone = sorted((self.work / name).iterdir())
            self.assertEqual([p.read_bytes() for p in few], [p.read_bytes() for p in alone])

    def test_pictures_in_a_sequence(self):
        self.shots('a.mkv', frames=8, size='160x90', extra='-pix_fmt bgr0')
        (self.work / 'frames').mkdir()
        harness.ffmpeg(['-i', 'a.mkv', 'frames/%03d.png'], self.work)
        sequence, crop = 'frames/%03d.png', ('--crop', '12:6:120:70')
        self.assertEqual(found(self.cuts(sequence, *crop)), found(self.cuts('a.mkv', *crop)))
        joined = self.cuts(sequence, 'a.mkv', '--concat')
        self.assertEqual(hard_cuts(joined), [8, 16, 24, 32, 40, 48, 56])
        self.assertEqual([source['frames'] for source in joined['sources']], [32, 32])
        self.assertEqual(joined['timeline']['frames'], 64)
        other = self.cuts('a.mkv', sequence, '--concat', '--start', '1.5', *crop)
        self.assertEqual((other['timeline']['frames'], hard_cuts(other)), (26, [40, 48, 56]))

    def test_threads_and_memory_change_nothing(self):
        self.parts('a.mp4', codec='-c:v libx264 -bf 3')
        self.shots('b.mp4', codec='-c:v libx264 -bf 3', size='1280x720', frames=10)
        one = self.cuts('a.mp4', 'b.mp4', '--concat', '--threads', '1')
        for more in (('--threads', '4'), ('--max-memory', '90M')):
            self.assertEqual(self.cuts('a.mp4', 'b.mp4', '--concat', *more), one)
        done = self.run_reelbatch('cuts', 'a.mp4', 'b.mp4', '--concat', '--max-memory', '30M',
                                  expect=1)
        self.assertRegex(done.err, '1280x720.*max-memory')

    def test_it_can_be_interrupted(self):
        for name in ('a.mp4', 'b.mp4'):
            self.shots(name, codec=QUICK, size='640x360', frames=500)
        child = subprocess.Popen([str(harness.PROGRAM), 'cuts', 'a.mp4', 'b.mp4', '--concat',
                                  '--threads', '1', '--csv=x.csv'], cwd=self.work,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        os.kill(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=harness.TIMEOUT_S)
        self.assertEqual(child.returncode, 130, err)
        self.assertFalse((self.work / 'x.csv').exists())

    def test_damage_is_summed_and_named(self):
        self.parts('a.mkv', 'b.mkv', codec=QUICK, extra='-g 10')
        data = bytearray((self.work / 'b.mkv').read_bytes())
        for part in (3, 4, 5):
            at = len(data) * part // 8
            data[at:at + 200] = b'\xff' * 200
        (self.work / 'b.mkv').write_bytes(data)
        alone, joined = self.cuts('b.mkv'), self.cuts('a.mkv', 'b.mkv', '--concat')
        errors = alone['source']['decode_errors']
        self.assertGreater(errors, 0)
        self.assertEqual(joined['source']['decode_errors'], errors)
        self.assertIn('b.mkv', ' '.join(joined['warnings']))


if __name__ == '__main__':
    unittest.main()
