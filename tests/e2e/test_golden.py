"""The artifacts of generated clips, array by array, are those of before (tests/golden/trees.json).

An array is compared by the SHA-256 of its type, shape and bytes, cuts.json byte for byte. `meta` is left out: what it says of
identity is compared by tests of its own; of the run `models`, where a component runs beside cut_detection that it does not use, the
config_hash in cuts.json is left out, too (docs/decisions/0021). The plain kernels run, so that the instructions of a machine do not matter; results of
models depend on them all the same, and are compared on machines with the recorded instructions only. `python3 test_golden.py
--record` writes the file anew.
"""
import hashlib
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import numpy

import harness

TREES = harness.ROOT / 'tests/golden/trees.json'

# A clip of lavfi pictures with a cut at 25 and sound that is no speech, one of two speeds, and a drawn one with traps.
CLIPS = {
    'two_shots.mp4': lambda work: shutil.copyfile(harness.clip('golden.mp4', size='320x180', extra='-fflags +bitexact'), work / 'two_shots.mp4'),
    'portrait.mkv': lambda work: shutil.copyfile(
        harness.clip('golden.mkv', size='90x160', fps=30, half=1.5, codec='-c:v ffv1 -threads 1', extra='-fflags +bitexact'), work / 'portrait.mkv'),
    'sound.mov': lambda work: harness.ffmpeg(
        [*'-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi -i sine=f=440:r=16000:d=2 -c:v libx264 -preset veryfast -threads 1 '
         '-c:a pcm_s16le -fflags +bitexact'.split(), 'sound.mov'], work),
    'dissolves.mp4': lambda work: harness.lab('reel', '--script', str(harness.ROOT / 'tests/traps/dissolves.txt'),
                                              '--out', 'dissolves.mp4', cwd=work),
}

CALLS = {
    'default': (),
    'seed_quality': ('--decision', 'seed', '--preset', 'quality', '--ssim-range', '255'),
    'motion_fast': ('--parts', 'hard,soft,motion', '--preset', 'fast'),
    'flow_reused': ('--components', 'cut_detection,core_optical_flow', '--prefer-core-optical-flow'),
    'sampled': ('--analysis-fps', '5', '--analysis-width', '160', '--start', '0.4', '--min-confidence', '0.3'),
    'models': ('--components', 'cut_detection,transnetv2,speech_activity', '--require-transnetv2'),
}
MODELS = harness.ROOT / 'models'


def instructions():
    flags = re.search(r'^flags\s*:(.*)$', pathlib.Path('/proc/cpuinfo').read_text(), re.M).group(1).split()
    return sorted({'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx_vnni', 'amx_tile', 'avx512_bf16'} & set(flags))


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def cuts_json(path, call):
    text = path.read_bytes()
    return re.sub(rb'"config_hash": "[0-9a-f]{64}"', b'', text) if call == 'models' else text


def summary(folder, call):
    """{relative path: digest, or {array: digest}} of the artifacts of a run, without the name of the run."""
    found = {}
    for path in sorted(folder.glob('local/*/*/*/*')):
        video, _, component, name = path.relative_to(folder / 'local').parts
        if path.suffix == '.npz':
            with numpy.load(path, allow_pickle=False) as npz:
                found[f'{video}/{component}/{name}'] = {
                    array: digest(f'{npz[array].dtype.str}{npz[array].shape}'.encode() + npz[array].tobytes())
                    for array in npz.files if array != 'meta'}
        else:
            found[f'{video}/{component}/{name}'] = digest(cuts_json(path, call))
    return found


def make_clips(work):
    for make in CLIPS.values():
        make(work)
    return {name: digest((work / name).read_bytes()) for name in CLIPS}


def run(work, name):
    done = harness.call([str(harness.PROGRAM), 'run', *CLIPS, '--out', name, '--threads', '2', *CALLS[name]], work,
                        env={**harness.environment(), 'REELBATCH_SIMD': 'scalar', 'REELBATCH_MODELS': str(MODELS)})
    return done, summary(work / name, name)


class Base(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.golden = json.loads(TREES.read_text())

    def check(self, name):
        clips = make_clips(self.work)
        if clips != self.golden['clips']:
            self.skipTest('this FFmpeg encodes other clips than the recorded ones')
        done, found = run(self.work, name)
        self.assertEqual(done.exit, 0, done)
        expected = self.golden['trees'][name]
        self.assertEqual(sorted(found), sorted(expected))
        for path, digests in expected.items():
            self.assertEqual(found[path], digests, path)


class Golden(Base):
    def test_default(self):
        self.check('default')

    def test_seed_quality(self):
        self.check('seed_quality')

    def test_motion_fast(self):
        self.check('motion_fast')

    def test_flow_reused(self):
        self.check('flow_reused')

    def test_sampled(self):
        self.check('sampled')


@unittest.skipUnless((MODELS / 'silero_vad/model.json').exists() and (MODELS / 'transnetv2/model.json').exists(),
                     'models/ is not there (reelbatch models fetch)')
class GoldenModels(Base):

    def test_models(self):
        if instructions() != self.golden['instructions']:
            self.skipTest(f'this machine has other instructions than {" ".join(self.golden["instructions"])}')
        self.check('models')


def record():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        golden = {'clips': make_clips(work), 'instructions': instructions(), 'trees': {}}
        for name in CALLS:
            done, golden['trees'][name] = run(work, name)
            if done.exit != 0:
                sys.exit(str(done))
    TREES.parent.mkdir(exist_ok=True)
    TREES.write_text(json.dumps(golden, indent=1, sort_keys=True) + '\n')


if __name__ == '__main__':
    if sys.argv[1:] == ['--record']:
        record()
    else:
        unittest.main()
