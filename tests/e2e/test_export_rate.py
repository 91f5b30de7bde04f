"""EDL, OpenTimelineIO and Final Cut Pro XML land on the frames that cuts.json names, at any clock."""

import csv
import json
import pathlib
import re
import unittest
import xml.etree.ElementTree

import harness
import recipes
import timelines

SMALL = '160x90'
FAST = '-c:v libx264 -preset ultrafast -bf 0 -threads 1'
# What timecode counts, and what OpenTimelineIO's adapter for EDL takes.
RATES = {
    '23.976': 24000 / 1001,
    '24': 24,
    '25': 25,
    '29.97': 30000 / 1001,
    '30': 30,
    '47.952': 48000 / 1001,
    '48': 48,
    '50': 50,
    '59.94': 60000 / 1001,
    '60': 60,
}
DROP = {'29.97', '59.94'}


def label_frames(label, rate):
    """The frame of rate (text) that a label of an EDL means: SMPTE 12M, written out."""
    hours, minutes, seconds, frames = (int(part) for part in re.split('[:;]', label))
    per_second = round(RATES[rate])
    count = ((hours * 60 + minutes) * 60 + seconds) * per_second + frames
    if ';' in label:
        minutes += hours * 60
        count -= per_second // 15 * (minutes - minutes // 10)
    return count


class Base(harness.TestCase):
    """`check` exports clips in one run and reads everything back in one process."""

    def shots(self, name, rate='25', frames=50, codec=FAST, extra=''):
        return recipes.shots(
            self.work, name, rate=rate, size=SMALL, frames=frames, codec=codec, extra=extra
        )

    def export(self, names, *options, expect=0):
        """{name: its cuts.json}, and what the program said. The other forms lie in edl, otio, xml."""
        done = self.run_reelbatch(
            'cuts',
            *names,
            '--json=all.json',
            '--edl=edl/',
            '--otio=otio/',
            '--xmeml=xml/',
            *options,
            expect=expect,
        )
        documents = json.loads((self.work / 'all.json').read_text())
        documents = documents if isinstance(documents, list) else [documents]
        return {document['video']: document for document in documents}, done

    def check(self, expected, *options, start=None):
        """`expected`: {name: (rate of EDL and XML, rate of OTIO)}; `start`: {name: first label}."""
        documents, done = self.export(list(expected), *options)
        files = []
        for name, (edl_rate, _) in expected.items():
            stem = pathlib.Path(name).stem
            files += [
                (self.work / 'edl' / f'{stem}.edl', RATES[edl_rate]),
                (self.work / 'otio' / f'{stem}.otio', RATES[edl_rate]),
                (self.work / 'xml' / f'{stem}.xml', RATES[edl_rate]),
            ]
        answers = iter(timelines.read(files))
        for name, (edl_rate, otio_rate) in expected.items():
            edl, otio, xml = next(answers), next(answers), next(answers)
            with self.subTest(name):
                for answer in (edl, otio, xml):
                    self.assertNotIn('error', answer)
                document = documents[name]
                self.assertGreater(len(document['shots']), 1, 'no cut to look at')
                text = (self.work / 'edl' / f'{pathlib.Path(name).stem}.edl').read_text()
                label = (start or {}).get(
                    name, '00:00:00;00' if edl_rate in DROP else '00:00:00:00'
                )
                self.assertEqual(
                    text.splitlines()[1],
                    f'FCM: {"DROP FRAME" if ";" in label else "NON-DROP FRAME"}',
                )
                self.assertIn(label, text)
                first = label_frames(label, edl_rate)
                self.land(document, edl, RATES[edl_rate], first)
                self.land(document, xml, RATES[edl_rate], first)
                rate = RATES.get(otio_rate, None) or float(otio_rate)
                self.land(document, otio, rate, first * rate / RATES[edl_rate])
                self.assertEqual(otio['start'], otio['clips'][0]['start'])
                self.assertEqual(
                    len(re.findall(r'(?m)^\d+ ', otio['as_edl'])),
                    len(re.findall(r'(?m)^\d+ ', text)),
                )
                for answer in (otio, xml):
                    for clip in answer['clips']:
                        self.assertGreaterEqual(clip['start'], clip['media_start'])
                        self.assertLessEqual(
                            clip['start'] + clip['frames'],
                            clip['media_start'] + clip['media_frames'],
                        )
        return documents, done

    def land(self, document, timeline, rate, first):
        """A clip begins with the frame of `rate` nearest to its shot's time, but beside a dissolve."""
        origin = document['shots'][0]['start_s']
        self.assertEqual(len(timeline['clips']), len(document['shots']))
        mixed = {
            event['frame'] for event in document['events'] if event['type'] in ('dissolve', 'wipe')
        }
        for clip, shot in zip(timeline['clips'], document['shots'], strict=True):
            self.assertAlmostEqual(clip['rate'], rate, places=6)
            if shot['start_frame'] not in mixed:
                wanted = (shot['start_s'] - origin) * rate
                self.assertLessEqual(
                    abs(clip['start'] - first - wanted), 0.501 + 2e-3 * rate, (clip, shot)
                )
                self.assertEqual(clip['start'], round(clip['start']))
        last = timeline['clips'][-1]
        self.assertLessEqual(
            abs(
                last['start']
                + last['frames']
                - first
                - (document['shots'][-1]['end_s'] - origin) * rate
            ),
            1,
        )


