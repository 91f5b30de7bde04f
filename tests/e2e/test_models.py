"""Components with real models in this process: the same results in every batch, what the results say of their models, and models that are wrong."""
import json
import pathlib
import shutil
import unittest

import harness

MODELS = harness.ROOT / 'models'
BOTH = 'transnetv2,speech_activity'


def sound_clip(work, name, seconds, sound='aevalsrc=0.4*sin(2*PI*220*t)*gt(sin(2*PI*t)\\,0):s=44100', audio='-c:a aac'):
    """A short clip with one cut and a tone that comes and goes; '' as `sound`: none."""
    source = f'-f lavfi -i testsrc2=size=160x90:rate=25:duration={seconds}'
    if sound:
        source += f' -f lavfi -t {seconds} -i {sound} {audio}'
    harness.ffmpeg(f'{source} -c:v libx264 -preset veryfast {name}'.split(), work)
    return name


@unittest.skipUnless((MODELS / 'silero_vad/model.json').exists() and (MODELS / 'transnetv2/model.json').exists(),
                     'models/ is not there (reelbatch models fetch)')
class InProcess(harness.TestCase):
    def run_models(self, *arguments, out, expect=0, components=BOTH, models=MODELS):
        env = harness.environment(SOURCE_DATE_EPOCH='1700000000', REELBATCH_MODELS=str(models))
        ran = harness.call([str(harness.PROGRAM), 'run', *map(str, arguments), '--components', components, '--out', str(out), '--json'],
                           self.work, env).checked()
        self.assertEqual(ran.exit, expect, ran)
        return ran

    def artifacts(self, out):
        return {str(path.relative_to(self.work / out)): path.read_bytes() for path in sorted((self.work / out).rglob('*.npz'))}

    def components(self, out, video):
        manifest = json.loads(next((self.work / out / 'local' / video).rglob('manifest.json')).read_text())
        return {component['name']: component for component in manifest['components']}

    def copied_models(self):
        copy = self.work / 'copied'
        for name in ('silero_vad', 'transnetv2'):
            shutil.copytree(MODELS / name, copy / name)
        return copy

    def test_the_same_as_one_unit_at_a_time(self):
        clips = [sound_clip(self.work, f'c{k}.mp4', 2 + 1.3 * k) for k in range(3)]
        serial = self.run_models(*clips, '--executor', 'serial', out='serial')
        self.assertEqual(serial.json()['batching']['speech_activity']['sizes'].keys(), {'1'})
        ran = self.run_models(*clips, '--videos-in-flight', '3', out='batched')
        self.assertEqual(self.artifacts('batched'), self.artifacts('serial'))
        self.assertEqual(len(self.artifacts('serial')), 6)
        self.assertGreater(max(map(int, ran.json()['batching']['speech_activity']['sizes'])), 1, 'windows of several videos meet')
        made = self.components('batched', 'c0')
        for name, model in (('transnetv2', 'transnetv2'), ('speech_activity', 'silero_vad')):
            described = json.loads((MODELS / model / 'model.json').read_text())
            (used,) = made[name]['models_used']
            self.assertEqual((used['model_name'], used['weights_digest'], used['runtime'], used['precision']),
                             (model, described['weights_digest'], 'inprocess', 'f32'))
            self.assertEqual(len(made[name]['model_signature']), 64)
        self.assertNotEqual(made['transnetv2']['model_signature'], made['speech_activity']['model_signature'])

    def test_sound_of_every_kind(self):
        sound_clip(self.work, 'none.mp4', 1, sound='')
        sound_clip(self.work, 'silent.mp4', 1, sound='anullsrc=r=48000:cl=stereo')
        sound_clip(self.work, 'narrow.mp4', 1, sound='sine=frequency=300:sample_rate=8000')
        sound_clip(self.work, 'eight.mkv', 1, sound='anoisesrc=a=0.1:r=48000', audio='-ac 8 -c:a flac')
        self.run_models('none.mp4', 'silent.mp4', 'narrow.mp4', 'eight.mkv', out='out', components='speech_activity')
        self.assertEqual(self.components('out', 'none')['speech_activity']['status'], 'empty')
        self.assertEqual(self.components('out', 'none')['speech_activity']['empty_reason'], 'audio_missing')
        for name in ('silent', 'narrow', 'eight'):
            self.assertEqual(self.components('out', name)['speech_activity']['status'], 'success', name)

    def test_a_plan_knows_who_has_sound(self):
        clips = [sound_clip(self.work, 'heard.mp4', 4), sound_clip(self.work, 'none.mp4', 4, sound='')]
        env = harness.environment(REELBATCH_MODELS=str(MODELS))
        plan = harness.call([str(harness.PROGRAM), 'plan', *clips, '--components', 'speech_activity', '--json'], self.work, env).checked().json()
        ran = self.run_models(*clips, out='out', components='speech_activity').json()['batching']['speech_activity']
        # A clip of four seconds: 125 windows, and as much more as its codec's last packet is longer.
        self.assertAlmostEqual(sum(batch['units'] for batch in plan['batches']), ran['units'], delta=3)
        self.assertEqual(plan['not_priced'], 0, 'no picture is decoded')

    def test_the_word_of_transnetv2_for_cuts(self):
        clip = harness.clip()
        self.run_models(clip, '--require-transnetv2', out='with', components='cut_detection,transnetv2')
        made = self.components('with', 'good')
        self.assertEqual(made['cut_detection']['model_signature'], made['transnetv2']['model_signature'])
        refused = self.run_models(clip, '--require-transnetv2', out='without', expect=2, components='cut_detection')
        self.assertIn('transnetv2', refused.err)
        self.run_models(clip, '--prefer-transnetv2', out='prefer', components='cut_detection')
        self.assertTrue(any('transnetv2' in note for note in self.components('prefer', 'good')['cut_detection']['notes']))
        refused = self.run_models(clip, '--prefer-transnetv2', '--decision', 'seed', out='seed', expect=2, components='cut_detection,transnetv2')
        self.assertIn('--prefer-transnetv2', refused.err)

    def test_another_version_is_another_result(self):
        clip = sound_clip(self.work, 'c.mp4', 1)
        models = self.copied_models()
        first = self.run_models(clip, out='out', components='speech_activity', models=models)
        self.assertEqual(first.json()['videos'][0]['status'], 'success')
        again = self.run_models(clip, out='out', components='speech_activity', models=models)
        self.assertEqual(again.json()['videos'][0]['status'], 'skipped')
        file = models / 'silero_vad/model.json'
        file.write_text(file.read_text().replace('"version": "', '"version": "9'))
        changed = self.run_models(clip, out='out', components='speech_activity', models=models)
        self.assertEqual(changed.json()['videos'][0]['status'], 'success', 'done again')

    def test_wrong_models_are_refused_before_anything_begins(self):
        clip = sound_clip(self.work, 'c.mp4', 1)
        missing = self.run_models(clip, out='out', expect=3, models=self.work / 'nowhere')
        self.assertIn('reelbatch models fetch', missing.err)
        self.assertFalse((self.work / 'out').exists(), 'nothing has begun')
        models = self.copied_models()
        weights = models / 'silero_vad/model.bin'
        good = weights.read_bytes()
        weights.write_bytes(good[:1000] + bytes([good[1000] ^ 1]) + good[1001:])
        self.assertIn('silero_vad/model.bin', self.run_models(clip, out='out', expect=3, models=models).err)
        weights.write_bytes(good)
        described = models / 'silero_vad/model.json'
        text = described.read_text()
        described.write_text(text.replace('"stateN"', '"stateX"'))
        self.assertIn('model.json: outputs', self.run_models(clip, out='out', expect=3, models=models).err)
        described.write_text(text[:200])
        self.assertIn('model.json', self.run_models(clip, out='out', expect=3, models=models).err)

    def test_without_an_engine(self):
        """The models are there, and nothing that runs them: the program is far from the engine of this source tree."""
        program = self.work / 'bin/reelbatch'
        program.parent.mkdir()
        shutil.copy(harness.PROGRAM, program)
        env = harness.environment(REELBATCH_MODELS=str(self.copied_models()), XDG_DATA_HOME=str(self.work / 'data'))
        clip = sound_clip(self.work, 'c.mp4', 1)
        alone = harness.call([str(program), 'run', clip, '--components', 'speech_activity', '--out', 'out'], self.work, env).checked()
        self.assertEqual(alone.exit, 3, alone)
        self.assertIn(f'reelbatch-worker: is not at {program.with_name("reelbatch-worker")}', alone.err)
        self.assertIn('--isolation none', alone.err)
        shutil.copy(harness.PROGRAM.with_name('reelbatch-worker'), program.parent)
        listed = harness.call([str(program), 'models', 'list', '--json'], self.work, env).checked()
        if listed.json()['engine']:
            self.skipTest('this system has an OpenVINO of its own')
        self.assertEqual(listed.exit, 0, listed)
        ran = harness.call([str(program), 'run', clip, '--components', 'speech_activity', '--out', 'out'], self.work, env).checked()
        self.assertEqual(ran.exit, 3, ran)
        self.assertIn('reelbatch models fetch', ran.err)
        self.assertFalse((self.work / 'out').exists(), 'nothing has begun')
        # The same program, once the engine is there: nothing is built again.
        (self.work / 'data/reelbatch').mkdir(parents=True)
        (self.work / 'data/reelbatch/models').symlink_to(MODELS)
        ran = harness.call([str(program), 'run', clip, '--components', 'speech_activity', '--out', 'out'], self.work, env).checked()
        self.assertEqual(ran.exit, 0, ran)

    def test_models_say_what_they_are(self):
        env = harness.environment(REELBATCH_MODELS=str(MODELS))
        listed = harness.call([str(harness.PROGRAM), 'models', 'list', '--json'], self.work, env).checked()
        self.assertEqual([model['name'] for model in listed.json()['models']], ['transnetv2', 'silero_vad'])
        checked = harness.call([str(harness.PROGRAM), 'models', 'check', 'silero_vad', '--batch-invariance', '--json'], self.work, env).checked()
        self.assertEqual(checked.json()['models'][0]['batch_variance'], {'output': 0, 'stateN': 0})
        nowhere = harness.environment(REELBATCH_MODELS=str(self.work / 'nowhere'))
        self.assertEqual(harness.call([str(harness.PROGRAM), 'models', 'list'], self.work, nowhere).checked().exit, 1)
        unknown = harness.call([str(harness.PROGRAM), 'models', 'check', 'yolo'], self.work, env).checked()
        self.assertEqual(unknown.exit, 2)
