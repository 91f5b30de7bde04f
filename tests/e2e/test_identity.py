"""What a second call computes: a table of changes (tests/scenarios/identity.txt), results of 0.1.0, `verify` and `prune`."""
import hashlib
import json
import os
import pathlib
import pty
import shlex
import shutil
import subprocess
import unittest

import jsonschema
import numpy

import harness

PROGRAM = pathlib.Path(os.environ.get('REELBATCH_TEST_COMPONENTS', harness.ROOT / 'build/dev/tests/reelbatch_with_test_components'))
TABLE = harness.ROOT / 'tests/scenarios/identity.txt'
EARLIER = harness.ROOT / 'tests/fixtures/manifest_v1/folder'
MODELS = harness.ROOT / 'models'
HAS_MODELS = (MODELS / 'silero_vad/model.json').exists() and (MODELS / 'transnetv2/model.json').exists()


def rows():
    """[(line number, six columns)] and {name: options} of the table."""
    names, found = {}, []
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        line = line.strip()
        if line.startswith('let '):
            name, options = line[4:].split('=', 1)
            names[name.strip()] = options.split()
        elif line and not line.startswith('#'):
            columns = [column.strip() for column in line.split('|')]
            if len(columns) != 6:
                raise ValueError(f'{TABLE}:{number}: has {len(columns)} columns, not 6')
            found.append((number, columns))
    return names, found


def key_of(component, manifest):
    """The key of a result as docs/decisions/0021 says it is made."""
    parts = {'source': manifest['source']['sha256'], 'component': component['name'], 'version': component['component_version'],
             'config': component['config'], 'sampling_policy_version': component['sampling_policy_version'],
             'schema': component['schema_version'], 'model_signature': component['model_signature'], 'uses': component['uses']}
    files = sorted({used['files_digest'] for used in component['models_used'] if 'files_digest' in used})
    if files:
        parts['model_files'] = hashlib.sha256('\n'.join(files).encode()).hexdigest()
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()).hexdigest()


