"""What --split, --split-copy and --images write is what the source holds: depth, colours, fields, tracks; and no folder is mixed."""
import json
import subprocess
import unittest

import harness
import recipes

# Two shots of 25 frames; frame 25 is the first of the second.
TWO = ('-f lavfi -i testsrc2=s={size}:r={rate} -f lavfi -i mandelbrot=s={size}:r={rate}:start_scale=2 '
       '-filter_complex [0]trim=end_frame=25,setsar=1[a];[1]trim=end_frame=25,setsar=1[b];[a][b]concat=n=2:v=1,{filters}[v] -map [v] ')
X264 = '-c:v libx264 -preset veryfast -threads 1 '
HDR10 = ('-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv -x264-params '
         'mastering-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):cll=1000,400 ')
HLG = '-color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -color_range tv '


def probe(path, *entries):
    done = subprocess.run(['ffprobe', '-v', 'error', '-count_frames', '-of', 'json', *entries, str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == '', done.stderr
    return json.loads(done.stdout)


def streams(path):
    return probe(path, '-show_streams')['streams']


def frames(path):
    return probe(path, '-select_streams', 'v:0', '-show_frames')['frames']


def pixel(path, x, y):
    """R, G, B of one pixel of a picture."""
    done = subprocess.run(['ffmpeg', '-v', 'error', '-i', str(path), '-vf', f'crop=1:1:{x}:{y}:exact=1,format=rgb24', '-f', 'rawvideo', '-'],
                          capture_output=True, check=True)
    return tuple(done.stdout[:3])


class Base(harness.TestCase):

    def two(self, name, size='160x96', rate='25', filters='format=yuv420p', codec=X264, extra=''):
        harness.ffmpeg([*TWO.format(size=size, rate=rate, filters=filters).split(), *f'{codec} {extra}'.split(), name], self.work)
        return self.work / name

    def pieces(self, name, option='--split', count=2, more=(), folder='pieces'):
        self.done = self.run_reelbatch('cuts', name, option, folder, *more)
        found = sorted((self.work / folder).iterdir())
        self.assertEqual(len(found), count, self.done)
        for piece in found:
            check = subprocess.run(['ffmpeg', '-v', 'error', '-i', str(piece), '-f', 'null', '-'], capture_output=True, text=True, check=True)
            self.assertEqual(check.stderr, '', piece)
        return found


class Colours(Base):

    def expect_stream(self, piece, **words):
        video = streams(piece)[0]
        self.assertEqual({key: video.get(key) for key in words}, words, piece)
        self.assertEqual(video['nb_read_frames'], '25')
        return video

    def test_hdr10_keeps_bits_tags_and_light(self):
        self.two('h264.mp4', filters='format=yuv420p10le', extra=HDR10)
        self.two('hevc.mp4', filters='format=yuv420p10le', codec='-c:v libx265 -preset ultrafast ',
                 extra=HDR10.replace('x264-params mastering', 'x265-params log-level=none:mastering')
                 .replace('mastering-display', 'master-display').replace(':cll', ':max-cll'))
        for piece in self.pieces('h264.mp4', folder='h264') + self.pieces('hevc.mp4'):
            video = self.expect_stream(piece, pix_fmt='yuv420p10le', color_range='tv', color_primaries='bt2020', color_transfer='smpte2084',
                                       color_space='bt2020nc')
            if 'h264' in piece.name:
                continue  # FFmpeg 5.1 does not read these messages of H.264
            kinds = {data['side_data_type']: data for data in video['side_data_list']}
            self.assertEqual(kinds['Content light level metadata']['max_content'], 1000)
            self.assertEqual(kinds['Mastering display metadata']['max_luminance'], '10000000/10000')
            self.assertEqual(kinds['Mastering display metadata']['red_x'], '34000/50000')

    def test_hlg_in_matroska_from_hevc(self):
        self.two('hlg.mkv', filters='format=yuv420p10le', codec='-c:v libx265 -preset ultrafast -x265-params log-level=none ', extra=HLG)
        for option in (), ('--split-format', 'mkv'):
            for piece in self.pieces('hlg.mkv', more=option, folder='p' + ''.join(option)):
                self.expect_stream(piece, pix_fmt='yuv420p10le', color_primaries='bt2020', color_transfer='arib-std-b67', color_space='bt2020nc')

    def test_depths_and_layouts(self):
        cases = {'yuv422p10le': ('prores_ks', 'mov', 'yuv422p10le'), 'yuv444p12le': ('ffv1', 'mkv', 'yuv444p10le'),
                 'yuv422p': ('ffv1', 'mkv', 'yuv422p'), 'gray10le': ('ffv1', 'mkv', 'yuv420p10le'), 'gbrp': ('ffv1', 'mkv', 'yuv444p'),
                 'yuv411p': ('ffv1', 'mkv', 'yuv422p'), 'yuv420p16le': ('ffv1', 'mkv', 'yuv420p10le')}
        for source, (codec, container, piece_format) in cases.items():
            with self.subTest(source):
                name = f'{source}.{container}'
                self.two(name, filters=f'format={source}', codec=f'-c:v {codec}')
                for piece in self.pieces(name, folder=source):
                    self.expect_stream(piece, pix_fmt=piece_format)
        self.assertIn('10 bits per sample instead of 16', self.done.err)

    def test_samples_are_those_of_the_source(self):
        """The second shot, compared plane by plane: a shifted depth, range or matrix would cost far more than the encoder does."""
        for source, extra in (('yuv420p', ''), ('yuv420p10le', HDR10), ('yuvj420p', ''), ('yuv422p10le', '')):
            with self.subTest(source):
                self.two(f'{source}.mp4', filters=f'format={source}', extra='-crf 1 ' + extra)
                piece = self.pieces(f'{source}.mp4', folder=source)[1]
                psnr = subprocess.run(['ffmpeg', '-v', 'info', '-i', str(piece), '-i', f'{source}.mp4', '-lavfi',
                                       '[1:v]trim=start_frame=25,setpts=PTS-STARTPTS[a];[0:v]setpts=PTS-STARTPTS[b];[b][a]psnr', '-f', 'null', '-'],
                                      capture_output=True, text=True, check=True, cwd=self.work).stderr
                self.assertGreater(float(psnr.split('min:')[1].split()[0]), 33, psnr[-300:])

    def test_full_range_untagged_and_chroma_place(self):
        self.two('full.mp4', filters='scale=out_range=full,format=yuv420p', extra='-color_range pc')
        self.expect_stream(self.pieces('full.mp4')[0], pix_fmt='yuvj420p', color_range='pc')
        self.two('plain.mp4')
        piece = self.pieces('plain.mp4', folder='plain')[0]
        self.assertEqual(streams(piece)[0].get('color_space'), streams(self.work / 'plain.mp4')[0].get('color_space'))
        self.two('top.mp4', extra='-chroma_sample_location topleft')
        self.expect_stream(self.pieces('top.mp4', folder='top')[0], chroma_location='topleft')

    def test_alpha_is_named(self):
        self.two('alpha.mov', filters='format=yuva444p10le', codec='-c:v prores_ks -pix_fmt yuva444p10le')
        self.pieces('alpha.mov')
        self.assertRegex(self.done.err, 'alpha.mov: .*alpha')

    def test_interlaced_stays_interlaced(self):
        for order, top, word in (('tff', 1, 'tt'), ('bff', 0, 'bb')):
            for source in ('mp4', 'ts', 'mpg'):
                with self.subTest(order=order, source=source):
                    codec = '-c:v mpeg2video -b:v 2M' if source == 'mpg' else X264 + f'-x264-params {order}=1'
                    self.two(f'{order}.{source}', rate='50', filters=f'interlace=scan={order},format=yuv420p', codec=codec,
                             extra=f'-flags +ildct+ilme {"-top " + str(top) if source == "mpg" else ""}')
                    self.done = self.run_reelbatch('cuts', f'{order}.{source}', '--split', f'{order}.{source}.d')
                    piece = sorted((self.work / f'{order}.{source}.d').iterdir())[0]
                    self.assertEqual(streams(piece)[0].get('field_order'), word)
                    self.assertEqual({(f['interlaced_frame'], f['top_field_first']) for f in frames(piece)}, {(1, top)})

    def test_aspect_and_rotation_stay(self):
        self.two('flat.mp4', filters='format=yuv420p10le,setsar=16/11', extra=HLG)
        recipes.turn_clockwise(self.work, 'flat.mp4', 'turned.mp4')
        video = streams(self.pieces('turned.mp4')[0])[0]
        self.assertEqual(video['sample_aspect_ratio'], '16:11')
        self.assertEqual(abs(video['side_data_list'][-1]['rotation']), 90)


class Stills(Base):

    # R, G, B of pictures whose left half is red and right half white.
    def bars(self, name, filters, extra, codec=X264):
        harness.ffmpeg([*('-f lavfi -i color=red:s=80x96:r=25 -f lavfi -i color=white:s=80x96:r=25 -filter_complex '
                          f'[0][1]hstack,{filters},trim=end_frame=10[v] -map [v] {codec} -crf 4 {extra}').split(), name], self.work)

    def still(self, name, kind='png', expect=''):
        done = self.run_reelbatch('cuts', name, '--images', name + kind, '--image-format', kind, '--image-count', '1')
        if expect:
            self.assertRegex(done.err, expect)
        else:
            self.assertNotIn('its pictures', done.err)
        return self.one(f'{name}{kind}/*')

    def near(self, found, wanted, within=8):
        self.assertLessEqual(max(abs(a - b) for a, b in zip(found, wanted, strict=True)), within, (found, wanted))

    def test_sdr_of_every_depth_and_matrix(self):
        bt2020 = 'scale=out_color_matrix=bt2020,format=yuv420p10le'
        cases = (('a', 'scale=out_color_matrix=bt709,format=yuv420p10le', '-colorspace bt709'),
                 ('b', 'scale=out_color_matrix=smpte170m,format=yuv422p', '-colorspace smpte170m'),
                 ('c', 'scale=out_color_matrix=bt709:out_range=full,format=yuv444p', '-colorspace bt709 -color_range pc'),
                 ('d', bt2020, '-colorspace bt2020nc'))
        for name, filters, extra in cases:
            for kind in ('png', 'jpg'):
                with self.subTest(filters=filters, kind=kind):
                    if kind == 'png':
                        self.bars(name + '.mp4', filters, extra)
                    picture = self.still(name + '.mp4', kind)
                    self.near(pixel(picture, 40, 40), (254, 0, 0))
                    self.near(pixel(picture, 120, 40), (255, 255, 255))

    def test_a_wide_gamut_becomes_srgb(self):
        # The red of BT.709 in BT.2020's primaries is (.6274, .0691, .0164) of light: codes 208, 74, 35 of 255.
        self.bars('w.mp4', 'lutrgb=r=if(gt(val\\,250)*gt(val\\,0)\\,val\\,val),format=gbrp,geq=r=if(lt(X\\,80)\\,208\\,255):'
                           'g=if(lt(X\\,80)\\,74\\,255):b=if(lt(X\\,80)\\,35\\,255),scale=out_color_matrix=bt2020,format=yuv420p10le',
                  '-colorspace bt2020nc -color_primaries bt2020 -color_trc bt2020-10')
        picture = self.still('w.mp4', expect='wide gamut')
        self.near(pixel(picture, 40, 40), (255, 0, 0), 12)
        self.near(pixel(picture, 120, 40), (255, 255, 255))

    def test_hdr_is_tone_mapped_and_said_once(self):
        # PQ of 203 cd/m2 (code .58) as white, and the red of BT.709 at that light.
        white = int(round(.5807 * 255))
        red = [int(round(255 * code)) for code in (.5346, .3255, .2074)]
        geq = ':'.join(f'{c}=if(lt(X\\,80)\\,{value}\\,{white})' for c, value in zip('rgb', red))
        for name, transfer in (('pq', 'smpte2084'),):
            self.bars(f'{name}.mp4', f'format=gbrp,geq={geq},scale=out_color_matrix=bt2020,format=yuv420p10le',
                      f'-colorspace bt2020nc -color_primaries bt2020 -color_trc {transfer} -color_range tv')
            for kind in ('png', 'jpg'):
                picture = self.still(f'{name}.mp4', kind, expect='tone-mapped')
                r, g, b = pixel(picture, 40, 40)
                self.assertGreater(r, 190)
                self.assertLess(max(g, b), 45, 'red stays red')
                self.near(pixel(picture, 120, 40), (229, 229, 229), 6)
        done = self.run_reelbatch('cuts', 'pq.mp4', '--images', 'again', '--image-count', '9')
        self.assertEqual(done.err.count('tone-mapped'), 1)

    def test_hlg(self):
        self.bars('hlg.mp4', 'format=gbrp,geq=r=if(lt(X\\,80)\\,128\\,191):g=if(lt(X\\,80)\\,128\\,191):b=if(lt(X\\,80)\\,128\\,191),'
                             'scale=out_color_matrix=bt2020,format=yuv420p10le', HLG)
        picture = self.still('hlg.mp4', expect='HLG.*tone-mapped')
        # 75 % is reference white (203 cd/m2), 50 % is 51 cd/m2.
        self.near(pixel(picture, 120, 40), (229, 229, 229), 6)
        self.near(pixel(picture, 40, 40), (137, 137, 137), 6)


class Tracks(Base):

    SRT = '1\n00:00:00,200 --> 00:00:00,600\nfirst\n\n2\n00:00:00,800 --> 00:00:01,400\nover the cut\n\n3\n00:00:01,500 --> 00:00:01,800\nlast\n'

    def rich(self, name, subtitles='srt', more=()):
        """Two languages of sound (440 and 880 Hz), two of subtitles."""
        self.two('video.mp4')
        (self.work / 'a.srt').write_text(self.SRT)
        harness.ffmpeg(['-i', 'video.mp4', '-f', 'lavfi', '-i', 'sine=440:d=2', '-f', 'lavfi', '-i', 'sine=880:d=2', '-i', 'a.srt', '-i', 'a.srt',
                        '-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3', '-map', '4', '-c:v', 'copy', '-c:a', 'aac', '-c:s', subtitles,
                        '-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', '-metadata:s:a:1', 'title=Kommentar',
                        '-metadata:s:s:0', 'language=eng', '-metadata:s:s:1', 'language=fra', '-disposition:a:0', 'default',
                        '-disposition:a:1', '0', *more, name], self.work)
        return self.work / name

    def cues(self, piece, track):
        """[start, end, text] of one subtitle track, ms from the first picture."""
        zero = float(frames(piece)[0]['pts_time'])
        done = subprocess.run(['ffmpeg', '-v', 'error', '-i', str(piece), '-map', f'0:s:{track}', '-f', 'srt', '-'], capture_output=True,
                              text=True, check=True)
        texts = [block.split('\n', 2)[2] for block in done.stdout.strip().split('\n\n')]
        packets = [p for p in probe(piece, '-select_streams', f's:{track}', '-show_packets')['packets'] if int(p['size']) > 2]
        times = [(float(p['pts_time']) - zero, float(p['pts_time']) - zero + float(p['duration_time'])) for p in packets]
        return [[round(1000 * start), round(1000 * end), text] for (start, end), text in zip(times, texts, strict=True)]

    def expect_rich(self, piece, subtitles, first):
        found = streams(piece)
        self.assertEqual([s['codec_type'] for s in found], ['video', 'audio', 'audio', 'subtitle', 'subtitle'])
        self.assertEqual([s.get('tags', {}).get('language') for s in found[1:]], ['eng', 'deu', 'eng', 'fra'])
        self.assertEqual([s['codec_name'] for s in found[3:]], [subtitles] * 2)
        self.assertEqual([s['disposition']['default'] for s in found[1:3]], [1, 0])
        self.assertEqual(found[2]['tags'].get('title') or found[2]['tags'].get('name') or found[2]['tags'].get('handler_name'), 'Kommentar')
        wanted = [[200, 600, 'first'], [800, 1000, 'over the cut']] if first else [[0, 400, 'over the cut'], [500, 800, 'last']]
        for track in (0, 1):
            self.assertEqual(self.cues(piece, track), wanted, piece)
        self.assertEqual(self.pitches(piece), [440, 880])

    def pitches(self, piece):
        """Of every sound track, Hz, by counting where it rises through zero."""
        found = []
        for track in (0, 1):
            raw = subprocess.run(['ffmpeg', '-v', 'error', '-i', str(piece), '-map', f'0:a:{track}', '-ac', '1', '-ar', '8000', '-f', 's16le', '-'],
                                 capture_output=True, check=True).stdout
            samples = memoryview(raw[: len(raw) // 2 * 2]).cast('h').tolist()[1000:7000]
            rises = sum(a < 0 <= b for a, b in zip(samples, samples[1:]))
            found.append(round(rises / (len(samples) / 8000) / 440) * 440)
        return found

    def test_every_track_is_kept_with_its_language(self):
        self.rich('rich.mkv')
        self.rich('rich.mp4', 'mov_text', ('-metadata:s:a:1', 'handler_name=Kommentar'))
        cases = ((('rich.mkv', '--split', ()), 'mov_text'), (('rich.mkv', '--split', ('--split-format', 'mkv')), 'subrip'),
                 (('rich.mp4', '--split', ()), 'mov_text'), (('rich.mp4', '--split', ('--split-format', 'mkv')), 'subrip'),
                 (('rich.mkv', '--split-copy', ()), 'subrip'), (('rich.mp4', '--split-copy', ()), 'mov_text'))
        for i, ((name, option, more), subtitles) in enumerate(cases):
            with self.subTest(name=name, option=option, more=more):
                pieces = self.pieces(name, option, more=more, folder=f'd{i}')
                self.expect_rich(pieces[0], subtitles, True)
                self.expect_rich(pieces[1], subtitles, False)
                self.assertNotIn('do not contain', self.done.err)

    def test_what_does_not_fit_is_named_once_with_the_remedy(self):
        self.rich('rich.mkv', 'ass')
        self.pieces('rich.mkv')
        self.assertEqual(self.done.err.count('subtitle track 3 (ass, eng)'), 1)
        self.assertIn('--split-format mkv', self.done.err)
        self.pieces('rich.mkv', more=('--split-format', 'mkv'), folder='kept')
        self.assertNotIn('styles', self.done.err)

    def pgs(self, name):
        """Three display sets of PGS, which only Blu-rays and Matroska hold: a canvas and no object."""
        def segment(ms, kind, body):
            return b'PG' + (90 * ms).to_bytes(4, 'big') + bytes(4) + bytes([kind]) + len(body).to_bytes(2, 'big') + body
        canvas = (160).to_bytes(2, 'big') + (96).to_bytes(2, 'big') + bytes([0x10, 0, 0, 0x80, 0, 0, 0])
        (self.work / name).write_bytes(b''.join(segment(ms, 0x16, canvas) + segment(ms, 0x80, b'') for ms in (0, 300, 1300)))

    def test_what_mp4_cannot_hold_is_named_and_matroska_keeps_it(self):
        self.two('video.mp4')
        self.pgs('a.sup')
        harness.ffmpeg(['-i', 'video.mp4', '-i', 'a.sup', '-map', '0', '-map', '1', '-c', 'copy', '-metadata:s:s:0', 'language=jpn', 'pgs.mkv'],
                       self.work)
        pieces = self.pieces('pgs.mkv')
        self.assertRegex(self.done.err, r'pgs.mkv: .*subtitle track 1 \(hdmv_pgs_subtitle, jpn\).*--split-format mkv')
        self.assertEqual([s['codec_type'] for s in streams(pieces[0])], ['video'])
        for i, option in enumerate((('--split', '--split-format', 'mkv'), ('--split-copy',))):
            for piece, at in zip(self.pieces('pgs.mkv', option[0], more=option[1:], folder=f'k{i}'), ([0, 0.3], [0.3]), strict=True):
                self.assertNotIn('do not contain', self.done.err)
                found = streams(piece)
                self.assertEqual((found[1]['codec_name'], found[1]['tags']['language']), ('hdmv_pgs_subtitle', 'jpn'))
                packets = probe(piece, '-select_streams', 's:0', '-show_packets')['packets']
                zero = float(frames(piece)[0]['pts_time'])
                self.assertEqual([round(float(p['pts_time']) - zero, 2) for p in packets], at)

    def test_channels_without_places_are_mixed_and_it_is_said(self):
        self.two('video.mp4')
        (self.work / 'seven.raw').write_bytes(bytes(2 * 7 * 48000 * 2))
        harness.ffmpeg(['-i', 'video.mp4', '-f', 's16le', '-ar', '48000', '-ac', '7', '-i', 'seven.raw', '-map', '0', '-map', '1', '-c:v', 'copy',
                        '-c:a', 'pcm_s16le', 'seven.mkv'], self.work)
        self.assertEqual(streams(self.pieces('seven.mkv')[0])[1]['channels'], 2)
        self.assertRegex(self.done.err, 'seven.mkv: .*sound track 1 .*from 7 channels to stereo')
        self.assertEqual(streams(self.pieces('seven.mkv', '--split-copy', folder='copy')[0])[1]['channels'], 7)

    def test_a_second_video_is_named(self):
        self.two('a.mp4')
        harness.ffmpeg(['-i', 'a.mp4', '-i', 'a.mp4', '-map', '0', '-map', '1', '-c', 'copy', 'both.mp4'], self.work)
        for option in ('--split', '--split-copy'):
            self.pieces('both.mp4', option, folder=option[2:])
            self.assertRegex(self.done.err, r'both.mp4: .*video track 1 \(h264\).*--stream 1')

    def test_a_timecode_track_is_named_only_with_v(self):
        self.two('tc.mov', extra='-timecode 01:00:00:00')
        self.pieces('tc.mov')
        self.assertNotIn('data track', self.done.err)
        self.pieces('tc.mov', more=('-v',), folder='v')
        self.assertIn('data track', self.done.err)


class Words(Base):
    """What a container says of itself."""

    def test_timecode_and_title(self):
        recipes.shots(self.work, 'nb.mp4', extra='-g 25')
        for name in ('t.mov', 't.mp4', 't.mkv'):
            recipes.remux(self.work, 'nb.mp4', name, '-timecode', '01:00:00:00',
                          '-metadata', 'title=Hello')
            for option in ('split', 'split-copy'):
                with self.subTest(name=name, option=option):
                    folder = f'{name}-{option}'
                    self.run_reelbatch('cuts', name, f'--{option}', folder)
                    told = [self.words(piece) for piece in sorted((self.work / folder).iterdir())]
                    self.assertEqual(told, [('Hello', f'01:00:{2 * k:02}:00') for k in range(4)])

    def words(self, piece):
        done = subprocess.run(['ffprobe', '-v', 'error', '-show_entries',
                               'format_tags=title,timecode:stream_tags=timecode', '-of', 'json',
                               str(piece)], capture_output=True, text=True, check=True)
        told = json.loads(done.stdout)
        tags = {key.lower(): value for key, value in told['format'].get('tags', {}).items()}
        codes = [tags.get('timecode')] + [stream.get('tags', {}).get('timecode')
                                          for stream in told['streams']]
        return tags.get('title'), next((code for code in codes if code), None)


class Copies(Base):
    """`cat a b`: the clock of the second file begins anew."""

    KEYS = {'ts': X264 + '-g 10 -bf 2', 'mpg': '-c:v mpeg2video -b:v 2M -g 10 -bf 2'}

    def half(self, name, sources, pitch, codec, size='160x96'):
        harness.ffmpeg([*(f'-f lavfi -i {sources[0]}=s={size}:r=25 -f lavfi -i {sources[1]}=s={size}:r=25 -f lavfi -i sine={pitch}:r=48000 '
                          '-filter_complex [0]trim=end_frame=30,setsar=1[a];[1]trim=end_frame=30,setsar=1[b];[a][b]concat=n=2:v=1,'
                          f'format=yuv420p[v] -map [v] -map 2:a -t 2.4 {codec} -c:a mp2 -b:a 128k').split(), name], self.work)
        return (self.work / name).read_bytes()

    def joined(self, extension, name, size='160x96'):
        a = self.half('a.' + extension, ('testsrc2', 'mandelbrot'), 440, self.KEYS[extension])
        b = self.half('b.' + extension, ('smptehdbars', 'rgbtestsrc'), 880, self.KEYS[extension], size)
        (self.work / name).write_bytes(a + b)

    def pitch(self, piece):
        raw = subprocess.run(['ffmpeg', '-v', 'quiet', '-i', str(piece), '-map', '0:a', '-ac', '1', '-ar', '8000', '-f', 's16le', '-'],
                             capture_output=True, check=True).stdout
        samples = memoryview(raw[: len(raw) // 2 * 2]).cast('h').tolist()[800:6800]
        return round(sum(a < 0 <= b for a, b in zip(samples, samples[1:])) / (len(samples) / 8000) / 440) * 440

    def expect(self, pieces, sizes=((160, 96),) * 4, more=0):
        """`more`: frames of the next shot that a copy may need at its end."""
        for piece, pitch, size in zip(pieces, (440, 440, 880, 880), sizes, strict=True):
            found = streams(piece)
            self.assertEqual((found[0]['width'], found[0]['height']), size)
            self.assertIn(int(found[0]['nb_read_frames']), range(30, 31 + more))
            self.assertIn(f'  {found[0]["nb_read_frames"]}  ', [line for line in self.done.out.splitlines() if piece.name in line][0])
            self.assertEqual(frames(piece)[0]['key_frame'], 1)
            self.assertEqual(self.pitch(piece), pitch)
            self.assertAlmostEqual(float(found[1]['duration'] if 'duration' in found[1] else 1.2), 1.2, delta=0.06)

    def test_transport_streams(self):
        self.joined('ts', 'ab.ts')
        for i, option in enumerate((('--split-copy',), ('--split-copy', '--split-format', 'mkv'), ('--split-copy', '--split-format', 'mp4'),
                                    ('--split',))):
            with self.subTest(option):
                self.expect(self.pieces('ab.ts', option[0], 4, option[1:], f'd{i}'))

    def test_the_size_changes_with_the_clock(self):
        self.joined('ts', 'ab.ts', '320x176')
        sizes = ((160, 96),) * 2 + ((320, 176),) * 2
        for i, option in enumerate((('--split-copy',), ('--split-copy', '--split-format', 'mkv'), ('--split-copy', '--split-format', 'mp4'),
                                    ('--split',))):
            with self.subTest(option):
                self.expect(self.pieces('ab.ts', option[0], 4, option[1:], f'd{i}'), sizes)

    def test_program_streams(self):
        self.joined('mpg', 'ab.mpg')
        for option in ('--split-copy', '--split'):
            with self.subTest(option):
                self.expect(self.pieces('ab.mpg', option, 4, folder=option[2:]), more=1 if option == '--split-copy' else 0)

    def test_one_stamp_far_too_late(self):
        self.two('nb.mp4', codec=X264 + '-bf 0 -g 12')
        harness.ffmpeg(['-i', 'nb.mp4', '-c', 'copy', '-bsf:v', 'setts=pts=PTS+if(eq(N\\,30)\\,750*DURATION\\,0):dts=DTS', 'late.mp4'], self.work)
        pieces = self.pieces('late.mp4', '--split-copy')
        self.assertEqual([int(streams(piece)[0]['nb_read_frames']) for piece in pieces], [25, 25])
        self.assertLess(float(streams(pieces[1])[0]['duration']), 1.1)

    def test_a_clock_from_100000_s(self):
        self.two('nb.mp4', codec=X264 + '-g 12')
        harness.ffmpeg(['-i', 'nb.mp4', '-c', 'copy', '-output_ts_offset', '100000', 'off.mkv'], self.work)
        for option in ('--split-copy', '--split'):
            pieces = self.pieces('off.mkv', option, folder=option[2:])
            self.assertEqual([int(streams(piece)[0]['nb_read_frames']) for piece in pieces], [25, 25])
            self.assertLess(float(frames(pieces[1])[0]['pts_time']), 0.2)


class Folders(Base):

    def setUp(self):
        super().setUp()
        self.take('clip.mp4')

    def test_a_second_call_is_refused_before_anything_is_decoded(self):
        for option in ('--split', '--split-copy', '--images'):
            with self.subTest(option):
                folder = 'd' + option[2:]
                self.run_reelbatch('cuts', 'clip.mp4', option, folder)
                before = harness.tree(self.work / folder)
                done = self.run_reelbatch('cuts', 'clip.mp4', option, folder, expect=2)
                self.assertRegex(done.err, rf'{option}: {folder} already has clip-Scene-001.*--overwrite')
                self.assertEqual(done.out, '')
                self.assertEqual(harness.tree(self.work / folder), before)

    def test_another_video_of_the_same_name_is_refused(self):
        (self.work / 'other').mkdir()
        self.take('other/clip.mp4', half=0.8)
        self.run_reelbatch('cuts', 'clip.mp4', '--split', 'd')
        before = harness.tree(self.work / 'd')
        self.run_reelbatch('cuts', 'other/clip.mp4', '--split', 'd', expect=2)
        self.assertEqual(harness.tree(self.work / 'd'), before)
        self.run_reelbatch('cuts', 'clip.mp4', 'other/clip.mp4', '--split', 'both')
        self.assertEqual(len(list((self.work / 'both').iterdir())), 4)

    def test_overwrite_replaces_and_names_what_is_stale(self):
        self.run_reelbatch('cuts', 'clip.mp4', '--split', 'd', '--images', 'd')
        before = harness.tree(self.work / 'd')
        (self.work / 'd/clip-Scene-007.mp4').write_text('stale')
        (self.work / 'd/clip-Scene-007-01.jpg').write_text('stale')
        (self.work / 'd/clip-Scene-001.mp4').write_text('old')
        done = self.run_reelbatch('cuts', 'clip.mp4', '--split', 'd', '--images', 'd', '--overwrite')
        self.assertRegex(done.err, 'still holds clip-Scene-007.mp4,')
        self.assertRegex(done.err, 'still holds clip-Scene-007-01.jpg,')
        self.assertNotIn('Scene-001', ''.join(line for line in done.err.splitlines() if 'still holds' in line))
        self.assertEqual({**harness.tree(self.work / 'd'), **before}, harness.tree(self.work / 'd'))

    def test_other_names_in_the_folder_do_no_harm(self):
        (self.work / 'd').mkdir()
        for name in ('clip-Scene-x.mp4', 'clips-Scene-001.mp4', 'clip-Scene-001.txt.bak', 'notes.txt'):
            (self.work / 'd' / name).write_text('kept')
        self.run_reelbatch('cuts', 'clip.mp4', '--split', 'd')
        self.assertEqual((self.work / 'd/clips-Scene-001.mp4').read_text(), 'kept')

    def test_exact_and_copied_pieces_need_two_folders(self):
        done = self.run_reelbatch('cuts', 'clip.mp4', '--split', 'd', '--split-copy', './d', expect=2)
        self.assertRegex(done.err, '--split-copy: --split writes files of the same names')
        self.assertFalse((self.work / 'd').exists())


if __name__ == '__main__':
    unittest.main()
