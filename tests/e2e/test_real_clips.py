"""The real clips in ../shared/data, where that folder is: all frames, every unreadable one named, and the quality floor."""
import json
import subprocess
import sys
import unittest

import harness

SHARED = harness.SHARED_DATA.parent
CLIPS = harness.SHARED_DATA / 'clips'
# `make soak` compares with the seed rule, and looks at every clip in every instruction set.
DECISIONS = ('adaptive', 'seed') if harness.SOAK else ('adaptive',)
FEW = ('psd_fades_synthetic.mp4', 'wildlife_320.mp4', 'composite_42_00.mp4', 'composite_42_08.mp4', 'calais_1906.ogv', 'mdn_frog.mp4')
RUN_TIMEOUT_S = 1200
# Of all scored clips, and of the natural ones alone: what the detection was to reach at least.
ALL_FLOOR = 'hard_F1=.955,all_F1=.92,soft_R=.85,soft_IoU_found=.6,type_accuracy=.85'
NATURAL_FLOOR = 'hard_F1=.96,all_F1=.9'
JUDGED = {'hard': 'hard', 'dissolve': 'dissolve', 'wipe': 'wipe', 'fade_in': 'fade', 'fade_out': 'fade', 'fade_through': 'fade'}


@unittest.skipUnless(CLIPS.is_dir(), f'{CLIPS} is not there')
class RealClips(harness.TestCase):
    def test_every_clip(self):
        index = json.loads((harness.SHARED_DATA / 'INDEX.json').read_text())['videos']
        expected = {clip['file']: clip['frames'] for clip in index if (CLIPS / clip['file']).exists()}
        # The index counts the first of its two video streams; without --stream the best one is read, which has 390 (its note).
        if 'nasa_two_streams.mp4' in expected:
            expected['nasa_two_streams.mp4'] = 390
        absent = [clip['file'] for clip in index if clip['file'] not in expected]
        unreadable = {name for name, frames in expected.items() if not frames}
        for decision in DECISIONS:
            done = self.run_reelbatch('run', str(CLIPS), '--out', decision, '--decision', decision, expect=1 if unreadable else 0,
                                      timeout=RUN_TIMEOUT_S)
            for name in unreadable:
                self.assertTrue([line for line in done.err.splitlines() if name in line and 'moov' in line], done)
        decoded, events = {}, {}
        for path in self.work.glob('adaptive/local/*/*/cut_detection/cuts.json'):
            cuts = json.loads(path.read_text())
            decoded[cuts['video']] = cuts['source']['frames_decoded']
            events[cuts['video']] = cuts['events']
        self.assertEqual(decoded, {name: frames for name, frames in expected.items() if frames})
        if 'vtest.avi' in events:
            self.assertEqual(events['vtest.avi'], [], 'a surveillance camera has no cut')
        self.judge()
        if absent:
            self.skipTest(f'all clips that are there are as they should be; not there: {absent}')

    def judge(self):
        """Our own scores of both decisions, held to a floor, and the same figures from the outside referee."""
        truth = str(SHARED / 'data/truth')
        trees = [f'{name}={self.work / name}' for name in DECISIONS]
        ours = self.run_reelbatch('eval', '--truth', truth, '--from', ','.join(trees), '--json', expect=0).json()
        for name in DECISIONS:
            judged = subprocess.run([sys.executable, str(SHARED / 'tools/judge.py'), truth, self.predictions(name), '--json'],
                                    capture_output=True, text=True, check=True)
            theirs = json.loads(judged.stdout)[name]['total']
            for figure in ('hard_F1', 'all_F1', 'soft_IoU_found', 'type_accuracy', 'scenes_F1'):
                if theirs[figure] is None:
                    self.assertIsNone(ours[name]['total'][figure], figure)
                else:
                    self.assertAlmostEqual(ours[name]['total'][figure], theirs[figure], delta=1e-9, msg=f'{name} {figure}')
        if 'seed' in ours:
            self.assertGreater(ours['adaptive']['total']['hard_F1'], ours['seed']['total']['hard_F1'])
        print(self.run_reelbatch('eval', '--truth', truth, '--from', trees[0], '--floor', ALL_FLOOR, expect=0).out)
        print(self.run_reelbatch('eval', '--truth', truth, '--from', trees[0], '--exclude', '^composite_', '--floor', NATURAL_FLOOR,
                                 expect=0).out)

    def predictions(self, name):
        """What a run found, in the referee's words; not through the program."""
        answers = {}
        for path in self.work.glob(f'{name}/local/*/*/cut_detection/cuts.json'):
            cuts = json.loads(path.read_text())
            events = [{'type': JUDGED[e['type']], 'start': e['start_frame'], 'end': e['end_frame'], 'frame': e['frame']}
                      for e in cuts['events'] if e['type'] in JUDGED]
            answers[cuts['video']] = {'n_frames': cuts['source']['frames_decoded'], 'events': events}
        path = self.work / f'{name}.json'
        path.write_text(json.dumps(answers))
        return str(path)


@unittest.skipUnless(CLIPS.is_dir(), f'{CLIPS} is not there')
class InstructionSets(harness.TestCase):
    def events(self, simd):
        # Few frames a second, because the scalar references are slow; motion as well.
        clips = [CLIPS] if harness.SOAK else [CLIPS / name for name in FEW]
        done = harness.reelbatch('run', *map(str, clips), '--out', simd, '--analysis-fps', '2', '--parts', 'hard,soft,motion', cwd=self.work,
                                 env=harness.environment(REELBATCH_SIMD=simd), timeout=RUN_TIMEOUT_S)
        self.assertEqual(done.exit, 1 if harness.SOAK else 0, done)  # 1: some clips are unreadable on purpose
        found = {}
        for path in self.work.glob(f'{simd}/local/*/*/cut_detection/cuts.json'):
            cuts = json.loads(path.read_text())
            found[cuts['video']] = [(e['type'], e['start_frame'], e['frame'], e['end_frame']) for e in cuts['events']]
        self.assertGreater(len(found), 10 if harness.SOAK else len(FEW) - 1)
        return found

    def test_every_one_gives_the_events_of_the_scalar_references(self):
        scalar = self.events('scalar')
        self.assertGreater(sum(map(len, scalar.values())), 100 if harness.SOAK else 20)
        for simd in ('sse4', 'auto'):
            self.assertEqual(self.events(simd), scalar, simd)


if __name__ == '__main__':
    unittest.main()