class StandardRates(Base):
    def test_every_rate_that_timecode_counts(self):
        expected = {}
        for rate, frames in (
            ('24000/1001', 36),
            ('24', 36),
            ('25', 36),
            ('30000/1001', 36),
            ('30', 36),
            ('48', 48),
            ('50', 48),
            ('60000/1001', 48),
            ('60', 48),
        ):
            text = f'{eval(rate):.5g}'
            self.shots(f'r{text}.mp4', rate=rate, frames=frames)
            expected[f'r{text}.mp4'] = (text, text)
        for name, endings in (
            ('r29.97', ('mkv', 'ts', 'mov', 'flv', 'avi')),
            ('r59.94', ('mkv', 'ts', 'flv')),
            ('r23.976', ('mkv', 'mov', 'ts')),
            ('r25', ('flv', 'avi')),
        ):
            for ending in endings:
                target = f'{name}-{ending}.{ending}'
                recipes.remux(
                    self.work,
                    f'{name}.mp4',
                    target,
                    *(['-bsf:v', 'h264_mp4toannexb'] if ending == 'avi' else []),
                )
                expected[target] = expected[f'{name}.mp4']
        self.shots(
            'r29.97-webm.webm',
            rate='30000/1001',
            frames=36,
            codec='-c:v libvpx -deadline realtime -cpu-used 8 -threads 1',
        )
        expected['r29.97-webm.webm'] = ('29.97', '29.97')
        documents, done = self.check(expected)
        self.assertNotIn('positions', done.err)
        for name, document in documents.items():
            self.assertAlmostEqual(
                eval(document['source']['fps']), RATES[expected[name][0]], places=6, msg=name
            )
            self.assertEqual(
                [shot['start_frame'] for shot in document['shots'][1:]],
                [
                    shot['start_frame']
                    for shot in documents[name.split('-')[0].removesuffix('.mp4') + '.mp4'][
                        'shots'
                    ][1:]
                ],
                name,
            )

    def test_rates_that_timecode_does_not_count_have_a_stated_base(self):
        expected = {}
        for rate, frames, base in (
            ('100', 51, '50'),
            ('120000/1001', 61, '59.94'),
            ('120', 61, '60'),
            ('240', 97, '60'),
            ('1000', 311, '50'),
            ('15', 30, '30'),
            ('25/2', 25, '25'),
            ('10', 30, '30'),
        ):
            text = f'{eval(rate):.5g}'
            self.shots(f'r{text}.mp4', rate=rate, frames=frames)
            expected[f'r{text}.mp4'] = (base, {'119.88': str(120000 / 1001)}.get(text, text))
        recipes.remux(self.work, 'r120.mp4', 'r120-mkv.mkv')
        expected['r120-mkv.mkv'] = ('60', '120')
        _, done = self.check(expected)
        for name, (base, _) in expected.items():
            rate = re.sub('-.*', '', name).removeprefix('r').removesuffix('.mp4')
            said = f'timecode does not support {rate} frames per second: positions are counted at {base} '
            self.assertEqual(len(re.findall(f"{re.escape(name)}'?: {said}", done.err)), 1, done.err)
            stem = pathlib.Path(name).stem
            for path in (self.work / 'edl' / f'{stem}.edl', self.work / 'xml' / f'{stem}.xml'):
                self.assertIn(said, path.read_text())
            self.assertNotIn('positions', (self.work / 'otio' / f'{stem}.otio').read_text())


