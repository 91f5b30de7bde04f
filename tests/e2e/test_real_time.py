"""Clocks and lengths of real files: wrong stamps, jumps, rates, timecode, player time, damage."""
import struct
import unittest

import harness
import recipes

SMALL = dict(size='160x90')
B_FRAMES = '-c:v libx264 -preset veryfast -bf 3 -threads 1'
TRUNCATED = 'truncated'
VP8 = ('-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8')


class Base(harness.TestCase):
    """Clips of four shots of 50 frames, and what `cuts` says of them."""

    def shots(self, name='nb.mp4', **options):
        return recipes.shots(self.work, name, **{**SMALL, **options})

    def ffmpeg(self, *arguments):
        harness.ffmpeg(list(arguments), self.work)

    def remux(self, source, name, *arguments, before=()):
        return recipes.remux(self.work, source, name, *arguments, before=before)

    def answer(self, name, *options):
        return self.run_reelbatch('cuts', name, '--json', '-q', *options).json()

    def times(self, answer):
        return [event['time_s'] for event in answer['events']]

    def assert_times(self, name, expected, *options, delta=1e-6):
        answer = self.answer(name, *options)
        found = self.times(answer)
        self.assertEqual(len(found), len(expected), (name, found, answer['warnings']))
        for one, other in zip(found, expected, strict=True):
            self.assertAlmostEqual(one, other, delta=delta, msg=f'{name}: {found}')
        return answer

    def assert_whole(self, name, *options):
        answer = self.answer(name, *options)
        self.assertNotIn(TRUNCATED, ' '.join(answer['warnings']), name)
        return answer


class WrongStamps(Base):
    """One stamp, or a few, that lie: the others keep their times.

    Stamps are moved by durations of a packet: versions of ffmpeg count in the unit of time of the input or of the output, and
    call another one TB.
    """

    def wrong(self, source, name, expression, *before):
        return self.remux(source, name, *before, '-bsf:v',
                          f"setts=pts='PTS+{expression}':dts=DTS")

    def test_wrong_stamps_are_repaired_alone(self):
        self.shots()
        self.shots('b.mp4', codec=B_FRAMES)
        kinds = {'late': 'if(eq(N,60),750*DURATION,0)', 'five': 'if(between(N,60,64),750*DURATION,0)',
                 'little': 'if(eq(N,60),4*DURATION,0)', 'last': 'if(eq(N,199),750*DURATION,0)',
                 'first': 'if(eq(N,0),750*DURATION,0)'}
        for source in ('nb', 'b'):
            for kind, expression in kinds.items():
                for ending in ('mp4', 'mkv', 'ts'):
                    name = f'{source}_{kind}.{ending}'
                    with self.subTest(name):
                        self.wrong(f'{source}.mp4', name, expression)
                        self.check_repaired(name, said=kind != 'little')

    def check_repaired(self, name, said):
        answer = self.answer(name)
        start, times = answer['source']['start_time_s'], self.times(answer)
        self.assertEqual(len(times), 3)
        for found, right in zip(times, (2, 4, 6), strict=True):
            self.assertAlmostEqual(found - start, right, delta=2e-3, msg=str(times))
        self.assertLess(start, 2)
        warnings = ' '.join(answer['warnings'])
        if said:
            self.assertRegex(warnings, 'time stamps? w(as|ere) wrong')
        self.assertNotIn(TRUNCATED, warnings)
        self.assertFalse(answer['source']['vfr'])
        self.assertEqual(answer['source']['fps'], '25/1')

    def test_early_stamps_are_repaired_alone(self):
        self.shots('b.mp4', codec=B_FRAMES)
        for kind, frames in {'one': 'eq(N,60)', 'last': 'eq(N,199)'}.items():
            name = f'early_{kind}.mp4'
            self.wrong('b.mp4', name, f'if({frames},-750*DURATION,0)', '-output_ts_offset', '40')
            answer = self.assert_times(name, [42, 44, 46])
            self.assertFalse(answer['source']['vfr'])

    def test_threads_and_ranges_give_the_same_answer(self):
        self.shots('long.mp4', frames=160, codec=f'{B_FRAMES} -g 25')
        self.wrong('long.mp4', 'wrong.mp4', 'if(eq(N,60),750*DURATION,0)')
        self.wrong('long.mp4', 'last.mp4', 'if(eq(N,639),750*DURATION,0)')
        for name in ('long.mp4', 'wrong.mp4', 'last.mp4'):
            one = self.answer(name, '--threads', '1')
            self.assertEqual(one, self.answer(name, '--threads', '4'))

    def test_a_jump_for_good_stays(self):
        self.shots()
        for ending in ('mp4', 'mkv', 'flv'):
            later = 'if(gte(N,60),750*DURATION,0)'
            self.remux('nb.mp4', f'jump.{ending}', '-bsf:v',
                       f"setts=pts='PTS+{later}':dts='DTS+{later}'")
            answer = self.assert_times(f'jump.{ending}', [2, 34, 36], delta=1e-3)
            self.assertEqual(answer['source']['fps'], '25/1')
            self.assertFalse(any('stamps' in w for w in answer['warnings']))

    def test_a_clock_that_is_set_anew_goes_on(self):
        self.shots('a.ts')
        both = (self.work / 'a.ts').read_bytes() * 2
        (self.work / 'both.ts').write_bytes(both)
        answer = self.answer('both.ts')
        start = answer['source']['start_time_s']
        for found, right in zip(self.times(answer), (2, 4, 6, 8, 10, 12, 14), strict=True):
            self.assertAlmostEqual(found - start, right, delta=0.1)
        self.assertEqual(len(answer['events']), 7)
        self.assertEqual(answer['source']['fps'], '25/1')


