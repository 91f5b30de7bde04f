"""What held up on real files stays so: every frame that decodes is counted, whatever its container.

The oracle is ffprobe's count of decoded frames. Each clip has four shots, so that cuts show whether
frames kept their order.
"""
import json
import struct
import subprocess
import unittest

import harness
import recipes

SIZE = '160x90'
FRAMES = 10
H264 = '-c:v libx264 -preset veryfast -threads 1'
LOSSLESS = '-c:v ffv1 -level 3'


def count_frames(path):
    done = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'V:0', '-count_frames',
                           '-show_entries', 'stream=nb_read_frames', '-of', 'json', str(path)],
                          capture_output=True, text=True, check=True)
    return int(json.loads(done.stdout)['streams'][0]['nb_read_frames'])


def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)


def avi(packets, fps, width, height, fourcc):
    """An AVI file with one video stream; it has no time stamps, as the format has none."""
    frames = b''.join(chunk(b'00dc', packet) for packet in packets)
    header = struct.pack('<14I', 1000000 // fps, 0, 0, 0x10, len(packets), 0, 1, 0, width, height,
                         0, 0, 0, 0)
    stream = struct.pack('<4s4s3I8I', b'vids', fourcc, 0, 0, 0, 1, fps, 0, len(packets), 0,
                         0xffffffff, 0, 0)
    picture = struct.pack('<3I2H4s5I', 40, width, height, 1, 24, fourcc, 0, 0, 0, 0, 0)
    lists = chunk(b'LIST', b'strl' + chunk(b'strh', stream) + chunk(b'strf', picture))
    offset, index = 4, b''
    for packet in packets:
        index += struct.pack('<4s3I', b'00dc', 0x10 if not index else 0, offset, len(packet))
        offset += len(chunk(b'00dc', packet))
    body = (chunk(b'LIST', b'hdrl' + chunk(b'avih', header) + lists) +
            chunk(b'LIST', b'movi' + frames) + chunk(b'idx1', index))
    return chunk(b'RIFF', b'AVI ' + body)


def pictures_of(stream):
    """The pictures of an MPEG-4 stream, each with the headers in front of it."""
    found, begin = [], 0
    at = stream.find(b'\0\0\1\xb6')
    while at >= 0:
        following = stream.find(b'\0\0\1', at + 4)
        end = len(stream) if following < 0 else following
        found.append(stream[begin:end])
        begin, at = end, stream.find(b'\0\0\1\xb6', end)
    return found


def is_b(picture):
    return picture[picture.find(b'\0\0\1\xb6') + 4] >> 6 == 2