class OddClocks(Base):
    def test_recipes_of_real_files(self):
        self.shots('nb.mp4')
        self.shots('ntsc.mp4', rate='60000/1001', frames=72)
        self.shots('phone.mp4', rate='30', frames=60)
        # One long last sample: the average is 2.84.
        recipes.remux(
            self.work,
            'nb.mp4',
            'long.mp4',
            '-bsf:v',
            "setts=duration='if(eq(N,199),1000/TB,DURATION)'",
        )
        recipes.remux(
            self.work,
            'nb.mp4',
            'long-mkv.mkv',
            '-bsf:v',
            "setts=duration='if(eq(N,199),250*DURATION,DURATION)'",
        )
        recipes.remux(
            self.work,
            'ntsc.mp4',
            'ntsc-long.mp4',
            '-bsf:v',
            "setts=duration='if(eq(N,287),1/25/TB,DURATION)'",
        )
        # One late frame in a phone clip, and a missing one.
        late = ['-bsf:v', "setts=ts='TS+gte(N,120)*DURATION'"]
        recipes.remux(self.work, 'phone.mp4', 'late.mp4', *late)
        recipes.remux(self.work, 'phone.mp4', 'late-mkv.mkv', *late)
        recipes.remux(self.work, 'phone.mp4', 'late-ts.ts', *late)
        recipes.remux(
            self.work,
            'ntsc.mp4',
            'late-ntsc.mov',
            '-bsf:v',
            "setts=ts='TS+gte(N,100)*DURATION'",
        )
        recipes.remux(
            self.work,
            'nb.mp4',
            'bad.mp4',
            '-bsf:v',
            "setts=pts='PTS+if(eq(N,60),750*DURATION,0)':dts=DTS",
        )
        recipes.remux(self.work, 'nb.mp4', 'far.mkv', '-output_ts_offset', '100000')
        harness.ffmpeg(
            [
                '-i',
                'phone.mp4',
                '-vf',
                "select='gt(mod(n\\,20)\\,0)+eq(n\\,120)'",
                '-fps_mode',
                'vfr',
                *FAST.split(),
                'gaps.mp4',
            ],
            self.work,
        )
        expected = {
            'long.mp4': ('25', '25'),
            'long-mkv.mkv': ('25', '25'),
            'ntsc-long.mp4': ('59.94', '59.94'),
            'late.mp4': ('30', '30'),
            'late-mkv.mkv': ('30', '30'),
            'late-ts.ts': ('30', '30'),
            'late-ntsc.mov': ('59.94', '59.94'),
            'bad.mp4': ('25', '25'),
            'far.mkv': ('25', '25'),
            'gaps.mp4': ('30', '30'),
        }
        _, done = self.check(expected)
        self.assertNotIn('variable frame rate', done.err)
        self.assertNotIn('positions', done.err)

    def test_a_label_is_the_time_of_its_cut(self):
        # 30 fps with gaps of 19 frames: the average is 1.5, by which the cut at 40.0 s was labelled.
        self.shots('nb.mp4', rate='30', frames=60)
        harness.ffmpeg(
            [
                '-i',
                'nb.mp4',
                '-vf',
                "settb=1/1000,setpts='floor((N*20+gte(mod(N,20),10))*1000/30+.5)'",
                '-fps_mode',
                'passthrough',
                '-enc_time_base',
                '1:1000',
                *FAST.split(),
                'slow.mp4',
            ],
            self.work,
        )
        self.assertIn(
            ' 00:00:40:00 00:01:20:00 00:00:40:00 ',
            self.run_reelbatch('cuts', 'slow.mp4', '--edl').out,
        )

    def test_a_variable_rate_is_counted_by_time_and_said(self):
        self.shots('nb.mp4', rate='30', frames=60)
        for name in ('variable.mkv', 'variable-mp4.mp4'):
            harness.ffmpeg(
                [
                    '-i',
                    'nb.mp4',
                    '-vf',
                    "settb=1/1000,setpts='floor((N+.37*mod(N*N,7)/7)*1000/30+.5)'",
                    '-fps_mode',
                    'passthrough',
                    '-enc_time_base',
                    '1:1000',
                    *FAST.split(),
                    name,
                ],
                self.work,
            )
        expected = {'variable.mkv': ('30', '30'), 'variable-mp4.mp4': ('30', '30')}
        _, done = self.check(expected)
        said = 'variable frame rate: positions are computed from times, at 30 frames per second'
        for name in expected:
            self.assertEqual(len(re.findall(f'{re.escape(name)}: {said}', done.err)), 1, done.err)
            stem = pathlib.Path(name).stem
            for path in ('edl', 'otio', 'xml'):
                self.assertIn(said, (self.work / path / f'{stem}.{path}').read_text())