class Rates(Base):
    """One rate, from the gaps between frames."""

    def rate(self, name):
        return self.answer(name)['source']['fps']

    def test_standard_rates_in_every_container(self):
        codecs = {'webm': '-c:v libvpx -deadline realtime -cpu-used 8', 'avi': '-c:v mpeg4'}
        for rate in ('24000/1001', '25', '30000/1001', '60000/1001', '120', '12.5'):
            shown = {'12.5': '25/2'}.get(rate, rate if '/' in rate else f'{rate}/1')
            for ending in ('mp4', 'mkv', 'ts', 'webm', 'avi'):
                with self.subTest(rate=rate, ending=ending):
                    codec = codecs.get(ending, '-c:v libx264 -preset ultrafast').split()
                    self.ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}:d=2', '-r', rate,
                                *codec, f'r.{ending}')
                    self.assertEqual(self.rate(f'r.{ending}'), shown)

    def test_a_long_last_sample_changes_nothing(self):
        self.shots()
        self.remux('nb.mp4', 'long.mp4', '-bsf:v',
                   "setts=duration='if(eq(N,199),1000/TB,DURATION)'")
        answer = self.assert_times('long.mp4', [2, 4, 6])
        self.assertEqual(answer['source']['fps'], '25/1')
        self.assertFalse(answer['source']['vfr'])
        self.shots('ntsc.mp4', rate='60000/1001')
        self.remux('ntsc.mp4', 'ntsc_long.mp4', '-bsf:v',
                   "setts=duration='if(eq(N,199),0.04/TB,DURATION)'")
        self.assertEqual(self.rate('ntsc_long.mp4'), '60000/1001')

    def test_missing_and_late_frames_stand_on_the_grid(self):
        source = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=30:d=10']
        for ending in ('mp4', 'mkv'):
            coded = ('-fps_mode', 'vfr', '-c:v', 'libx264')
            self.ffmpeg(*source, '-vf', r'select=gt(mod(n\,60)\,0)', *coded, f'missing.{ending}')
            answer = self.answer(f'missing.{ending}')
            self.assertEqual((answer['source']['fps'], answer['source']['vfr']), ('30/1', True))
            self.ffmpeg(*source, '-vf', r'setpts=PTS+gte(N\,120)/30/TB', *coded, f'late.{ending}')
            self.assertEqual(self.rate(f'late.{ending}'), '30/1')

    def test_milliseconds_that_were_remuxed(self):
        for rate in ('30000/1001', '30/1', '60000/1001', '24000/1001'):
            self.ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}:d=8', '-c:v', 'libx264',
                        '-preset', 'ultrafast', 'ms.mkv')
            self.remux('ms.mkv', 'fine.mp4')
            self.assertEqual(self.rate('fine.mp4'), rate)

    def test_wandering_gaps_have_no_grid(self):
        self.shots()
        stamp = 'N*512+floor(mod(N*7919\\,400))'
        self.remux('nb.mp4', 'phone.mp4', '-bsf:v', f"setts=pts='{stamp}':dts='{stamp}'")
        answer = self.answer('phone.mp4')
        self.assertTrue(answer['source']['vfr'])
        self.assertIsNone(answer['source']['fps_observed'])


