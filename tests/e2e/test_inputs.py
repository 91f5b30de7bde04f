"""What people really name as inputs: standard input, addresses, picture sequences, odd endings, and files that are no video."""
import json
import os
import shlex
import shutil
import signal
import subprocess
import time
import unittest
import urllib.parse

import harness
import recipes
import timelines


class Base(harness.TestCase):
    """With shots.mp4: four shots of 10 frames at 25 fps, cuts at 10, 20 and 30."""

    def setUp(self):
        super().setUp()
        cached = harness.CACHE / 'inputs_shots.mp4'
        if not cached.exists():
            harness.CACHE.mkdir(parents=True, exist_ok=True)
            made = recipes.shots(self.work, 'made.mp4', size='160x90', frames=10)
            scratch = cached.with_suffix(f'.{os.getpid()}')
            shutil.copyfile(made, scratch)
            os.replace(scratch, cached)  # whole at once: tests run side by side
            made.unlink()
        self.video = self.work / 'shots.mp4'
        shutil.copyfile(cached, self.video)

    def shell(self, line, expect=0, env=None):
        done = harness.call(line, self.work, env or harness.environment()).checked()
        self.assertEqual(done.exit, expect, done)
        return done

    def cuts(self, *arguments, expect=0):
        done = self.run_reelbatch('cuts', *arguments, '--json', expect=expect)
        return [event['frame'] for event in done.json()['events']]

    def pictures(self, folder='frames', pattern='%05d.png', start=1, rate='25'):
        (self.work / folder).mkdir(parents=True, exist_ok=True)
        harness.ffmpeg(['-i', 'shots.mp4', '-start_number', str(start), f'{folder}/{pattern}'], self.work)
        return f'{folder}/{pattern}'