class Options(Base):
    def test_export_rate_and_drop_frame(self):
        self.shots('nb.mp4')
        self.shots('ntsc.mp4', rate='30000/1001', frames=60)
        for given, text in (
            ('29.97', '29.97'),
            ('30000/1001', '29.97'),
            ('23.976', '23.976'),
            ('50', '50'),
            ('59.94', '59.94'),
        ):
            with self.subTest(given):
                self.check({'nb.mp4': (text, text)}, '--export-rate', given)
        self.check(
            {'ntsc.mp4': ('29.97', '29.97')},
            '--drop-frame',
            'no',
            start={'ntsc.mp4': '00:00:00:00'},
        )
        self.check({'ntsc.mp4': ('29.97', '29.97')}, '--drop-frame', 'yes')
        self.check(
            {'nb.mp4': ('29.97', '29.97')},
            '--drop-frame',
            'no',
            '--export-rate',
            '29.97',
            start={'nb.mp4': '00:00:00:00'},
        )

    def test_what_cannot_be_is_refused(self):
        self.shots('nb.mp4')
        done = self.run_reelbatch('cuts', 'nb.mp4', '--edl', '--drop-frame', 'yes', expect=1)
        self.assertIn(
            '25 frames per second have no drop-frame timecode, only 29.97 and 59.94 have', done.err
        )
        self.assertEqual(done.out, '')
        for wrong in ('0', 'fast', '25/0', '2000'):
            done = self.run_reelbatch('cuts', 'nb.mp4', '--edl', '--export-rate', wrong, expect=2)
            self.assertIn('is not a frame rate', done.err)
        self.assertIn(
            '--edl, --otio or --xmeml',
            self.run_reelbatch('cuts', 'nb.mp4', '--csv', '--export-rate', '25', expect=2).err,
        )
        self.assertIn(
            '--edl, --otio or --xmeml',
            self.run_reelbatch('cuts', 'nb.mp4', '--drop-frame', 'no', expect=2).err,
        )
        self.run_reelbatch('cuts', 'nb.mp4', '--edl', '--drop-frame', 'maybe', expect=2)

    def test_a_sampled_timeline_keeps_the_frames_of_the_source(self):
        self.shots('nb.mp4', rate='50', frames=100)
        self.check({'nb.mp4': ('50', '50')}, '--analysis-fps', '25')

    def test_a_run_exports_the_same_without_a_decode(self):
        self.shots('ntsc.mp4', rate='30000/1001', frames=60)
        recipes.remux(self.work, 'ntsc.mp4', 'tc.mov', '-timecode', '10:00:00;00')
        self.run_reelbatch('run', 'tc.mov', '--out', 'out')
        for form in ('edl', 'csv', 'chapters', 'webvtt', 'qp'):
            with self.subTest(form):
                self.assertEqual(
                    self.run_reelbatch('cuts', '--from', 'out', f'--{form}').out,
                    self.run_reelbatch('cuts', 'tc.mov', f'--{form}').out,
                )


