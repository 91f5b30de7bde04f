#!/usr/bin/env python3
"""The traps of tests/traps: clips that our own generator makes, whose truth is exact, and what the program finds in them.

As a test: every trap at its own size; each must give its truth and nothing else but the faults that its `# known:` lines name.
usage: test_traps.py --matrix [--every N] [--only REGEX]   each trap in every Nth of 90 variants of size, rate, codec and noise;
                                                           prints pooled F1 per trap and per variant; take 7, 11 or 13 for a part of them
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

import harness
import trap_score
import trap_variants

sys.path.append(str(harness.ROOT / 'tools'))
import judge_cuts  # noqa: E402

TRAPS = harness.ROOT / 'tests/traps'
TIMEOUT_S = 900
KNOWN = re.compile(r'# known: (missed|false|loose|misnamed) (hard|fade|dissolve|wipe) (\d+)(?:-(\d+))?; \S')


def scripts(only=''):
    return {path.stem: path.read_text() for path in sorted(TRAPS.glob('*.txt')) if re.search(only, path.stem)}


def known_faults(name, script):
    faults = []
    for line in script.splitlines():
        if not line.startswith('# known:'):
            continue
        match = KNOWN.match(line)
        if not match:
            raise harness.CalledWrong(f'{name}: "{line}" is not "# known: missed|false|loose|misnamed TYPE FRAME[-FRAME]; why"')
        what, kind, start, end = match.groups()
        faults.append(trap_score.Fault(what, kind, int(start), int(end or start)))
    return faults


def make_clip(folder, name, script):
    (folder / f'{name}.txt').write_text(script)
    done = harness.reelbatch('demo', '--script', f'{name}.txt', '--out', f'{name}.mp4', cwd=folder, timeout=TIMEOUT_S)
    if done.exit:
        raise harness.CalledWrong(f'{name}: no clip:\n{done}')


def score_all(texts, folder):
    """{name: Score} of clips made from the scripts, found in one run over them all."""
    clips = folder / 'clips'
    clips.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda item: make_clip(clips, *item), texts.items()))
    done = harness.reelbatch('run', 'clips', '--out', 'out', '--quiet', cwd=folder, timeout=TIMEOUT_S)
    if done.exit:
        raise harness.CalledWrong(str(done))
    documents = judge_cuts.read_tree(folder / 'out')
    scores = {}
    for name in texts:
        truth = json.loads((clips / f'{name}.json').read_text())
        found = judge_cuts.prediction(documents[f'{name}.mp4'])
        if found['n_frames'] != truth['n_frames']:
            raise harness.CalledWrong(f'{name}: {found["n_frames"]} of {truth["n_frames"]} frames')
        scores[name] = trap_score.score(truth, found['events'])
    return scores


def number(value):
    return '-' if value is None else f'{value:.3f}'


def row(name, score, remark=''):
    return (f'{name:32} {score.hard_found:5}/{score.hard:<5} {score.soft_found:5}/{score.soft:<5} {score.false:5}  {number(score.iou()):>5} '
            f'{score.soft_named:4}/{score.soft_found:<4} {number(score.f1()):>5}  {remark}').rstrip()


def header(title):
    return f'{title:32} {"hard":>8}    {"gradual":>8}    {"false":>5}  {"IoU":>5} {"type":>7}   {"F1":>5}'


def compare(case, faults, known):
    """Every fault has its line, and every line its fault."""
    left = list(known)
    for fault in faults:
        match = next((k for k in left if k.is_near(fault)), None)
        case.assertIsNotNone(match, f'{fault} (all faults: {"; ".join(map(str, faults))})')
        left.remove(match)
    case.assertEqual([str(k) for k in left], [], 'this fault is gone: remove its "# known:" line')


class Traps(harness.TestCase):
    def test_every_trap_gives_its_truth(self):
        texts = scripts()
        self.assertTrue(texts, TRAPS)
        scores = score_all(texts, self.work)
        known = {name: known_faults(name, text) for name, text in texts.items()}
        print('\n' + header('trap'))
        for name, score in scores.items():
            print(row(name, score, '; '.join(map(str, score.faults))))
        print(row('all', sum(scores.values(), trap_score.Score()), f'{sum(map(len, known.values()))} known faults'))
        for name, score in scores.items():
            with self.subTest(trap=name):
                compare(self, score.faults, known[name])


class Scoring(harness.TestCase):
    """The scoring itself, and that a fault without its line fails, and a line without its fault."""
    TRUTH = {'transitions': [{'type': 'hard', 'start': 9, 'end': 10, 'frame': 10}, {'type': 'hard', 'start': 11, 'end': 12, 'frame': 12},
                             {'type': 'wipe', 'start': 30, 'end': 50, 'frame': 40}],
             'edge': [{'start': 90, 'end': 99}]}

    def faults(self, *events):
        found = [dict(zip(('type', 'start', 'frame', 'end'), e)) for e in events]
        return [str(fault) for fault in trap_score.score(self.TRUTH, found).faults]

    def test_each_kind_of_fault(self):
        cuts, wipe = [('hard', 10, 11, 11), ('hard', 12, 13, 13)], ('wipe', 30, 40, 50)
        self.assertEqual(self.faults(*cuts, wipe, ('fade', 91, 95, 99)), [])
        self.assertEqual(self.faults(*cuts), ['missed wipe 30-50'])
        self.assertEqual(self.faults(cuts[0], wipe), ['missed hard 12'])
        self.assertEqual(self.faults(*cuts, wipe, ('hard', 13, 14, 14)), ['false hard 14'])
        self.assertEqual(self.faults(*cuts, wipe, ('dissolve', 60, 65, 70)), ['false dissolve 60-70'])
        self.assertEqual(self.faults(*cuts, ('dissolve', 28, 38, 48)), ['misnamed wipe 30-50'])
        self.assertEqual(self.faults(*cuts, ('hard', 39, 40, 40)), ['misnamed wipe 30-50', 'loose wipe 30-50'])
        self.assertEqual(self.faults(('dissolve', 8, 10, 14), wipe), ['missed hard 10', 'missed hard 12', 'false dissolve 8-14'])

    def test_pooled_figures(self):
        perfect = trap_score.score(self.TRUTH, [{'type': 'wipe', 'start': 30, 'end': 50, 'frame': 40}])
        self.assertAlmostEqual((perfect + perfect).f1(), .5)
        self.assertEqual(perfect.iou(), 1)
        self.assertIsNone(trap_score.Score().f1())

    def test_faults_and_known_lines_must_agree(self):
        known = known_faults('x', '# known: false hard 14; why\n# known: missed wipe 30-50; why\n')
        one, other = trap_score.Fault('false', 'hard', 15, 15), trap_score.Fault('missed', 'wipe', 30, 50)
        compare(self, [other, one], known)
        for faults in ([one], [one, other, one], [], [one, trap_score.Fault('missed', 'fade', 30, 50)]):
            with self.assertRaises(AssertionError):
                compare(self, faults, known)
        with self.assertRaises(harness.CalledWrong):
            known_faults('x', '# known: missed dissolve, see the docs')


class Variants(harness.TestCase):
    """The rewriting itself; the figures are the matrix's."""

    def test_time_and_place_stay_the_same(self):
        twice = trap_variants.Variant(size=2, rate=2, codec='vp9', noise=10)
        self.assertEqual(trap_variants.rewrite('size 160x90\nfps 30000/1001\ncodec libx264 crf=23 gop=50 # why\n'
                                               'shot noise frames=45 pan=1,-.5 zoom=1.01 hold=2\nwhip at=10 frames=7 by=30,4\nwipe frames=5\n'
                                               'shot tiles frames=1 noise=12\n', twice),
                         'size 320x180\nfps 60000/1001\ncodec libvpx-vp9 crf=32 gop=50\n'
                         'shot noise frames=90 pan=1,-0.5 zoom=1.004988 hold=4.000000 noise=10\nwhip at=20 frames=14 by=60,8\nwipe frames=10\n'
                         'shot tiles frames=1 noise=12\n')