class StandardInput(Base):
    CUTS = [10, 20, 30]

    def test_a_pipe_is_read_as_the_file_is(self):
        temporary = self.work / 'tmp'
        temporary.mkdir()
        env = harness.environment(TMPDIR=str(temporary))
        named = self.run_reelbatch('cuts', 'shots.mp4', '--json').json()
        piped = self.shell('cat shots.mp4 | reelbatch cuts - --json', env=env).json()
        self.assertEqual(piped['video'], 'stdin')
        for key in ('events', 'shots', 'timeline'):
            self.assertEqual(piped[key], named[key])
        self.assertEqual(piped['source']['sha256'], named['source']['sha256'])
        self.assertEqual(list(temporary.iterdir()), [])

    def test_a_redirected_file_and_the_rest_of_one(self):
        self.assertEqual([e['frame'] for e in self.shell('reelbatch cuts - --json < shots.mp4').json()['events']], self.CUTS)
        rest = self.shell("{ head -c 5 > /dev/null; reelbatch cuts - --json; } < <(printf 12345; cat shots.mp4)").json()
        self.assertEqual([e['frame'] for e in rest['events']], self.CUTS)
        (self.work / 'shifted').write_bytes(b'12345' + self.video.read_bytes())
        rest = self.shell("exec < shifted; dd bs=1 count=5 of=/dev/null status=none; reelbatch cuts - --json").json()
        self.assertEqual([e['frame'] for e in rest['events']], self.CUTS)

    def test_run_resumes_and_outputs_are_called_stdin(self):
        self.shell('cat shots.mp4 | reelbatch run - --out out')
        self.assertEqual(self.one('out/local/*').name, 'stdin')
        again = self.shell('cat shots.mp4 | reelbatch run - --out out --json').json()
        self.assertEqual(again['counts']['skipped'], 1)
        self.take('other.mp4')
        changed = self.shell('cat other.mp4 | reelbatch run - --out out --json').json()
        self.assertEqual(changed['counts']['success'], 1)
        self.assertEqual([p.name for p in (self.work / 'out/local').iterdir()], ['stdin'])

    def test_pieces_and_pictures_of_it(self):
        self.shell('cat shots.mp4 | reelbatch cuts - --split pieces --split-copy copies --images stills --csv=scenes/')
        self.assertEqual(len(list((self.work / 'pieces').glob('stdin-Scene-*.mp4'))), 4)
        self.assertEqual(len(list((self.work / 'copies').glob('stdin-Scene-*'))), 4)
        self.assertEqual(len(list((self.work / 'stills').glob('stdin-Scene-*.jpg'))), 12)
        self.assertTrue((self.work / 'scenes/stdin.csv').exists())

    def test_plan_reads_it(self):
        self.assertEqual(self.shell('cat shots.mp4 | reelbatch plan - --json').json()['videos'], 1)

    def test_nothing_to_read(self):
        for line in ('reelbatch cuts - < /dev/null', ': | reelbatch cuts -', 'reelbatch cuts - < <(:)'):
            done = self.shell(line, expect=1)
            self.assertIn('there was no data on standard input', done.err)
        done = self.shell('reelbatch cuts - <&-', expect=2)
        self.assertIn('standard input', done.err)
        done = self.shell('reelbatch cuts - < .', expect=2)
        self.assertIn('is a folder', done.err)

    def test_a_terminal_is_refused(self):
        main, terminal = os.openpty()
        try:
            done = subprocess.run([str(harness.PROGRAM), 'cuts', '-'], stdin=terminal, capture_output=True, text=True,
                                  timeout=60, check=False)
        finally:
            os.close(main)
            os.close(terminal)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn('is a terminal', done.stderr)

    def test_no_space_is_said(self):
        done = self.shell('ulimit -f 4; cat shots.mp4 shots.mp4 | reelbatch cuts -', expect=3)
        self.assertIn('set TMPDIR', done.err)
        done = self.shell('cat shots.mp4 | TMPDIR=/nowhere reelbatch cuts -', expect=3)
        self.assertIn('/nowhere', done.err)

    def test_ctrl_c_while_it_waits_leaves_nothing(self):
        temporary = self.work / 'tmp'
        temporary.mkdir()
        with subprocess.Popen([str(harness.PROGRAM), 'run', '-', '--out', 'out'], stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE, cwd=self.work,
                              env=harness.environment(TMPDIR=str(temporary))) as child:
            child.stdin.write(b'x' * 100_000)
            child.stdin.flush()
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(timeout=60), 130)
        self.assertEqual(list(temporary.iterdir()), [])
        self.assertFalse((self.work / 'out').exists())

    def test_a_list_on_standard_input(self):
        self.take('b.mp4')
        done = self.shell("printf 'shots.mp4\\n# no\\nb.mp4\\n' | reelbatch run @- --out out --json").json()
        self.assertEqual(done['counts']['success'], 2)
        done = self.shell('echo shots.mp4 | reelbatch cuts @- -', expect=2)
        self.assertIn('can be read only once', done.err)
        done = self.shell('cat shots.mp4 | reelbatch cuts - @-', expect=2)
        self.assertIn('can be read only once', done.err)
        self.assertIn('has no video', self.shell('reelbatch cuts @- < /dev/null', expect=2).err)
        self.assertIn('binary', self.shell('reelbatch cuts @- < shots.mp4', expect=2).err)