class SourceTimecode(Base):
    def test_records_start_at_the_timecode_of_the_source(self):
        self.shots('nb.mp4')
        self.shots('ntsc.mp4', rate='30000/1001', frames=60)
        self.shots('fast.mp4', rate='50', frames=60)
        for source, name, label in (
            ('nb', 'pal.mov', '01:00:00:00'),
            ('nb', 'late.mov', '23:59:58:20'),
            ('ntsc', 'df.mov', '01:00:00;00'),
            ('ntsc', 'ndf.mov', '01:00:00:00'),
            ('fast', 'fast.mov', '10:00:00:10'),
            ('nb', 'pal-mp4.mp4', '02:00:00:05'),
        ):
            recipes.remux(self.work, f'{source}.mp4', name, '-timecode', label)
        harness.ffmpeg(
            [
                '-i',
                'nb.mp4',
                '-c:v',
                'mpeg2video',
                '-bf',
                '0',
                '-timecode',
                '03:00:00:00',
                'pal-mxf.mxf',
            ],
            self.work,
        )
        expected = {
            'pal.mov': ('25', '25'),
            'df.mov': ('29.97', '29.97'),
            'ndf.mov': ('29.97', '29.97'),
            'fast.mov': ('50', '50'),
            'pal-mp4.mp4': ('25', '25'),
            'pal-mxf.mxf': ('25', '25'),
        }
        start = {
            'pal.mov': '01:00:00:00',
            'df.mov': '01:00:00;00',
            'ndf.mov': '01:00:00:00',
            'fast.mov': '10:00:00:10',
            'pal-mp4.mp4': '02:00:00:05',
            'pal-mxf.mxf': '03:00:00:00',
        }
        self.check(expected, start=start)
        self.assertIn(
            '00:00:00:20 00:00:02:20', self.run_reelbatch('cuts', 'late.mov', '--edl').out
        )
        tree = xml.etree.ElementTree.parse(self.work / 'xml' / 'df.xml')
        self.assertEqual({element.text for element in tree.iter('displayformat')}, {'DF'})
        tree = xml.etree.ElementTree.parse(self.work / 'xml' / 'ndf.xml')
        self.assertEqual({element.text for element in tree.iter('displayformat')}, {'NDF'})


class PlayerTimes(Base):
    def test_count_from_the_earliest_stream(self):
        self.shots('nb.mp4')
        for name in ('late.mkv', 'late.mp4', 'late.ts'):
            harness.ffmpeg(
                [
                    '-f',
                    'lavfi',
                    '-i',
                    'sine=d=10',
                    '-itsoffset',
                    '2',
                    '-i',
                    'nb.mp4',
                    '-c:v',
                    'copy',
                    '-c:a',
                    'aac',
                    '-shortest',
                    name,
                ],
                self.work,
            )
            with self.subTest(name):
                rows = list(csv.reader(self.run_reelbatch('cuts', name, '--csv').out.splitlines()))[
                    2:
                ]
                for row, wanted in zip(rows, (2, 4, 6, 8), strict=True):
                    self.assertAlmostEqual(float(row[3]), wanted, delta=0.03)
                chapters = self.run_reelbatch('cuts', name, '--chapters').out
                self.assertAlmostEqual(
                    int(re.search(r'START=(\d+)', chapters).group(1)), 2000, delta=30
                )
                self.assertIn('00:00:04.0', self.run_reelbatch('cuts', name, '--webvtt').out)
                self.assertIn('00:00:04.0', self.run_reelbatch('cuts', name).out)


