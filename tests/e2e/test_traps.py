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
    done = harness.lab('reel', '--script', f'{name}.txt', '--out', f'{name}.mp4', cwd=folder, timeout=TIMEOUT_S)
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
    judged = harness.reelbatch('eval', '--truth', 'clips', '--from', 'found=out', '--strict-type', '--json', cwd=folder)
    if judged.exit:
        raise harness.CalledWrong(str(judged))
    found = judged.json()['found']
    if found['notes']:
        raise harness.CalledWrong(f'not every frame came: {found["notes"]}')
    return {name: trap_score.score_of(found['clips'][name]) for name in texts}


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
    """That a fault without its line fails, and a line without its fault."""

    def test_each_kind_of_fault(self):
        clip = {'hard': 2, 'hard_tp': 1, 'soft': 2, 'soft_found': 1, 'type_right': 0, 'iou_sum': .4, 'hard_false': 1, 'soft_false': 0,
                'missed_hard': [{'type': 'hard', 'start': 12, 'end': 12}], 'missed_soft': [{'type': 'fade', 'start': 60, 'end': 70}],
                'false_events': [{'type': 'hard', 'start': 14, 'end': 14}],
                'soft_matches': [{'type': 'wipe', 'start': 30, 'end': 50, 'found': 'dissolve', 'IoU': .4}]}
        score = trap_score.score_of(clip)
        self.assertEqual([str(fault) for fault in score.faults],
                         ['missed hard 12', 'missed fade 60-70', 'misnamed wipe 30-50', 'loose wipe 30-50', 'false hard 14'])
        self.assertAlmostEqual((score + score).f1(), 8 / 14)
        self.assertAlmostEqual(score.iou(), .4)
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