class HeldUpWell(harness.TestCase):
    def shots(self, name, codec=H264, rate='25', size=SIZE, frames=FRAMES, extra=''):
        recipes.shots(self.work, name, rate=rate, size=size, frames=frames, codec=codec,
                      extra=extra)
        return name

    def remux(self, source, name, *arguments, before=()):
        recipes.remux(self.work, source, name, *arguments, before=before)
        return name

    def answers(self, *names, expect=0):
        """What `cuts` says of every file, which counts as many frames as ffprobe does."""
        done = self.run_reelbatch('cuts', *names, '--json', expect=expect).json()
        documents = done if isinstance(done, list) else [done]
        for name, document in zip(names, documents, strict=True):
            self.assertNotIn('error', document, name)
            self.assertEqual(document['source']['frames_decoded'],
                             count_frames(self.work / name), name)
        return documents

    def check(self, *names, frames=FRAMES):
        """They have all their frames, the cuts, and no damage."""
        for name, document in zip(names, self.answers(*names), strict=True):
            self.assertEqual(document['source']['frames_decoded'], 4 * frames, name)
            cuts = [event['frame'] for event in document['events'] if event['type'] == 'hard']
            self.assertEqual(cuts, [frames, 2 * frames, 3 * frames], name)
            self.assertEqual(document['source']['decode_errors'], 0, name)

    def test_avi_without_times(self):
        self.check(self.shots('mpeg4.avi', '-c:v mpeg4 -q:v 3 -bf 2'),
                   self.shots('h264.avi', H264 + ' -bf 0'),
                   self.shots('mjpeg.avi', '-c:v mjpeg -q:v 3'))
        self.answers(self.shots('h264_b.avi', H264 + ' -bf 3'))

    def test_packed_b_frames(self):
        self.shots('a.m4v', '-c:v mpeg4 -q:v 3 -bf 1 -g 12')
        packets = []
        for picture in pictures_of((self.work / 'a.m4v').read_bytes()):
            if is_b(picture) and packets:
                packets[-1] += picture
                packets.append(b'\0\0\1\xb6\x51\x80\0')  # "not coded": stands where it would be
            else:
                packets.append(picture)
        # The letter p says that pictures are packed.
        packets[0] = packets[0].replace(b'\0\0\1\xb6', b'\0\0\1\xb2DivX503b1393p\0\0\1\xb6', 1)
        (self.work / 'packed.avi').write_bytes(avi(packets, 25, 160, 90, b'DX50'))
        self.check('packed.avi')

    def test_edit_lists_inside_a_gop(self):
        for name, more in (('a.mp4', '-bf 2'), ('b.mp4', '-bf 0'), ('c.mov', '-bf 3')):
            self.shots(name, H264, extra=f'-g 40 -sc_threshold 0 {more}')
            self.remux(name, f'cut_{name}', before=('-ss', '0.5'))
        documents = self.answers('cut_a.mp4', 'cut_b.mp4', 'cut_c.mov')
        for document in documents:
            self.assertEqual(document['source']['decode_errors'], 0)
            self.assertLess(document['source']['frames_decoded'], 40)

    def test_open_gops(self):
        self.check(self.shots('h264.mp4', H264 + ' -g 8 -bf 3 -x264-params open-gop=1:scenecut=0'),
                   self.shots('h264.ts', H264 + ' -g 8 -bf 3 -x264-params open-gop=1:scenecut=0'),
                   self.shots('hevc.mkv', '-c:v libx265 -preset ultrafast -x265-params '
                              'log-level=none:keyint=8:min-keyint=8:open-gop=1:bframes=3'),
                   self.shots('mpeg2.mpg', '-c:v mpeg2video -q:v 3 -g 8 -bf 2'))

    def test_clocks_that_wrap(self):
        wrap_s = 2 ** 33 / 90000
        for name, codec in (('a.ts', H264 + ' -bf 2'), ('b.ts', '-c:v mpeg2video -q:v 3 -bf 2')):
            self.shots(name, codec, extra=f'-muxdelay 0 -output_ts_offset {wrap_s - 1:.3f}')
        for document in self.answers('a.ts', 'b.ts'):
            times = [shot['start_s'] for shot in document['shots']]
            self.assertEqual(times, sorted(times))
            length_s = document['shots'][-1]['end_s'] - times[0]
            self.assertAlmostEqual(length_s, document['timeline']['frames'] / 25, delta=.05)

    def test_wrong_lengths_in_the_header(self):
        self.shots('a.mp4', H264)
        data = (self.work / 'a.mp4').read_bytes()
        at = data.index(b'mdhd') + 4 + 16  # version 0: flags, two times, the time base, the length
        for k, length in enumerate((0, 1, 0x7fffffff, 0xffffffff)):
            (self.work / f'{k}.mp4').write_bytes(data[:at] + struct.pack('>I', length) +
                                                 data[at + 4:])
        self.check('0.mp4', '1.mp4', '2.mp4', '3.mp4')

    def test_rates_from_very_slow_to_very_fast(self):
        self.check(*(self.shots(f'{k}.mp4', H264, rate=rate) for k, rate in
                     enumerate(('1/15', '1', '12', '24000/1001', '50', '60000/1001', '120'))))
        self.check(self.shots('fast.mp4', H264, rate='240', frames=40), frames=40)

    def test_shots_of_one_frame(self):
        self.answers(self.shots('one.mp4', H264, frames=1), self.shots('one.mkv', frames=1),
                     self.shots('two.mp4', H264, frames=2))

    def test_files_that_break_off(self):
        self.shots('frag.mp4', H264, frames=25,
                   extra='-g 10 -movflags frag_keyframe+empty_moov+default_base_moof')
        self.shots('whole.mkv', H264, frames=25, extra='-g 10')
        for name in ('frag.mp4', 'whole.mkv'):
            data = (self.work / name).read_bytes()
            (self.work / f'cut_{name}').write_bytes(data[:len(data) * 6 // 10])
        for document in self.answers('cut_frag.mp4', 'cut_whole.mkv'):
            self.assertGreater(document['source']['frames_decoded'], 25)
            self.assertLess(document['source']['frames_decoded'], 100)

    def test_sizes_that_change_in_mid_stream(self):
        for codec, kind in (('-c:v mpeg2video -q:v 3 -bf 0', 'm2v'), (H264 + ' -bf 0', 'h264')):
            for size in (SIZE, '320x180', '96x96'):
                self.shots(f'{size}.{kind}', codec, size=size)
            parts = (f'{size}.{kind}' for size in (SIZE, '320x180', '96x96'))
            (self.work / f'all.{kind}').write_bytes(
                b''.join((self.work / part).read_bytes() for part in parts))
        for document in self.answers('all.m2v', 'all.h264'):
            self.assertEqual((document['timeline']['width'], document['timeline']['height']),
                             (160, 90))
            self.assertIn('size changes', ' '.join(document['warnings']))

    def test_cover_art(self):
        harness.ffmpeg(['-f', 'lavfi', '-i', 'color=red:s=600x600:d=1', '-frames:v', '1',
                        'cover.png'], self.work)
        self.shots('a.mp4', H264)
        art = ('-map', '0', '-map', '1', '-c', 'copy', '-disposition:v:1', 'attached_pic')
        harness.ffmpeg(['-i', 'a.mp4', '-i', 'cover.png', *art, 'after.mp4'], self.work)
        harness.ffmpeg(['-i', 'cover.png', '-i', 'a.mp4', '-map', '0', '-map', '1', '-c', 'copy',
                        '-disposition:v:0', 'attached_pic', 'before.mp4'], self.work)
        self.remux('a.mp4', 'attached.mkv', '-attach', 'cover.png', '-metadata:s:t',
                   'mimetype=image/png')
        self.check('after.mp4', 'before.mp4', 'attached.mkv')

    def test_pixels_of_all_kinds(self):
        formats = ('yuv420p10le', 'yuv422p12le', 'yuv444p16le', 'gray', 'gray16le', 'bgr0', 'gbrp',
                   'gbrp14le', 'rgb48le', 'yuva420p', 'yuva444p16le', 'bgra', 'yuv411p', 'yuv410p')
        self.check(*(self.shots(f'{pixels}.mkv', LOSSLESS, extra=f'-pix_fmt {pixels}')
                     for pixels in formats))
        self.check(self.shots('palette.gif', '-c:v gif'), self.shots('rgb24.mov', '-c:v qtrle'),
                   self.shots('yuyv.avi', '-c:v rawvideo', extra='-pix_fmt yuyv422'),
                   self.shots('argb.mov', '-c:v png', extra='-pix_fmt rgba'))

    def test_odd_sizes(self):
        for width, height in ((161, 91), (33, 17), (17, 199)):
            for codec, pixels in ((LOSSLESS, 'yuv420p'), (LOSSLESS, 'yuv420p10le'),
                                  ('-c:v mjpeg -q:v 3', 'yuvj420p')):
                name = f'{width}x{height}_{pixels}.mkv'
                harness.ffmpeg([*recipes.SHOTS.format(size='200x200', rate='25', n=FRAMES).replace(
                    ',format=yuv420p', f',scale={width}:{height},format={pixels}').split(),
                                *codec.split(), name], self.work)
                self.answers(name)

    def test_raw_streams(self):
        self.check(self.shots('a.h264', H264 + ' -bf 0'),
                   self.shots('a.m2v', '-c:v mpeg2video -q:v 3'),
                   self.shots('a.y4m', '-c:v wrapped_avframe'),
                   self.shots('a.m4v', '-c:v mpeg4 -q:v 3'),
                   self.shots('a.ivf', '-c:v libvpx -deadline realtime -b:v 500k'),
                   self.shots('a.nut', LOSSLESS))
        self.answers(self.shots('b.h264', H264 + ' -bf 3'),
                     self.shots('a.hevc', '-c:v libx265 -preset ultrafast '
                                '-x265-params log-level=none'))

    def test_lists_as_windows_writes_them(self):
        for name in ('a.mp4', 'b c.mp4', 'ü.mp4'):
            self.shots(name, H264)
        names = '\ufeff# clips\r\na.mp4\r\n\r\nb c.mp4\r\nü.mp4'
        (self.work / 'list.txt').write_bytes(names.encode())
        done = self.run_reelbatch('cuts', '@list.txt', '--json').json()
        self.assertEqual([document['video'] for document in done], ['a.mp4', 'b c.mp4', 'ü.mp4'])


if __name__ == '__main__':
    unittest.main()