class Folder:
    """An output folder, its clip and its models, and what can happen to them between two calls."""

    def __init__(self, work):
        self.work, self.out, self.faults = work, work / 'out', ''
        self.models = MODELS

    def call(self, *words, expect=0):
        env = harness.environment(REELBATCH_MODELS=str(self.models), REELBATCH_TEST_FAULTS=self.faults)
        done = harness.call([str(PROGRAM), *words], self.work, env).checked()
        if expect is not None and done.exit != expect:
            raise AssertionError(str(done))
        return done

    def journal(self):
        lines = (self.out / '.reelbatch/journal.jsonl').read_text().splitlines()
        return [json.loads(line) for line in lines]

    def manifest_path(self):
        summary = json.loads((self.out / 'run.json').read_text())
        return self.out / 'local/clip' / summary['run_id'] / 'manifest.json'

    def edit(self, change):
        path = self.manifest_path()
        manifest = json.loads(path.read_text())
        change(manifest)
        path.write_text(json.dumps(manifest))

    def delete(self, name):
        (self.manifest_path().parent / name).unlink()

    def damage(self, name):
        path = self.manifest_path().parent / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    def cut_short(self, name):
        path = self.manifest_path().parent / name
        path.write_bytes(path.read_bytes()[:100])

    def lose_state(self):
        for path in self.out.glob('.reelbatch/state.db*'):
            path.unlink()

    def lose_summary(self):
        (self.out / 'run.json').unlink()

    def touch_video(self):
        os.utime(self.work / 'clip.mp4', (1, 1))

    def change_video(self):
        harness.ffmpeg(['-i', 'clip.mp4', '-vf', 'hflip', '-c:v', 'libx264', '-threads', '1', 'new.mp4'], self.work)
        os.replace(self.work / 'new.mp4', self.work / 'clip.mp4')

    def other_program(self):
        def change(manifest):
            manifest['producer'] = 'reelbatch 0.0.9'
            for component in manifest['components']:
                component['producer_version'] = component['producer_version'].replace('0.1.0', '0.0.9')
        self.edit(change)

    def other_version(self, name):
        """As an earlier version of the component would have left it."""
        def change(manifest):
            for component in manifest['components']:
                if component['name'] == name:
                    component['component_version'] = '0'
                    component['key'] = key_of(component, manifest)
        self.edit(change)

    def other_engine(self):
        """As another version of the engine would have left it: in a folder of its own, with another signature."""
        def change(manifest):
            manifest['run_id'] = 'r-000000000000'
            for component in manifest['components']:
                component['models_used'][0]['engine'] = 'openvino 0.1'
                component['model_signature'] = '0' * 64
                component['key'] = key_of(component, manifest)
        self.edit(change)
        self.manifest_path().parent.rename(self.out / 'local/clip/r-000000000000')

    def change_weights(self, name):
        """The last digit of one weight, and a model.json that says all is as it was, but for the hash of that file."""
        copy = self.work / 'models'
        shutil.copytree(MODELS, copy, ignore=shutil.ignore_patterns('.*'), dirs_exist_ok=True)
        weights = copy / name / 'model.bin'
        data = bytearray(weights.read_bytes())
        data[len(data) // 2 // 4 * 4] ^= 1
        weights.write_bytes(data)
        described = json.loads((copy / name / 'model.json').read_text())
        described['files']['model.bin'] = 'sha256:' + hashlib.sha256(data).hexdigest()
        (copy / name / 'model.json').write_text(json.dumps(described))
        self.models = copy


def components(events, kind):
    return {event['path'].split('/')[0] for event in events if event['event'] == kind}


class Table(harness.TestCase):
    def clip(self):
        harness.ffmpeg(['-i', str(harness.clip(size='128x96', half=0.6)), '-f', 'lavfi', '-i', 'sine=f=440:r=16000', '-shortest', '-c:v', 'copy',
                        '-c:a', 'aac', '-fflags', '+bitexact', 'clip.mp4'], self.work)

    def play(self, names, columns):
        first, change, second, computed, linked, stays = columns
        wanted = [set() if column == '-' else set(column.split()) for column in (computed, linked, stays)]
        shutil.rmtree(self.work)
        self.work.mkdir()
        self.clip()
        folder = Folder(self.work)

        def options(call):
            return [option for word in shlex.split(call) for option in names.get(word, [word])]

        word, _, argument = change.partition(' ')
        if word == 'faults':
            folder.faults = argument
        folder.call('run', 'clip.mp4', '--out', 'out', *options(first), expect=1 if word == 'faults' else 0)
        if word == 'faults':
            folder.faults = ''.join(f'{part};' for part in argument.split(';') if 'needs' in part)
        elif word != '-':
            getattr(folder, word)(*argument.split())
        again = ['run', 'clip.mp4', '--out', 'out', *options(first if second == 'same' else second)]
        before = len(folder.journal())
        folder.call(*again)
        events = folder.journal()[before:]
        manifest = json.loads(folder.manifest_path().read_text())
        here = {component['name'] for component in manifest['components']}
        written, joined = components(events, 'artifact_written'), components(events, 'artifact_linked')
        self.assertEqual([written, joined, here - written - joined], wanted)
        for component in manifest['components']:
            self.assertEqual(component['status'], 'success')
            self.assertEqual(component['linked_from'] is not None, component['name'] in joined)
            self.assertEqual(component['key'], key_of(component, manifest))
        self.assertEqual(folder.call('verify', 'out', '--json').json()['problems'], [])
        if '--force' not in again:
            before = len(folder.journal())
            self.assertIn('1 skipped', folder.call(*again).out)
            self.assertEqual(components(folder.journal()[before:], 'artifact_written'), set(), 'the same call once more')

    def test_every_row(self):
        names, table = rows()
        self.assertGreaterEqual(len(table), 30)
        left_out = 0
        for number, columns in table:
            if columns[0] in ('models', 'learned', 'net') and not HAS_MODELS:
                left_out += 1
                continue
            with self.subTest(f'{TABLE.name}:{number}', row=' | '.join(columns)):
                self.play(names, columns)
        if left_out:
            self.skipTest(f'{left_out} rows need models/ (reelbatch models fetch)')


class FromDisk(harness.TestCase):
    """A result that lies on disk is worth as much as one that was computed beside the component that takes it."""

    def setUp(self):
        super().setUp()
        self.take('a.mp4')

    def run_in(self, out, components, *options):
        """Runs, and gives the components that were written and the files of cut_detection."""
        journal = self.work / out / '.reelbatch/journal.jsonl'
        before = len(journal.read_text().splitlines()) if journal.exists() else 0
        self.run_reelbatch('run', 'a.mp4', '--out', out, '--components', components, *options)
        events = [json.loads(line) for line in journal.read_text().splitlines()[before:]]
        run_id = json.loads((self.work / out / 'run.json').read_text())['run_id']
        cuts = self.work / out / 'local/a' / run_id / 'cut_detection'
        return sorted({event['path'].split('/')[0] for event in events if event['event'] == 'artifact_written'}), cuts

    def play(self, used, *options):
        both = f'cut_detection,{used}'
        written, cuts = self.run_in('together', both, *options)
        self.assertEqual(written, sorted(both.split(',')))
        together = harness.tree(cuts)
        shutil.rmtree(cuts)
        written, cuts = self.run_in('together', both, *options)
        self.assertEqual(written, ['cut_detection'])
        self.assertEqual(harness.tree(cuts), together)
        self.run_in('apart', used, *[option for option in options if 'core-optical-flow' not in option and 'transnetv2' not in option])
        written, cuts = self.run_in('apart', both, *options)
        self.assertEqual(written, ['cut_detection'])
        self.assertEqual(harness.tree(cuts), together)
        self.run_reelbatch('verify', 'apart')

    def test_flow(self):
        self.play('core_optical_flow', '--prefer-core-optical-flow')

    def test_flow_with_many_threads(self):
        self.play('core_optical_flow', '--require-core-optical-flow', '--threads', '4', '--parts', 'hard,soft,motion')

    @unittest.skipUnless(HAS_MODELS, 'models/ is not there (reelbatch models fetch)')
    def test_learned_boundaries(self):
        self.play('transnetv2', '--require-transnetv2', '--models', str(MODELS))


@unittest.skipUnless(HAS_MODELS, 'models/ is not there (reelbatch models fetch)')
class FromEarlierRuns(harness.TestCase):
    """`--prefer-` and `--require-` of a component that the run does not have: flow.npz of an earlier run serves."""

    FLOW = ('--components', 'core_optical_flow')

    def setUp(self):
        super().setUp()
        self.clip = harness.clip(size='128x96', half=0.6)

    def run_into(self, out, *words, expect=0):
        done = harness.call([str(PROGRAM), 'run', str(self.clip), '--out', out, '--json', *words], self.work,
                            harness.environment(SOURCE_DATE_EPOCH='1700000000')).checked()
        if expect is not None:
            self.assertEqual(done.exit, expect, done)
        return done

    def files(self, out, run=None):
        """The files of cut_detection of the last run, and its manifest."""
        summary = json.loads((self.work / out / 'run.json').read_text())
        [folder] = (self.work / out / 'local').glob('*/' + (run or summary['run_id']))
        texts = {path.name: path.read_bytes() for path in (folder / 'cut_detection').iterdir()} if (folder / 'cut_detection').exists() else {}
        return texts, json.loads((folder / 'manifest.json').read_text())

    def test_flow_of_an_earlier_run_gives_the_same_bytes_as_flow_of_the_same_run(self):
        for word in ('prefer', 'require'):
            with self.subTest(word):
                out = 'after-' + word
                self.run_into('both-' + word, '--components', 'core_optical_flow,cut_detection', f'--{word}-core-optical-flow')
                self.run_into(out, *self.FLOW)
                self.run_into(out, f'--{word}-core-optical-flow')
                both, after = self.files('both-' + word), self.files(out)
                self.assertEqual(after[0].keys(), {'cut_detection.npz', 'cuts.json'})
                self.assertEqual(after[0], both[0])
                [cuts] = after[1]['components']
                self.assertEqual(list(cuts['uses']), ['core_optical_flow'])
                self.assertIn('core_optical_flow', cuts['uses_from'])
                self.assertEqual(cuts['key'], [one for one in both[1]['components'] if one['name'] == 'cut_detection'][0]['key'])
                harness.call([str(PROGRAM), 'verify', out], self.work, harness.environment()).checked()
                again = json.loads(self.run_into(out, f'--{word}-core-optical-flow').out)
                self.assertEqual(again['videos'][0]['status'], 'skipped')

    def test_the_folder_that_has_both_later_computes_nothing_again(self):
        self.run_into('out', *self.FLOW)
        self.run_into('out', '--prefer-core-optical-flow')
        done = json.loads(self.run_into('out', '--prefer-core-optical-flow', '--components', 'core_optical_flow,cut_detection').out)
        self.assertEqual(done['videos'][0]['status'], 'skipped')

    def test_prune_keeps_what_the_last_run_used(self):
        self.run_into('out', *self.FLOW)
        self.run_into('out', '--preset', 'fast')
        self.run_into('out', '--prefer-core-optical-flow')
        harness.call([str(PROGRAM), 'prune', 'out', '--yes'], self.work, harness.environment()).checked()
        self.assertEqual(len(list(self.work.glob('out/local/*/*'))), 2)
        done = json.loads(self.run_into('out', '--prefer-core-optical-flow').out)
        self.assertEqual(done['videos'][0]['status'], 'skipped')

    def test_a_result_that_was_made_beside_its_dependency_keeps_it_when_it_is_linked(self):
        both = ('--components', 'core_optical_flow,cut_detection', '--require-core-optical-flow')
        self.run_into('out', *both)
        self.run_into('out', '--require-core-optical-flow')
        [cuts] = self.files('out')[1]['components']
        self.assertIn('core_optical_flow', cuts['uses_from'])
        harness.call([str(PROGRAM), 'prune', 'out', '--yes'], self.work, harness.environment()).checked()
        done = json.loads(self.run_into('out', '--require-core-optical-flow').out)
        self.assertEqual(done['videos'][0]['status'], 'skipped')
        self.run_into('out', *both)
        self.assertFalse([one for one in self.files('out')[1]['components'] if 'uses_from' in one])

    def test_verify_names_a_used_result_that_is_gone(self):
        self.run_into('out', *self.FLOW)
        self.run_into('out', '--prefer-core-optical-flow')
        [flow] = self.work.glob('out/local/*/*/core_optical_flow')
        shutil.rmtree(flow.parent)
        done = harness.call([str(PROGRAM), 'verify', 'out'], self.work, harness.environment()).checked()
        self.assertEqual(done.exit, 1)
        self.assertIn('was made with a result of core_optical_flow that is no longer in local/', done.out + done.err)

    def test_a_run_that_does_not_begin_is_no_killed_one(self):
        self.run_into('out')
        self.run_into('out', '--trace', str(self.work / 'nowhere/trace.json'), expect=3)
        done = harness.call([str(PROGRAM), 'verify', 'out'], self.work, harness.environment()).checked()
        self.assertEqual(done.exit, 0, done)

    def test_of_other_settings_the_same_sampling_is_taken_first(self):
        for words in (('--analysis-fps', '5'), ('--analysis-fps', '7'), ('--preset', 'quality')):
            self.run_into('out', *self.FLOW, *words)
        self.run_into('out', '--require-core-optical-flow')
        [cuts] = self.files('out')[1]['components']
        self.assertTrue(any('was made with preset "quality"' in note for note in cuts['notes']), cuts['notes'])

    @unittest.skipUnless(HAS_MODELS, 'models/ is not there (reelbatch models fetch)')
    def test_models_of_a_used_result_are_its_users_too(self):
        self.run_into('out', '--components', 'transnetv2', '--models', str(MODELS))
        self.run_into('out', '--require-transnetv2')
        first = self.files('out')[1]['components'][0]['models_used']
        self.assertTrue(first)
        self.run_into('out', '--require-transnetv2', '--components', 'core_optical_flow,cut_detection')
        [cuts] = [one for one in self.files('out')[1]['components'] if one['name'] == 'cut_detection']
        self.assertEqual(cuts['models_used'], first)
        self.assertEqual(harness.call([str(PROGRAM), 'verify', 'out'], self.work, harness.environment()).checked().exit, 0)

    def test_other_frames_are_refused_with_the_reason(self):
        self.run_into('out', *self.FLOW, '--analysis-fps', '5')
        self.run_into('out', '--prefer-core-optical-flow')
        [cuts] = self.files('out')[1]['components']
        self.assertEqual(cuts['uses'], {})
        self.assertTrue(any('was made with analysis_fps 5' in note for note in cuts['notes']), cuts['notes'])
        done = self.run_into('out', '--require-core-optical-flow', expect=1)
        self.assertIn('core_optical_flow analysed other frames; run both components in one run', done.err)

    def test_what_is_required_and_not_there_is_named_with_the_remedy(self):
        done = self.run_into('new', '--require-core-optical-flow', expect=2)
        self.assertIn('add it to --components', done.err)
        self.run_into('out')
        done = self.run_into('out', '--require-core-optical-flow', expect=1)
        self.assertIn('dependency_missing: needs the result of core_optical_flow (add it to the components): '
                      'no run in this folder has a result of core_optical_flow', done.err)

    def test_a_damaged_flow_is_not_taken(self):
        self.run_into('out', *self.FLOW)
        [flow] = self.work.glob('out/local/*/*/core_optical_flow/flow.npz')
        flow.write_bytes(flow.read_bytes()[:-1])
        self.run_into('out', '--prefer-core-optical-flow')
        [cuts] = self.files('out')[1]['components']
        self.assertEqual(cuts['uses'], {})
        self.assertTrue(any('has files that differ from its manifest' in note for note in cuts['notes']), cuts['notes'])


class Weights(harness.TestCase):
    def test_weights_that_model_json_does_not_name_are_refused(self):
        self.take('clip.mp4')
        copy = self.work / 'models'
        shutil.copytree(MODELS / 'transnetv2', copy / 'transnetv2')
        with (copy / 'transnetv2/model.bin').open('r+b') as weights:
            weights.seek(1000)
            weights.write(b'\0\0\0\1')
        done = self.run_reelbatch('run', 'clip.mp4', '--components', 'transnetv2', '--models', 'models', '--out', 'out', expect=3)
        self.assertIn('model.bin', done.err)

    def test_artifacts_name_their_models(self):
        self.take('clip.mp4')
        self.run_reelbatch('run', 'clip.mp4', '--components', 'transnetv2', '--models', str(MODELS), '--out', 'out')

        with numpy.load(self.one('out/local/clip/*/transnetv2/transnetv2.npz'), allow_pickle=False) as npz:
            meta = json.loads(str(npz['meta']))
        self.assertEqual(meta['models_used'][0]['model_name'], 'transnetv2')
        self.assertTrue(meta['models_used'][0]['files_digest'].startswith('sha256:'))
        self.assertEqual((meta['component'], meta['component_version']), ('transnetv2', '1'))
        for gone in ('producer', 'producer_version', 'run_id'):
            self.assertNotIn(gone, meta)


class Earlier(harness.TestCase):
    """A folder that 0.1.0 made."""

    def setUp(self):
        super().setUp()
        shutil.copytree(EARLIER / 'out', self.work / 'out')
        shutil.copyfile(EARLIER / 'clip.mp4', self.work / 'clip.mp4')
        (self.work / 'out/.reelbatch').mkdir()
        uri = (self.work / 'clip.mp4').as_uri()
        for manifest in self.work.glob('out/local/*/*/manifest.json'):
            manifest.write_text(manifest.read_text().replace('file:///tmp/videos/clip.mp4', uri))
        self.before = harness.tree(self.work / 'out', ignore=('.reelbatch', 'run.json'))

    def test_it_resumes_without_work(self):
        for options in ((), ('--components', 'cut_detection,core_optical_flow', '--prefer-core-optical-flow')):
            done = self.run_reelbatch('run', 'clip.mp4', '--out', 'out', *options)
            self.assertIn('1 skipped', done.out)
        self.assertEqual(harness.tree(self.work / 'out', ignore=('.reelbatch', 'run.json')), self.before)

    def test_it_is_whole(self):
        self.run_reelbatch('verify', 'out')

    def test_its_components_are_linked_into_other_runs(self):
        self.run_reelbatch('run', 'clip.mp4', '--out', 'out', '--components', 'cut_detection,core_optical_flow')
        run_id = json.loads((self.work / 'out/run.json').read_text())['run_id']
        manifest = json.loads((self.work / f'out/local/clip/{run_id}/manifest.json').read_text())
        self.assertEqual(manifest['schema'], 'reelbatch_manifest_v2')
        self.assertEqual({component['name']: component['linked_from'] for component in manifest['components']},
                         {'core_optical_flow': 'local/clip/r-7330f7fd4371', 'cut_detection': 'local/clip/r-920d75d299f3'})
        self.run_reelbatch('verify', 'out')


class Newest(harness.TestCase):
    def test_cuts_that_were_linked_are_those_of_the_later_run(self):
        self.take('a.mp4')
        for options in ((), ('--decision', 'seed'), ('--components', 'cut_detection,core_optical_flow')):
            self.run_reelbatch('run', 'a.mp4', '--out', 'out', *options)
        self.assertEqual(self.decision(), 'adaptive')

    def decision(self):
        return self.run_reelbatch('cuts', '--from', 'out', '--json').json()['settings']['decision']

    def test_the_run_that_run_json_tells_of_comes_first(self):
        self.take('a.mp4')
        for options in ((), ('--decision', 'seed'), ()):
            self.run_reelbatch('run', 'a.mp4', '--out', 'out', *options)
        self.assertEqual(self.decision(), 'adaptive')

    def test_what_no_manifest_names_is_not_taken(self):
        self.take('a.mp4')
        self.run_reelbatch('run', 'a.mp4', '--out', 'out')
        run = self.one('out/local/a/*')
        killed = run.parent / 'r-000000000000'
        shutil.copytree(run / 'cut_detection', killed / 'cut_detection')
        cuts = killed / 'cut_detection/cuts.json'
        cuts.write_text(cuts.read_text().replace('"adaptive"', '"seed"'))
        self.assertEqual(self.decision(), 'adaptive')
        shutil.rmtree(run)
        self.assertIn('has no cuts', self.run_reelbatch('cuts', '--from', 'out', '--json', expect=2).err)

    def test_a_file_that_is_not_that_of_its_manifest_is_refused(self):
        self.take('a.mp4')
        self.run_reelbatch('run', 'a.mp4', '--out', 'out')
        cuts = self.one('out/local/a/*/cut_detection/cuts.json')
        cuts.write_text(cuts.read_text().replace('"adaptive"', '"seed"'))
        done = self.run_reelbatch('cuts', '--from', 'out', '--json', expect=1)
        self.assertIn('differs from its manifest', done.err)


class Kept(harness.TestCase):
    def test_run_json_names_what_was_there(self):
        self.take('a.mp4')

        def kept(components):
            done = self.run_reelbatch('run', 'a.mp4', '--out', 'out', '--components', components, '--json').json()
            return done['videos'][0]['kept'], f'local/a/{done["run_id"]}'
        nothing, first = kept('cut_detection')
        self.assertEqual(nothing, [])
        cuts = {'component': 'cut_detection', 'linked_from': first}
        self.assertEqual(kept('cut_detection,core_optical_flow')[0], [cuts])
        self.assertEqual(kept('cut_detection,core_optical_flow')[0], [{'component': 'core_optical_flow'}, cuts])


class Schema(harness.TestCase):
    def test_manifests_are_what_their_schema_says(self):
        schema = json.loads((harness.ROOT / 'schemas/reelbatch_manifest_v2.schema.json').read_text())
        self.take('a.mp4')
        (self.work / 'bad.mp4').write_text('no video')
        self.run_reelbatch('run', 'a.mp4', '--out', 'out')
        self.run_reelbatch('run', 'a.mp4', 'bad.mp4', '--out', 'out', '--components', 'cut_detection,core_optical_flow', expect=1)
        manifests = list(self.work.glob('out/local/*/*/manifest.json'))
        self.assertEqual(len(manifests), 3)
        for manifest in manifests:
            jsonschema.Draft202012Validator(schema).validate(json.loads(manifest.read_text()))


class Verify(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.take('a.mp4', 'b.mp4')
        self.run_reelbatch('run', 'a.mp4', 'b.mp4', '--out', 'out')

    def problems(self, expect=1):
        report = self.run_reelbatch('verify', 'out', '--json', expect=expect).json()
        return [(problem['problem'], problem['path'].split('/')[-1]) for problem in report['problems']]

    def test_all_is_well(self):
        self.assertEqual(self.problems(expect=0), [])
        self.assertIn('no problems', self.run_reelbatch('verify', 'out').out)

    def test_everything_that_is_wrong_is_named(self):
        a, b = self.one('out/local/a/*'), self.one('out/local/b/*')
        (a / 'cut_detection/cuts.json').unlink()
        data = bytearray((b / 'cut_detection/cut_detection.npz').read_bytes())
        data[100] ^= 1
        (b / 'cut_detection/cut_detection.npz').write_bytes(data)
        (b / 'cut_detection/cuts.json').write_text('{}')
        (b / 'notes.txt').write_text('mine')
        (self.work / 'out/local/b/r-killed/cut_detection').mkdir(parents=True)
        self.assertEqual(sorted(self.problems()), sorted([
            ('artifact_missing', 'cuts.json'), ('summary_wrong', 'run.json'), ('artifact_damaged', 'cut_detection.npz'),
            ('artifact_damaged', 'cuts.json'), ('file_unnamed', 'notes.txt'), ('manifest_missing', 'r-killed')]))
        (a / 'manifest.json').write_text('{')
        self.assertIn(('manifest_unreadable', 'manifest.json'), self.problems())
        done = self.run_reelbatch('verify', 'out', expect=1)
        self.assertIn('notes.txt', done.out)

    def test_what_cannot_be_read_is_named(self):
        program = [str(harness.PROGRAM), 'verify', 'out', '--json']
        options = {'cwd': self.work, 'env': harness.environment(), 'capture_output': True, 'text': True}
        if os.geteuid() == 0:
            self.work.chmod(0o755)
            options['user'] = 65534  # root may read everything
        try:
            self.assertEqual(json.loads(subprocess.run(program, **options).stdout)['problems'], [])
        except PermissionError:
            self.skipTest('the program is not there for other users')
        a, b = self.one('out/local/a/*'), self.one('out/local/b/*')
        (a / 'cut_detection').chmod(0)
        b.parent.chmod(0)
        try:
            done = subprocess.run(program, **options)
        finally:
            (a / 'cut_detection').chmod(0o755)
            b.parent.chmod(0o755)
        self.assertEqual(done.returncode, 1)
        found = {(problem['problem'], problem['path'].split('/')[-1]) for problem in json.loads(done.stdout)['problems']}
        self.assertLessEqual({('not_read', 'cut_detection'), ('not_read', 'b'), ('not_read', 'cuts.json')}, found)
        self.assertNotIn('artifact_missing', {problem for problem, _ in found})

    def test_wrong_use(self):
        for words in ((), ('out', 'more'), ('a.mp4',), ('nowhere',), ('.',)):
            self.run_reelbatch('verify', *words, expect=2)


class Prune(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.take('a.mp4')
        for options in (('--decision', 'seed'), (), ('--components', 'cut_detection,core_optical_flow')):
            self.run_reelbatch('run', 'a.mp4', '--out', 'out', *options)
            summary = json.loads((self.work / 'out/run.json').read_text())
            self.runs = [*getattr(self, 'runs', []), summary['run_id']]

    def prune(self, *options, expect=0):
        return self.run_reelbatch('prune', 'out', *options, '--json', expect=expect).json()

    def there(self):
        return {path.name for path in self.work.glob('out/local/a/*')}

    def test_it_says_what_it_would_do(self):
        before = harness.tree(self.work / 'out')
        plan = self.prune('--dry-run')
        self.assertFalse(plan['removed'])
        self.assertEqual(plan['kept_runs'], [self.runs[2]])
        self.assertEqual({item['path'].split('/')[-1] for item in plan['items']}, set(self.runs[:2]))
        self.assertEqual(harness.tree(self.work / 'out'), before)
        done = self.run_reelbatch('prune', 'out', expect=2)
        self.assertIn('--yes', done.err)
        self.assertEqual(harness.tree(self.work / 'out'), before)

    def test_a_run_that_failed_costs_no_result(self):
        self.run_reelbatch('run', 'a.mp4', '--out', 'new')
        before = harness.tree(self.work / 'new/local')
        self.run_reelbatch('run', 'a.mp4', '--out', 'new', '--require-core-optical-flow', expect=1)
        self.run_reelbatch('prune', 'new', '--yes')
        after = harness.tree(self.work / 'new/local')
        self.assertEqual({path: after.get(path) for path in before}, before)
        self.assertIn('1 cut', self.run_reelbatch('cuts', '--from', 'new').out)

    def test_on_a_terminal_it_asks(self):
        for answer, runs in (('n', set(self.runs)), ('y', {self.runs[2]})):
            ours, theirs = pty.openpty()
            child = subprocess.Popen([str(harness.PROGRAM), 'prune', 'out'], cwd=self.work, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
                                     env=harness.environment())
            os.write(ours, answer.encode() + b'\n')
            out, _ = child.communicate(timeout=harness.TIMEOUT_S)
            os.close(theirs)
            os.close(ours)
            self.assertEqual(child.returncode, 0)
            self.assertIn(self.runs[0].encode(), out)
            self.assertEqual(self.there(), runs)

    def test_the_last_run_and_the_named_ones_stay(self):
        self.prune('--keep', self.runs[0], '--yes')
        self.assertEqual(self.there(), {self.runs[0], self.runs[2]})
        self.prune('--yes')
        self.assertEqual(self.there(), {self.runs[2]})
        self.run_reelbatch('verify', 'out')
        self.assertIn('1 skipped', self.run_reelbatch('run', 'a.mp4', '--out', 'out', '--components', 'cut_detection,core_optical_flow').out)
        self.assertEqual(self.prune('--yes')['items'], [])
        self.run_reelbatch('prune', 'out', '--keep', 'r-nothing', '--yes', expect=2)

    def test_what_has_another_name_frees_nothing(self):
        # The cuts of the second run are those of the last one.
        kept = {(path.stat().st_dev, path.stat().st_ino) for path in self.work.glob(f'out/local/a/{self.runs[2]}/**/*') if path.is_file()}
        freed = 0
        for run in self.runs[:2]:
            for path in self.work.glob(f'out/local/a/{run}/**/*'):
                if path.is_file() and (path.stat().st_dev, path.stat().st_ino) not in kept:
                    freed += path.stat().st_size
        plan = self.prune('--yes')
        self.assertEqual(plan['bytes'], freed)
        self.assertLess(freed, sum(item['bytes'] for item in plan['items']))

    def test_leftovers_of_killed_runs_and_files_of_nobody(self):
        kept = self.work / f'out/local/a/{self.runs[2]}'
        (kept / 'cut_detection/old.npz').write_text('x')
        (self.work / 'out/local/b' / self.runs[2] / 'cut_detection').mkdir(parents=True)
        (self.work / 'out/local/b' / self.runs[2] / 'cut_detection/cuts.json').write_text('{}')
        (self.work / 'out/.reelbatch/tmp/.reelbatch-1-1.tmp').write_text('half')
        kinds = {item['what'] for item in self.prune('--yes')['items']}
        self.assertEqual(kinds, {'run', 'unfinished', 'unnamed_file', 'temporary'})
        self.assertFalse((kept / 'cut_detection/old.npz').exists())
        self.assertFalse((self.work / 'out/local/b').exists())
        self.assertFalse(list(self.work.glob('out/.reelbatch/tmp/*')))
        self.run_reelbatch('verify', 'out')


if __name__ == '__main__':
    unittest.main()