class PlayerTime(Base):
    """Where people count from: the earliest start of picture or sound."""

    def late(self, name, *codecs):
        self.ffmpeg('-itsoffset', '2', '-i', 'nb.mp4', '-f', 'lavfi', '-i', 'sine=d=10',
                    '-map', '0', '-map', '1', *(codecs or ('-c:v', 'copy', '-c:a', 'aac')), name)

    def test_sound_that_starts_first(self):
        self.shots()
        for name in ('late.mp4', 'late.mkv', 'late.ts', 'late.flv'):
            with self.subTest(name):
                self.late(name)
                answer = self.assert_whole(name)
                player = answer['source']['player_start_s']
                for found, right in zip(self.times(answer), (4, 6, 8), strict=True):
                    self.assertAlmostEqual(found - player, right, delta=0.05)

    def test_ranges_count_as_players_do(self):
        self.shots()
        self.late('late.mp4')
        self.assert_times('late.mp4', [6], '--start', '5', '--end', '7')
        self.assert_times('late.mp4', [4], '--start', '0', '--end', '5')
        self.run_reelbatch('cuts', 'late.mp4', '--start', '9', '-q')
        self.run_reelbatch('cuts', 'late.mp4', '--start', '11', '-q', expect=1)

    def test_priming_of_codecs_is_not_player_time(self):
        self.shots()
        for codec in ('aac', 'libopus'):
            for ending in ('mp4', 'mkv'):
                self.ffmpeg('-i', 'nb.mp4', '-f', 'lavfi', '-i', 'sine=d=8', '-map', '0',
                            '-map', '1', '-c:v', 'copy', '-c:a', codec, f'p.{ending}')
                source = self.answer(f'p.{ending}')['source']
                self.assertGreaterEqual(source['player_start_s'], 0)
                self.assertLessEqual(source['player_start_s'], source['start_time_s'])


class Timecode(Base):
    def timecode(self, name):
        return self.answer(name)['source']['timecode']

    def test_containers_and_codecs_that_carry_one(self):
        self.shots('ntsc.mp4', rate='30000/1001')
        for name, codec in {'t.mov': 'copy', 't.mp4': 'copy', 't.mkv': 'copy',
                            't.mxf': 'mpeg2video', 't.mpg': 'mpeg2video',
                            't.ts': 'mpeg2video', 't.avi': 'mpeg4'}.items():
            for text, drop in (('01:00:00:00', False), ('10:20:30;12', True)):
                with self.subTest(name=name, text=text):
                    self.ffmpeg('-i', 'ntsc.mp4', '-c:v', codec, '-timecode', text, name)
                    found = self.timecode(name)
                    self.assertEqual((found['text'], found['drop_frame']), (text, drop))

    def test_none(self):
        self.shots()
        self.ffmpeg('-i', 'nb.mp4', '-c:v', 'mpeg2video', 'plain.mpg')
        self.assertIsNone(self.timecode('nb.mp4'))
        # Encoders write 00:00:00:00 where they know none.
        self.assertIsNone(self.timecode('plain.mpg'))


class SoundFiles(Base):
    """Whole files that headers make look cut off."""

    def with_sound(self, name, *arguments, seconds=18):
        self.ffmpeg('-i', 'nb.mp4', '-f', 'lavfi', '-i', f'sine=d={seconds}',
                    '-map', '0', '-map', '1', *arguments, name)

    def test_null_frames_of_avi(self):
        self.shots()
        for first, last in ((60, 67), (180, 196), (10, 30)):
            self.ffmpeg('-i', 'nb.mp4', '-vf', fr'select=not(between(n\,{first}\,{last}))',
                        '-fps_mode', 'vfr', '-c:v', 'mpeg4', 'null.avi')
            self.assert_whole('null.avi')

    def test_video_that_starts_late(self):
        self.shots()
        self.ffmpeg('-itsoffset', '2', '-i', 'nb.mp4', '-c', 'copy', 'late.mkv')
        source = self.assert_whole('late.mkv')['source']
        self.assertAlmostEqual(source['duration_s'], 8, delta=0.05)

    def test_longer_sound(self):
        self.shots()
        copied = ('-c:v', 'copy', '-c:a', 'aac')
        for name, arguments in {'l.mkv': copied, 'l.flv': copied, 'l.mp4': copied, 'l.ts': copied,
                                'l.webm': (*VP8, '-c:a', 'libopus'),
                                'l.mpg': ('-c:v', 'mpeg2video', '-c:a', 'mp2'),
                                'l.wmv': ('-c:v', 'wmv2', '-c:a', 'wmav2'),
                                'l.avi': ('-c:v', 'mpeg4', '-c:a', 'mp3')}.items():
            with self.subTest(name):
                self.with_sound(name, *arguments)
                self.assert_whole(name)
                if name in ('l.mkv', 'l.webm'):
                    bare = f'bare_{name}'
                    self.remux(name, bare, '-fflags', '+bitexact', '-map_metadata', '-1')
                    data = (self.work / bare).read_bytes().replace(b'DURATION', b'DURATIOM')
                    (self.work / bare).write_bytes(data)
                    self.assert_whole(bare)
                    self.remux(name, f'live_{name}', '-live', '1')
                    self.assert_whole(f'live_{name}')

    def test_clocks_far_from_zero(self):
        self.shots()
        for ending in ('mkv', 'mp4', 'flv', 'ts'):
            offset = 90000 if ending == 'ts' else 100000
            self.remux('nb.mp4', f'far.{ending}', '-output_ts_offset', str(offset))
            answer = self.assert_whole(f'far.{ending}')
            self.assertAlmostEqual(answer['source']['duration_s'], 8, delta=0.1)
            self.assertEqual(answer['source']['fps'], '25/1')

    def wild(self, source, name, boxes, seconds=5653):
        data = bytearray((self.work / source).read_bytes())
        for box in boxes:
            at = data.find(box) + 8  # behind the name and the version
            rate = 1000 if box == b'tkhd' else struct.unpack_from('>I', data, at + 8)[0]
            length = at + (16 if box == b'tkhd' else 12)
            struct.pack_into('>I', data, length, min(seconds * rate, 0xffffffff))
        (self.work / name).write_bytes(data)

    def test_a_wild_header_of_a_fragmented_file(self):
        for seconds, frames in ((0.3, 8), (8, 200)):
            self.ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s=160x90:r=25:d={seconds}',
                        '-c:v', 'libx264', '-g', '25',
                        '-movflags', 'frag_keyframe+empty_moov', 'frag.mp4')
            for boxes in ([b'mvhd'], [b'mdhd'], [b'mvhd', b'mdhd', b'tkhd']):
                self.wild('frag.mp4', 'wild.mp4', boxes)
                answer = self.assert_whole('wild.mp4')
                self.assertEqual(answer['source']['frames_decoded'], frames)
                self.assertLess(answer['source']['duration_s'], 3 * seconds + 1)
                plan = self.run_reelbatch('plan', 'wild.mp4', '--json').json()
                self.assertLess(plan['expected_s'], 10)