class Addresses(Base):
    def test_file_addresses(self):
        name = 'päth 100% #1?.mp4'
        os.rename(self.video, self.work / name)
        encoded = urllib.parse.quote(str(self.work / name))
        for address in (f'file://{encoded}', f'file://localhost{encoded}', f'FILE://LOCALHOST{encoded}', f'file:{encoded}'):
            self.assertEqual(self.cuts(address), [10, 20, 30], address)
        (self.work / 'list.txt').write_text(f'file://{encoded}\n')
        self.assertEqual(self.cuts('@list.txt'), [10, 20, 30])

    def test_our_own_addresses_can_be_named_again(self):
        os.rename(self.video, self.work / 'a b%20c.mp4')
        self.run_reelbatch('run', 'a b%20c.mp4', '--out', 'out')
        uri = json.loads((self.work / 'out/run.json').read_text())['videos'][0]['uri']
        again = self.run_reelbatch('run', uri, '--out', 'out', '--json').json()
        self.assertEqual(again['counts']['skipped'], 1)

    def test_bytes_that_are_no_utf_8(self):
        os.rename(self.video, os.fsencode(self.work) + b'/\xff\n.mp4')
        self.assertEqual(self.cuts(f'file://{urllib.parse.quote(str(self.work))}/%FF%0A.mp4'), [10, 20, 30])

    def test_wrong_file_addresses(self):
        for address, says in (('file://server/share/a.mp4', 'another machine'), ('file:///a%2.mp4', '%25'),
                              ('file:///a%00.mp4', 'zero byte'), ('file://', 'not a file address')):
            done = self.run_reelbatch('cuts', address, expect=2)
            self.assertIn(says, done.err)
        done = self.run_reelbatch('cuts', 'file:///nowhere/a.mp4', expect=1)
        self.assertIn('No such file', done.err)

    def test_other_addresses_get_an_honest_answer(self):
        for address, remedy in (('https://example.org/a%20b.mp4', 'curl -LO'), ('http://x/y', 'curl -LO'), ('s3://b/k.mp4', 'aws s3 cp'),
                                ('gs://b/k.mp4', 'gcloud storage cp'), ('rtsp://cam/1', 'ffmpeg -i'), ('RTMP://x/live', 'ffmpeg -i'),
                                ('srt://x:1', 'ffmpeg -i'), ('ftp://x/a.mp4', 'curl -LO'), ('smb://x/a.mp4', 'mount')):
            for command in (['cuts'], ['plan'], ['run', '--out', 'out']):
                done = self.run_reelbatch(*command, address, expect=2)
                self.assertIn('reelbatch cannot read from network addresses', done.err)
                self.assertIn(remedy, done.err)
                self.assertEqual(len(done.err.splitlines()), 1)
        self.assertFalse((self.work / 'out').exists())

    def test_beside_others_an_address_is_one_failed_input(self):
        done = self.run_reelbatch('run', 'https://example.org/a.mp4', 'shots.mp4', '--out', 'out', expect=1)
        self.assertIn('cannot read from network addresses', done.err)
        self.one('out/local/shots/*/manifest.json')
        (self.work / 'list.txt').write_text('s3://bucket/a.mp4\nshots.mp4\n')
        self.assertEqual(self.cuts('@list.txt', expect=1), [10, 20, 30])

    def test_what_exists_is_no_address(self):
        (self.work / 'http:' / 'x').mkdir(parents=True)
        self.take('http:/x/a.mp4')
        self.assertEqual(self.cuts('http://x/a.mp4'), [25])
        os.rename(self.video, self.work / 'file:a.mp4')
        self.assertEqual(self.cuts('file:a.mp4'), [10, 20, 30])


class Names(Base):
    def test_hostile_names(self):
        for name in ('%05d.png.mp4', '%d.mp4', "q'u\"o.mp4", 'new\nline.mp4', '@at.mp4', '-dash.mp4', '*.mp4', '[a].mp4', ' .mp4', '#.mp4',
                     '-.mp4', 'a%20b.mp4', 'file:x.mp4', os.fsdecode(b'\xff.mp4')):
            target = self.work / 'in' / name
            target.parent.mkdir(exist_ok=True)
            os.link(self.video, target)
            self.assertEqual(self.cuts(f'in/{name}'), [10, 20, 30], name)
            self.assertEqual(self.cuts(f'./in/{name}'), [10, 20, 30], name)
        done = self.run_reelbatch('run', 'in', '--out', 'out', '--json').json()
        self.assertEqual(done['counts']['success'], 14)

    def test_a_leading_dash_gets_a_hint(self):
        os.rename(self.video, self.work / '-dash.mp4')
        done = self.run_reelbatch('cuts', '-dash.mp4', expect=2)
        self.assertIn('./-dash.mp4', done.err)
        self.assertEqual(self.cuts('./-dash.mp4'), [10, 20, 30])
        self.assertIn('-dash.mp4', self.run_reelbatch('cuts', '--', '-dash.mp4').out)
        self.assertIn('./-none.mov', self.run_reelbatch('cuts', '-none.mov', expect=2).err)