class Forms(Base):
    def test_a_dissolve_lies_between_its_clips_in_xmeml(self):
        harness.ffmpeg(
            [
                '-f',
                'lavfi',
                '-i',
                f'testsrc2=s={SMALL}:r=25:d=3',
                '-f',
                'lavfi',
                '-i',
                f'mandelbrot=s={SMALL}:r=25:start_scale=2',
                '-filter_complex',
                '[1]trim=duration=4,setsar=1,format=yuv420p[b];[0]setsar=1,format=yuv420p[a];'
                '[a][b]xfade=duration=1:offset=2',
                *FAST.split(),
                'mix.mp4',
            ],
            self.work,
        )
        documents, _ = self.export(['mix.mp4'])
        self.assertEqual([event['type'] for event in documents['mix.mp4']['events']], ['dissolve'])
        (xml_told,) = timelines.read([(self.work / 'xml' / 'mix.xml', 25)])
        event = documents['mix.mp4']['events'][0]
        self.assertEqual([clip['start'] for clip in xml_told['clips']], [0, event['frame']])
        ((before, after),) = xml_told['mixed']
        self.assertEqual(before, after)
        self.assertLessEqual(abs(2 * before - (event['end_frame'] - event['start_frame'])), 1)

    def test_qp_and_statistics(self):
        self.shots('nb.mp4')
        self.assertEqual(
            self.run_reelbatch('cuts', 'nb.mp4', '--qp').out,
            '0 I -1\n50 I -1\n100 I -1\n150 I -1\n',
        )
        rows = list(csv.reader(self.run_reelbatch('cuts', 'nb.mp4', '--stats').out.splitlines()))
        self.assertEqual(
            rows[0][:6],
            ['Frame Number', 'Timecode', 'hist_diff_l1', 'ssim_drop', 'flow_mag', 'hard_score'],
        )
        self.assertIn('soft_hsv_v', rows[0])
        self.assertEqual(len(rows), 201)
        self.assertEqual(rows[1][:6], ['1', '00:00:00.000', '', '', '', ''])
        self.assertEqual(rows[51][:2], ['51', '00:00:02.000'])
        scores = [float(row[5]) if row[5] else 0.0 for row in rows[1:]]
        self.assertEqual(sorted(sorted(range(200), key=scores.__getitem__)[-3:]), [50, 100, 150])
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.run_reelbatch('run', 'nb.mp4', '--out', 'out')
        self.assertEqual(self.run_reelbatch('cuts', '--from', 'out', '--stats').out.splitlines(), [','.join(row) for row in rows])
        [arrays] = self.work.glob('out/local/nb/*/cut_detection/cut_detection.npz')
        arrays.unlink()
        self.assertIn('cut_detection.npz', self.run_reelbatch('cuts', '--from', 'out', '--stats', expect=3).err)


class ShotLengths(Base):
    def starts(self, *options, name='nb.mp4'):
        done = self.run_reelbatch('cuts', name, '--json', *options)
        return [shot['start_frame'] for shot in done.json()['shots']], done

    def test_short_shots_are_joined_and_long_ones_cut(self):
        self.shots('nb.mp4')
        self.assertEqual(self.starts()[0], [0, 50, 100, 150])
        starts, done = self.starts('--min-shot', '7s')
        self.assertEqual(starts, [0])
        self.assertIn('--min-shot merged 3 short shots', done.err)
        self.assertEqual(done.json()['settings']['min_shot_s'], 7)
        self.assertEqual(done.json()['events'], [])
        self.assertTrue({50, 100, 150} <= {event['frame'] for event in done.json()['candidates']})
        starts, done = self.starts('--max-shot', '0.8')
        document = done.json()
        self.assertEqual(len(starts), 12)
        self.assertLessEqual(
            max(shot['end_s'] - shot['start_s'] for shot in document['shots']), 0.8 + 1e-6
        )
        self.assertTrue({0, 50, 100, 150} <= set(starts))
        self.assertIn('at a frame with little change', done.err)
        self.assertEqual(len(document['events']), 3)
        self.run_reelbatch('run', 'nb.mp4', '--out', 'out')
        before = harness.tree(self.work / 'out')
        done = self.run_reelbatch('cuts', '--from', 'out', '--json', '--max-shot', '0.8')
        self.assertEqual(done.json()['shots'], document['shots'])
        self.assertIn('at a frame with little change', done.err)
        self.assertEqual(harness.tree(self.work / 'out'), before)
        [arrays] = self.work.glob('out/local/nb/*/cut_detection/cut_detection.npz')
        arrays.unlink()
        done = self.run_reelbatch('cuts', '--from', 'out', '--json', '--max-shot', '0.8')
        self.assertEqual(len(done.json()['shots']), 12)
        self.assertIn('evenly', done.err)
        self.run_reelbatch('cuts', 'nb.mp4', '--max-shot', '1', '--split', 'pieces')
        self.assertEqual(len(list((self.work / 'pieces').iterdir())), 8)

    def test_what_contradicts_is_refused(self):
        self.shots('nb.mp4')
        self.assertIn(
            'is longer than --max-shot',
            self.run_reelbatch(
                'cuts', 'nb.mp4', '--min-shot', '5', '--max-shot', '2', expect=2
            ).err,
        )
        for wrong in ('0', '-1', 'soon'):
            self.run_reelbatch('cuts', 'nb.mp4', '--min-shot', wrong, expect=2)


if __name__ == '__main__':
    unittest.main()