class CutOffFiles(Base):
    def test_they_are_still_called_truncated(self):
        self.shots('nb.mp4', extra='-movflags faststart')
        self.ffmpeg('-i', 'nb.mp4', '-c:v', 'mpeg4', 'a.avi')
        self.ffmpeg('-i', 'nb.mp4', *VP8, 'a.webm')
        for name in ('a.mkv', 'a.ts', 'a.flv'):
            self.remux('nb.mp4', name)
        self.remux('nb.mp4', 'frag.mp4', '-movflags', 'frag_keyframe+empty_moov')
        self.ffmpeg('-i', 'nb.mp4', '-f', 'lavfi', '-i', 'sine=d=18', '-c:v', 'copy', '-c:a', 'mp3',
                    'sound.avi')
        for name in ('nb.mp4', 'a.avi', 'sound.avi', 'a.webm', 'a.mkv', 'a.ts', 'a.flv',
                     'frag.mp4'):
            data = (self.work / name).read_bytes()
            self.assert_whole(name)
            for share in (0.3, 0.5, 0.83) if name != 'sound.avi' else (0.2, 0.3):
                with self.subTest(name=name, share=share):
                    end = int(len(data) * share)
                    end += name.endswith('.ts') and end % 188 == 0
                    (self.work / f'cut_{name}').write_bytes(data[:end])
                    warnings = self.answer(f'cut_{name}')['warnings']
                    self.assertTrue([w for w in warnings if TRUNCATED in w], warnings)

    def test_the_last_frames_are_missed(self):
        """Less is missing than a stream's length can tell: the container's own parts tell it."""
        self.shots('nb.mp4', extra='-movflags faststart')
        self.remux('nb.mp4', 'a.mkv')
        self.ffmpeg('-i', 'nb.mp4', '-c:v', 'mpeg4', 'a.avi')
        self.remux('nb.mp4', 'frag.mp4', '-movflags', 'frag_keyframe+empty_moov')
        for name in ('nb.mp4', 'a.mkv', 'a.avi', 'frag.mp4'):
            with self.subTest(name=name):
                data = (self.work / name).read_bytes()
                (self.work / f'cut_{name}').write_bytes(data[:-len(data) // 200])
                warnings = self.answer(f'cut_{name}')['warnings']
                self.assertTrue([w for w in warnings if TRUNCATED in w], warnings)

    def test_what_follows_a_whole_file_is_no_damage(self):
        self.shots('nb.mp4', extra='-movflags faststart')
        self.remux('nb.mp4', 'a.mkv')
        self.ffmpeg('-i', 'nb.mp4', '-c:v', 'mpeg4', 'a.avi')
        for name in ('nb.mp4', 'a.mkv', 'a.avi'):
            for tail in (bytes(512), b'\x7f\xff\xff\xffjunk' * 40, b'junk' * 200):
                with self.subTest(name=name, tail=tail[:8]):
                    whole = (self.work / name).read_bytes()
                    (self.work / f'more_{name}').write_bytes(whole + tail)
                    self.assert_whole(f'more_{name}')


if __name__ == '__main__':
    unittest.main()
