"""Every command in README.md, CONTRIBUTING.md and docs/ does what the page says (docs_commands.py has the rules)."""
import os
import pathlib
import re
import shutil
import time

import docs_commands
import harness

MODELS = harness.ROOT / 'models'
NEEDS_MODELS = re.compile(r'transnetv2|speech_activity|reelbatch models (list|check)')
TIMEOUT_S = 240
PAGES = ['README.md', 'CONTRIBUTING.md', *sorted(str(path.relative_to(harness.ROOT)) for path in (harness.ROOT / 'docs').glob('*.md'))]
# The clips that pages name, as scripts for `reelbatch-lab reel`: small, with sound where a page cuts it out.
CLIPS = {'a': 'dissolves', 'b': 'montage'}


class Base(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.work = self.work / 'prepared'
        self.work.mkdir()
        self.prepare(self.work)

    @staticmethod
    def prepare(work):
        """The files that the pages speak of: a.mp4, clips/ with truth/, OUT of an earlier run, frames/, list.txt and so on."""
        for folder in ('clips', 'truth', 'folder', 'frames', 'scenes', 'clip_folder'):
            (work / folder).mkdir()
        for name, trap in CLIPS.items():
            made = harness.lab('reel', '--script', str(harness.ROOT / f'tests/traps/{trap}.txt'), '--out', f'{name}.mp4', cwd=work)
            if made.exit:
                raise AssertionError(str(made))
            shutil.copyfile(work / f'{name}.mp4', work / f'clips/{name}.mp4')
            shutil.copyfile(work / f'{name}.json', work / f'truth/{name}.json')
        harness.ffmpeg(['-i', 'a.mp4', '-f', 'lavfi', '-i', 'sine=frequency=440', '-shortest', '-vf', 'scale=1280:720', '-c:v', 'libx264',
                        '-preset', 'ultrafast', '-c:a', 'aac', 'big.mp4'], work)
        os.replace(work / 'big.mp4', work / 'a.mp4')
        for source, name in (('a.mp4', 'a.mkv'), ('a.mp4', 'film.mkv')):
            harness.ffmpeg(['-i', source, '-c', 'copy', name], work)
        for name in ('1.mp4', '2.mp4', 'folder/c.mp4', 'c.mov', 'clip.mp4', 'video.mp4'):
            shutil.copyfile(work / 'clips/b.mp4', work / name)
        harness.ffmpeg(['-i', 'clips/a.mp4', '-frames:v', '60', 'frames/%05d.png'], work)
        (work / 'list.txt').write_text('clips/a.mp4\nb.mp4\n')
        for scenario in ('one_gpu', 'look_ahead_clips_and_films'):
            shutil.copyfile(harness.ROOT / f'tests/scenarios/simulate/{scenario}.yaml', work / f'{scenario}.yaml')
        shutil.copyfile(work / 'one_gpu.yaml', work / 'corpus.yaml')
        shutil.copyfile(work / 'one_gpu.yaml', work / 'scenario.yaml')
        for name in ('data', 'tests', 'docs'):
            (work / name).symlink_to(harness.ROOT / name)
        (work / 'costs').mkdir()
        shutil.copyfile(harness.ROOT / 'data/costs/epyc.json', work / 'costs/costs.json')
        done = harness.reelbatch('run', 'clips', '--out', 'OUT', cwd=work)
        if done.exit:
            raise AssertionError(str(done))
        for name in ('out', 'results'):
            shutil.copytree(work / 'OUT', work / name)

    def mapped(self, command):
        """The command as it runs here. `make run` begins with the build, which is there already."""
        run = re.fullmatch(r'make run(?: VIDEOS="([^"]*)"| VIDEOS=(\S+))?', command)
        if run:
            return f'REELBATCH="{harness.PROGRAM}" {harness.ROOT}/tools/run-main-job {run.group(1) or run.group(2) or ""}'
        command = command.replace('build/release/reelbatch', 'reelbatch')
        # Measurements take minutes at every size, and seconds at one.
        return re.sub(r'(reelbatch bench (?:matrix|micro) .*?)( clips/)?$', r'\1 --short-sides 160 --aspects 16:9 --frames 4\2', command)

    def check(self, page):
        """Runs every command of the page, in a folder for the page: later commands see what earlier ones made."""
        found = docs_commands.commands((harness.ROOT / page).read_text())
        work = self.work.with_name('page')
        shutil.rmtree(work, ignore_errors=True)
        if found:
            shutil.copytree(self.work, work, symlinks=True)
        env = harness.environment(REELBATCH_MODELS=str(MODELS), OUT='out')
        ran, left_out = 0, []
        for command in found:
            where = f'{page}:{command.line}'
            why = command.not_run
            if not why and NEEDS_MODELS.search(command.text) and not (MODELS / 'transnetv2/model.json').exists():
                why = 'models/ is not there'
            if why:
                left_out.append(f'{where}: {command.text}: {why}')
                continue
            with self.subTest(where, command=command.text):
                # What is piped into a pager or cut short by head ends by a signal, which is no failure.
                began = time.monotonic()
                done = harness.call(self.mapped(command.text), work, env, TIMEOUT_S).checked()
                print(f'  {time.monotonic() - began:5.1f} s  {where}: {command.text}')
                self.assertEqual(done.exit, command.exit, f'{where}\n{done}')
                if command.expected is not None:
                    told = docs_commands.difference(command.expected, (done.out + done.err).splitlines())
                    other = docs_commands.difference(command.expected, done.out.splitlines())
                    self.assertTrue(told is None or other is None, f'{where}: {other}\n{done}')
            ran += 1
        print(f'{page}: {ran} commands run, {len(left_out)} left out')
        for line in left_out:
            print(f'  left out  {line}')
        return ran


class Readme(Base):
    def test_every_command(self):
        self.assertGreater(self.check('README.md'), 3)


class Pages(Base):
    def test_every_command(self):
        ran = 0
        for page in PAGES[1:]:
            ran += self.check(page)
        self.assertGreater(ran, 10)


class Rules(harness.TestCase):
    """docs_commands.py on a page with every kind of line."""

    PAGE = '''# A page
```sh
reelbatch cuts a.mp4    # a comment
reelbatch run a.mp4 \\
  --out OUT
reelbatch run bad.mp4 --out OUT   # exit 1: one failed
make test               # builds
```
<!-- not run: it needs a card -->

```console
$ reelbatch bench model x
done
```
1. In a list

   ```console
   $ reelbatch plan a.mp4
   1 video in 0.35 s
   ...
   last
   ```

```cpp
int x;
```
'''

    def test_what_is_found(self):
        found = docs_commands.commands(self.PAGE)
        self.assertEqual([(c.line, c.text, c.exit, bool(c.not_run)) for c in found],
                         [(3, 'reelbatch cuts a.mp4', 0, False), (5, 'reelbatch run a.mp4    --out OUT', 0, False),
                          (6, 'reelbatch run bad.mp4 --out OUT', 1, False), (7, 'make test', 0, True),
                          (12, 'reelbatch bench model x', 0, True), (18, 'reelbatch plan a.mp4', 0, False)])
        self.assertEqual(found[4].not_run, 'it needs a card')
        self.assertEqual(found[5].expected, ['1 video in 0.35 s', '...', 'last'])

    def test_what_is_wrong_is_named_by_its_line(self):
        for page, line in (('text\n<!-- not run: -->\n```sh\nx\n```\n', 2), ('```sh\nx\n', 1), ('```console\nx\n```\n', 2)):
            with self.assertRaisesRegex(ValueError, f'^{line}: '):
                docs_commands.commands(page)

    def test_what_is_printed_is_compared(self):
        expected = ['1 video in 0.35 s, 12 MiB', '', '...', 'r-0123456789ab  /a/b/c  last']
        same = ['1 video in 12 s, 7.5 MiB', 'more', 'and more', 'r-ba9876543210 /x/y last']
        self.assertIsNone(docs_commands.difference(expected, same))
        for wrong in (same[:-1], [*same, 'a line'], ['2 videos in 12 s, 7 MiB', *same[1:]], same[1:], []):
            self.assertIsNotNone(docs_commands.difference(expected, wrong))
        self.assertIsNotNone(docs_commands.difference(['a', 'c'], ['a', 'b', 'c']))
