"""`reelbatch eval` against the outside referee (../shared/tools/judge.py) and the published figures of TransNetV2's protocol."""
import json
import random
import subprocess
import sys
import unittest

import harness

TRUTH = harness.SHARED_DATA / 'truth'
JUDGE = harness.SHARED_DATA.parent / 'tools' / 'judge.py'
FIXTURE = harness.SHARED_DATA / 'oracles' / 'autoshot_eval_fixture.json'


def referee(*arguments):
    done = subprocess.run([sys.executable, JUDGE, TRUTH, *arguments, '--json'], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def spoilt(truth, rng):
    """Predictions that are right, shifted, dropped, retyped, merged, doubled, points and false ones."""
    events = []
    for entry in truth['transitions']:
        event = {key: entry[key] for key in ('type', 'start', 'end', 'frame')}
        event['confidence'] = round(rng.random(), 3)
        fate = rng.randrange(9)
        shift = rng.randint(-3, 3) if fate in (0, 1, 2) else 0
        for key in ('start', 'end', 'frame'):
            event[key] += shift
        if fate == 3:
            continue
        if fate == 4:
            event['type'] = rng.choice(('hard', 'fade', 'dissolve', 'wipe', 'soft'))
        if fate == 5 and events and events[-1]['type'] != 'hard' and 'start' in events[-1]:
            events[-1]['end'] = max(event['end'], events[-1]['start'])
        if fate == 6:
            events.append(dict(event))
        if fate == 7:
            event = {'type': 'soft', 'frame': event['frame']}
        events.append(event)
    for _ in range(rng.randrange(6)):
        start = rng.randrange(truth['n_frames'])
        events.append({'type': rng.choice(('hard', 'dissolve', 'soft')), 'start': start,
                       'end': start + rng.randrange(30), 'frame': start})
    return events


def same(ours, theirs, where, test):
    """Every figure that the referee gives is there, and equal; counts exactly."""
    for key, value in theirs.items():
        if key in ('clips', 'interval', 'notes', 'missed_hard', 'missed_soft') or isinstance(value, (list, dict)):
            continue
        test.assertIn(key, ours, where)
        if isinstance(value, float):
            test.assertAlmostEqual(ours[key], value, delta=1e-9, msg=f'{where}: {key}')
        else:
            test.assertEqual(ours[key], value, f'{where}: {key}')


@unittest.skipUnless(TRUTH.is_dir() and JUDGE.exists(), f'{TRUTH} is not there')
class Referee(harness.TestCase):
    def test_agrees_on_every_figure(self):
        truths = {path.stem: json.loads(path.read_text()) for path in sorted(TRUTH.glob('*.json'))}
        self.assertGreater(len(truths), 5)
        files = []
        for seed in range(20):
            rng = random.Random(seed)
            answers = {name: {'n_frames': truth['n_frames'], 'events': spoilt(truth, rng)} for name, truth in truths.items()}
            if seed % 5 == 0:
                answers.pop(rng.choice(list(answers)))  # no answer at all
            path = self.work / f'spoilt_{seed}.json'
            path.write_text(json.dumps(answers))
            files.append(path)
        compared = 0
        for extra in ((), ('--tol', '2'), ('--strict-type',), ('--exclude', '^composite_')):
            theirs = referee(*files, *extra)
            done = self.run_reelbatch('eval', '--truth', str(TRUTH), '--predictions',
                                      ','.join(f'{path.stem}={path}' for path in files), '--json', *extra, expect=1)
            ours = done.json()
            self.assertEqual(set(ours), set(theirs))
            for name, report in theirs.items():
                same(ours[name]['total'], report['total'], f'{name} {extra}', self)
                for clip, counts in report['clips'].items():
                    same(ours[name]['clips'][clip], counts, f'{name} {clip} {extra}', self)
                    compared += 1
                self.assertEqual(len(ours[name]['notes']), len(report['notes']), name)
        self.assertGreater(compared, 1000)

    def test_reproduces_the_published_figures(self):
        done = self.run_reelbatch('eval', '--fixture', str(FIXTURE), '--json', expect=0)
        rows = {row['tolerance']: (row['tp'], row['fp'], row['fn']) for row in done.json()}
        self.assertEqual(rows[2], (2098, 378, 418))
        self.assertEqual(len(rows), 4)
        document = json.loads(FIXTURE.read_text())
        document['expected']['2']['tp'] += 1
        (self.work / 'wrong.json').write_text(json.dumps(document))
        self.run_reelbatch('eval', '--fixture', 'wrong.json', expect=1)


if __name__ == '__main__':
    unittest.main()