class Sequences(Base):
    CUTS = [10, 20, 30]

    def test_a_pattern_is_one_video(self):
        pattern = self.pictures()
        done = self.run_reelbatch('cuts', pattern, '--json')
        self.assertEqual([e['frame'] for e in done.json()['events']], self.CUTS)
        self.assertEqual(done.json()['events'][0]['time_s'], 0.4)
        self.assertEqual(done.json()['source']['fps'], '25/1')
        self.assertEqual(done.json()['source']['codec'], 'png')
        self.assertIn('40 pictures are read as one video at 25 frames per second; use --fps F', done.err)
        faster = self.run_reelbatch('cuts', pattern, '--fps', '50', '--json')
        self.assertEqual(faster.json()['events'][0]['time_s'], 0.2)
        self.assertNotIn('per second', faster.err)
        film = self.run_reelbatch('cuts', pattern, '--fps', '23.976', '--json').json()
        self.assertEqual(film['source']['fps'], '24000/1001')

    def test_a_folder_is_one_video(self):
        self.pictures('shots/render.v2', '%d.jpg')
        self.assertEqual(self.cuts('shots/render.v2'), self.CUTS)
        self.assertEqual(self.cuts('shots/render.v2/'), self.CUTS)
        self.assertEqual(self.cuts('shots'), self.CUTS)
        done = self.run_reelbatch('cuts', 'shots/render.v2/', '--csv=out/')
        self.assertTrue((self.work / 'out/render.v2.csv').exists(), done)

    def test_timelines_refer_to_the_pictures(self):
        self.pictures('film', 'f_%04d.png', start=7)
        self.pictures('bare', '%d.png')
        files = {'film/f_%04d.png': ('film/f_0007.png', 'film/f_0046.png', 'f'),
                 'film': ('film/f_0007.png', 'film/f_0046.png', 'film'),
                 'bare': ('bare/1.png', 'bare/40.png', 'bare')}
        for name, (first, last, title) in files.items():
            with self.subTest(name=name):
                self.run_reelbatch('cuts', name, '--fps', '24', '--otio=x.otio', '--edl=x.edl')
                told, edl = timelines.read([(self.work / 'x.otio', 24), (self.work / 'x.edl', 24)])
                self.assertEqual([clip['start'] for clip in told['clips']], [0, *self.CUTS])
                for clip in told['clips']:
                    self.assertTrue(clip['url'].endswith(first), clip['url'])
                    self.assertTrue(clip['last_url'].endswith(last), clip['last_url'])
                self.assertEqual((told['name'], edl['name']), (title, title))

    def test_pictures_beside_videos_count_on_wish(self):
        self.pictures('mixed', 'f_%03d.png')
        os.rename(self.video, self.work / 'mixed/shots.mp4')
        done = self.run_reelbatch('run', 'mixed', '--out', 'out', '--json')
        self.assertEqual(done.json()['counts']['videos'], 1)
        self.assertIn('40 entries were left out', done.err)
        done = self.run_reelbatch('run', 'mixed', '--fps', '25', '--out', 'out2', '--json')
        self.assertEqual(done.json()['counts']['success'], 2)
        self.assertEqual(sorted(p.name for p in (self.work / 'out2/local').iterdir()), ['mixed', 'shots'])

    def test_fps_without_pictures_is_said(self):
        self.assertIn('--fps has no effect', self.run_reelbatch('cuts', 'shots.mp4', '--fps', '24').err)

    def test_run_resumes_and_sees_a_changed_picture(self):
        pattern = self.pictures('frames', 'shot_%04d.png', start=1001)
        first = self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()
        self.assertEqual(first['counts']['success'], 1)
        self.assertEqual(self.one('out/local/*').name, 'shot')
        self.assertEqual(self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()['counts']['skipped'], 1)
        uri = json.loads((self.work / 'out/run.json').read_text())['videos'][0]['uri']
        self.assertEqual(self.run_reelbatch('run', uri, '--out', 'out', '--json').json()['counts']['skipped'], 1)
        os.utime(self.work / 'frames/shot_1005.png')
        self.assertEqual(self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()['counts']['skipped'], 1)
        (self.work / 'frames/shot_1005.png').write_bytes((self.work / 'frames/shot_1004.png').read_bytes())
        self.assertEqual(self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()['counts']['success'], 1)
        (self.work / 'frames/shot_1040.png').unlink()
        again = self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()
        self.assertEqual(again['videos'][0]['frames_decoded'], 39)

    def test_the_rate_is_part_of_the_identity_only_where_given(self):
        pattern = self.pictures()
        plain = self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()
        video = self.run_reelbatch('run', 'shots.mp4', '--out', 'out', '--json').json()
        self.assertEqual(plain['run_id'], video['run_id'])
        rated = self.run_reelbatch('run', pattern, '--fps', '30', '--out', 'out', '--json').json()
        self.assertNotEqual(plain['run_id'], rated['run_id'])

    def test_gaps_are_named_and_do_not_end_it(self):
        pattern = self.pictures()
        for number in (15, 22, 23):
            (self.work / f'frames/{number:05d}.png').unlink()
        done = self.run_reelbatch('cuts', pattern, '--json')
        self.assertIn('numbers 15, 22 to 23 are missing', done.err)
        self.assertEqual([e['frame'] for e in done.json()['events']], [10, 19, 27])
        self.assertIn('numbers 15, 22 to 23 are missing', self.run_reelbatch('cuts', 'frames').err)

    def test_a_broken_picture_is_named_and_moves_nothing(self):
        pattern = self.pictures()
        (self.work / 'frames/00025.png').write_bytes(b'broken')
        done = self.run_reelbatch('run', pattern, '--out', 'out', '--json').json()
        self.assertEqual(done['videos'][0]['decode_errors'], 1)
        manifest = json.loads(self.one('out/local/*/*/manifest.json').read_text())
        self.assertEqual(manifest['decode']['error_frames'], [24])
        self.assertIn('00025.png', manifest['decode']['first_error'])
        cuts = json.loads(self.one('out/local/*/*/cut_detection/cuts.json').read_text())
        self.assertEqual([e['frame'] for e in cuts['events']], self.CUTS)

    def test_another_size_is_scaled(self):
        pattern = self.pictures()
        harness.ffmpeg(['-i', 'frames/00035.png', '-vf', 'scale=200:120', 'frames/00035.png.png'], self.work)
        os.replace(self.work / 'frames/00035.png.png', self.work / 'frames/00035.png')
        done = self.run_reelbatch('cuts', pattern, '--json').json()
        self.assertEqual([e['frame'] for e in done['events']], self.CUTS)
        self.assertTrue(any('size' in warning for warning in done['warnings']), done['warnings'])

    def test_plan_and_images_work_and_splitting_is_refused(self):
        pattern = self.pictures()
        self.assertEqual(self.run_reelbatch('plan', pattern, '--json').json()['videos'], 1)
        self.run_reelbatch('cuts', pattern, '--images', 'stills', '--edl=x.edl', '--otio=x.otio')
        self.assertEqual(len(list((self.work / 'stills').glob('frames-Scene-*.jpg'))), 12)
        for option in ('--split', '--split-copy'):
            done = self.run_reelbatch('cuts', pattern, option, 'pieces', expect=2)
            self.assertIn('ffmpeg -framerate 25 -i', done.err)
            self.assertFalse((self.work / 'pieces').exists())

    def test_pictures_are_not_overwritten(self):
        pattern = self.pictures()
        done = self.run_reelbatch('cuts', pattern, '--csv=frames/00007.png', expect=2)
        self.assertIn('would overwrite the picture', done.err)

    def test_wrong_patterns(self):
        self.pictures('frames', '%04d.png')
        done = self.run_reelbatch('cuts', 'frames/%05d.png', expect=1)
        self.assertIn("there are files for '%04d.png'", done.err)
        self.assertIn('no picture matches this name', self.run_reelbatch('cuts', 'none_%d.png', expect=1).err)
        self.assertIn('frames/%05d.png', self.run_reelbatch('cuts', 'frames/0001.png', expect=1).err)
        (self.work / 'frames/0001.jpg').write_bytes(b'x')
        self.assertIn('several formats', self.run_reelbatch('cuts', 'frames', expect=2).err)
        for wrong in ('0', '-1', 'x', '1/0', '2000'):
            self.run_reelbatch('cuts', 'frames/%04d.png', f'--fps={wrong}', expect=2)

    def test_sampling_counts_on_the_pictures_clock(self):
        pattern = self.pictures()
        done = self.run_reelbatch('cuts', pattern, '--start', '0.6', '--end', '1.4', '--json').json()
        self.assertEqual([e['frame'] for e in done['events']], [20, 30])
        done = self.run_reelbatch('cuts', pattern, '--fps', '10', '--start', '1.5', '--json').json()
        self.assertEqual([e['frame'] for e in done['events']], [20, 30])