def matrix(every, only):
    texts, per_trap, per_label = scripts(only), {}, {}
    print(header('variant'))
    for index, variant in enumerate(trap_variants.all_variants()):
        # Each trap begins at another variant, so that a part of the matrix has them all; so it has where N shares no factor with 90.
        chosen = {name: trap_variants.rewrite(text, variant) for k, (name, text) in enumerate(texts.items()) if (index + k) % every == 0}
        if not chosen:
            continue
        with tempfile.TemporaryDirectory(prefix='reelbatch_traps_') as folder:
            scores = score_all(chosen, pathlib.Path(folder))
        pooled = sum(scores.values(), trap_score.Score())
        for name, score in scores.items():
            for pool, key in ((per_trap, name), *((per_label, label) for label in variant.labels())):
                pool[key] = pool.get(key, trap_score.Score()) + score
        print(row(f'{index + 1}/90', pooled, str(variant)), flush=True)
    for title, pool in (('trap', per_trap), ('variant', per_label)):
        print('\n' + header(title))
        for name, score in pool.items():
            kinds = collections.Counter(f'{fault.what} {fault.kind}' for fault in score.faults)
            print(row(name, score, ', '.join(f'{count} {kind}' for kind, count in kinds.most_common())))
    print(row('all', sum(per_trap.values(), trap_score.Score())))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--matrix', action='store_true', required=True)
    parser.add_argument('--every', type=int, default=1, metavar='N')
    parser.add_argument('--only', default='', metavar='REGEX')
    options = parser.parse_args()
    matrix(options.every, options.only)


if __name__ == '__main__':
    main()