class Folders(Base):
    def test_endings_that_were_left_out(self):
        raw = {'a.264': '-f h264', 'b.h265': '-c:v libx265 -x265-params log-level=error -f hevc', 'c.265': '-c:v libx265 -x265-params log-level=error -f hevc',
               'd.gif': '', 'e.apng': '-f apng', 'f.m2p': '-c:v mpeg2video -f mpeg', 'g.mod': '-c:v mpeg2video -f mpeg',
               'h.tod': '-c:v mpeg2video -f mpegts', 'i.trp': '-f mpegts', 'j.insv': '-f mp4', 'k.ivf': '-c:v libvpx -f ivf',
               'l.mk3d': '-f matroska', 'm.m2t': '-f mpegts', 'n.wtv': '-c:v mpeg2video -f wtv'}
        (self.work / 'in').mkdir()
        for name, options in raw.items():
            harness.ffmpeg(['-i', 'shots.mp4', '-frames:v', '15', *shlex.split(options), f'in/{name}'], self.work)
        done = self.run_reelbatch('run', 'in', '--out', 'out', '--json').json()
        self.assertEqual(done['counts']['success'], len(raw), done)

    def test_what_is_no_video_by_content_is_passed_over(self):
        folder = self.work / 'src'
        folder.mkdir()
        (folder / 'types.ts').write_text('export interface Cut { frame: number }\n')
        (folder / 'module.mts').write_text('export const x = 1;\n')
        (folder / 'app_de.ts').write_text('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n<TS version="2.1"></TS>\n')
        (folder / 'song.mod').write_bytes(b'\x01' * 1080 + b'M.K.' + b'\x02' * 2000)
        (folder / 'script.avs').write_text('AVISource("a.avi")\n')
        harness.ffmpeg(['-i', 'shots.mp4', '-c', 'copy', 'src/real.ts'], self.work)
        done = self.run_reelbatch('run', 'src', '--out', 'out', '-v')
        self.assertIn('5 entries were left out', done.err)
        for name, reason in (('types.ts', 'TypeScript'), ('module.mts', 'TypeScript'), ('app_de.ts', 'Qt'), ('song.mod', 'tracker music'),
                             ('script.avs', 'AviSynth')):
            self.assertRegex(done.err, rf'left out  src/{name}  is .*{reason}')
        self.one('out/local/real/*/manifest.json')
        done = self.run_reelbatch('cuts', 'src/types.ts', expect=1)
        self.assertIn('is TypeScript source, not an MPEG transport stream', done.err)
        self.assertIn('left out', self.run_reelbatch('cuts', 'src/*.ts', '--csv').err)

    def test_a_damaged_ts_still_counts(self):
        (self.work / 'in').mkdir()
        (self.work / 'in/empty.ts').write_bytes(b'')
        (self.work / 'in/page.ts').write_text('<html><body>404 not found</body></html>')
        done = self.run_reelbatch('run', 'in', '--out', 'out', expect=1)
        self.assertIn('empty.ts', done.err + done.out)
        self.assertIn('web page', done.err + done.out)


class NoVideos(Base):
    KEYS = ['-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb',
            '-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8']

    def blamed(self, name, *words):
        for command in (['cuts', name], ['plan', name], ['run', name, '--out', 'out']):
            done = self.run_reelbatch(*command, expect=1)
            text = done.err + done.out
            for word in words:
                self.assertIn(word, text)
            self.assertNotIn('copy or download it again', text.replace('written; copy', ''))
        manifests = [json.loads(p.read_text()) for p in (self.work / 'out').glob('local/*/*/manifest.json')]
        self.assertTrue(manifests, 'the run left no manifest')
        self.assertTrue(all('video_unreadable' in json.dumps(m) for m in manifests))

    def test_encrypted_files_are_called_encrypted(self):
        for name, more in (('a.mp4', []), ('b.mov', []), ('c.mp4', ['-movflags', 'frag_keyframe+empty_moov']), ('d.m4v', ['-f', 'mp4'])):
            recipes.remux(self.work, 'shots.mp4', name, *self.KEYS, *more)
            self.blamed(name, 'is encrypted', 'decrypt it')

    def test_drm_of_windows_media(self):
        harness.ffmpeg(['-i', 'shots.mp4', '-c:v', 'wmv2', 'a.wmv'], self.work)
        data = bytearray((self.work / 'a.wmv').read_bytes())
        thing = bytes.fromhex('fbb3112223bdd211b4b700a0c955fc6e') + (40).to_bytes(8, 'little') + bytes(16)
        at = data.index(bytes.fromhex('3626b2758e66cf11a6d900aa0062ce6c'))
        data[at:at] = thing
        data[16:24] = (int.from_bytes(data[16:24], 'little') + 40).to_bytes(8, 'little')
        data[24:28] = (int.from_bytes(data[24:28], 'little') + 1).to_bytes(4, 'little')
        (self.work / 'drm.wmv').write_bytes(data)
        self.blamed('drm.wmv', 'Windows Media DRM')

    def test_what_calls_itself_a_video(self):
        heic = bytes.fromhex('00000018') + b'ftypheic' + bytes(4) + b'mif1heic' + bytes(200)
        files = {'a.heic': (heic, 'HEIC'), 'a.mp4': (b'<!DOCTYPE html><html><body>Log in</body></html>', 'web page'),
                 'b.mp4': (b'{"error":"expired"}', 'JSON'), 'c.mp4': (bytes(50_000), 'zero bytes'), 'd.mp4': (b'%PDF-1.4\n' + bytes(500), 'PDF'),
                 'e.mp4': (b'PK\x03\x04' + bytes(500), 'ZIP'), 'f.m3u8': (b'#EXTM3U\n#EXTINF:4,\na.ts\n', 'playlist'),
                 'g.mpd': (b'<?xml version="1.0"?>\n<MPD></MPD>', 'playlist'), 'h.srt': (b'1\n00:00:01,000 --> 00:00:02,000\nHi\n', 'subtitle'),
                 'i.mp4': (b'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n', 'git lfs pull'),
                 'j.mp4.part': (self.video.read_bytes()[:300], 'unfinished download')}
        for name, (content, word) in files.items():
            (self.work / name).write_bytes(content)
            self.blamed(name, word)

    def test_an_animated_webp(self):
        harness.ffmpeg(['-i', 'shots.mp4', '-frames:v', '5', '-c:v', 'libwebp_anim', 'a.webp'], self.work)
        self.blamed('a.webp', 'animated WebP', 'convert it')

    def test_a_stream_that_breaks_off_is_still_called_damaged(self):
        (self.work / 'half.mp4').write_bytes(self.video.read_bytes()[:3000])
        done = self.run_reelbatch('cuts', 'half.mp4', expect=1)
        self.assertIn('damaged or incomplete: copy or download it again', done.err)


if __name__ == '__main__':
    unittest.main()
