#!/usr/bin/env python3
"""How the detection depends on its constants: each 25 % down and up, and chosen with one clip left out.

usage: sensitivity.py --scratch FOLDER [--shared ../shared] [--files FILE ...] [--only REGEX] [--skip REGEX]
       sensitivity.py --report RESULTS.json

Takes a copy of the tree (git worktree) into FOLDER, changes one `constexpr` of the named files at a time, builds the
release, runs it over the clips that have truth and scores them with `reelbatch eval`. What was measured is kept in
FOLDER/sensitivity.json, so that a second call goes on; --report prints the tables of such a file. Nothing decides by
the signals that --preset fast leaves out, so that preset is run. About half a minute a variant. Standard library only.

Leave one out: for every source (all versions of the trailer are one) the setting that is best on the others is judged on
it; of several equally good ones the one in use.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

FILES = [f'src/components/cut_detection/soft/{name}.cc' for name in ('fades', 'front', 'ramp', 'replacement')]
CONSTANT = re.compile(r'^constexpr (?:int|float|double) (k\w+) = ([0-9.]+)(F?);', re.M)
LEFT_OUT = {'kMostOfNear', 'kConfidenceSlope', 'kSlack'}  # say how sure, not whether
FACTORS = (0.75, 1.25)
KEYS = ('hard', 'hard_tp', 'hard_false', 'soft', 'soft_found', 'soft_one_to_one', 'soft_false', 'hard_as_soft', 'iou_sum')


def source_of(clip):
    return 'sintel' if 'sintel' in clip else clip


def score(tree, shared, skip):
    """Counts by clip."""
    subprocess.run(['ninja', '-C', 'build/release', 'reelbatch'], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    out = tree / 'build/sensitivity'
    subprocess.run(['rm', '-rf', out], check=True)
    program = tree / 'build/release/reelbatch'
    truths = [path for path in sorted((shared / 'data/truth').glob('*.json')) if not re.search(skip, path.stem)]
    clips = [shared / 'data/clips' / json.loads(path.read_text())['video'] for path in truths]
    subprocess.run([program, 'run', *clips, '--out', out, '--preset', 'fast', '--loop-filter', 'keep', '--quiet'],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    done = subprocess.run([program, 'eval', '--truth', shared / 'data/truth', '--exclude', skip, '--from', f'x={out}', '--json'],
                          capture_output=True, text=True, check=True)
    return {name: {key: counts[key] for key in KEYS} for name, counts in json.loads(done.stdout)['x']['clips'].items()}


def pooled(clips):
    total = {key: sum(clip[key] for clip in clips) for key in KEYS}
    matched = total['hard_tp'] + total['hard_as_soft'] + total['soft_found']
    false = total['hard_false'] + total['soft_false']
    wanted = total['hard'] + total['soft']
    f1 = lambda tp, fp, fn: 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0
    total['all_F1'] = f1(matched, false, wanted - matched)
    total['hard_F1'] = f1(total['hard_tp'], total['hard_false'], total['hard'] - total['hard_tp'])
    total['IoU'] = total['iou_sum'] / max(1, total['soft_found'])
    return total


def measure(options):
    tree = options.scratch / 'tree'
    kept = options.scratch / 'sensitivity.json'
    options.scratch.mkdir(parents=True, exist_ok=True)
    if not tree.exists():
        subprocess.run(['git', 'worktree', 'add', '--detach', tree, 'HEAD'], check=True)
        subprocess.run(['cmake', '--preset', 'release'], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    results = json.loads(kept.read_text()) if kept.exists() else {}
    if 'as it is' not in results:
        results['as it is'] = {'clips': score(tree, options.shared, options.skip)}
    for name in options.files:
        path = tree / name
        text = path.read_text()
        for match in CONSTANT.finditer(text):
            constant, value, suffix = match.groups()
            if constant in LEFT_OUT or not re.search(options.only, constant):
                continue
            for factor in FACTORS:
                key = f'{pathlib.Path(name).stem} {constant} {factor}'
                whole = '.' not in value
                changed = round(float(value) * factor) if whole else round(float(value) * factor, 6)
                if key in results or changed == float(value):
                    continue
                path.write_text(text.replace(match.group(0), match.group(0).replace(f'= {value}{suffix};', f'= {changed}{suffix};')))
                try:
                    results[key] = {'from': value, 'to': changed, 'clips': score(tree, options.shared, options.skip)}
                except subprocess.CalledProcessError as error:
                    print(f'{key}: left out: {error}', file=sys.stderr)
                path.write_text(text)
                kept.write_text(json.dumps(results))
                print(key, {k: round(v, 4) for k, v in pooled(list(results.get(key, {}).get('clips', {}).values()) or
                                                              list(results['as it is']['clips'].values())).items()}, flush=True)
    return results


def left_out(variants, base):
    """All F1 when each source is judged with the setting that is best on the others, and how often that is the one in use."""
    chosen, kept = [], 0
    for source in sorted({source_of(clip) for clip in base}):
        others = lambda clips: [counts for clip, counts in clips.items() if source_of(clip) != source]
        best = max([base, *variants], key=lambda clips: (round(pooled(others(clips))['all_F1'], 9), clips is base))
        kept += best is base
        chosen += [counts for clip, counts in best.items() if source_of(clip) == source]
    return pooled(chosen)['all_F1'], kept, len({source_of(clip) for clip in base})


def report(results):
    base = results['as it is']['clips']
    natural = lambda clips: [counts for name, counts in clips.items() if not name.startswith('composite_')]
    row = lambda clips: (pooled(natural(clips))['all_F1'], pooled(list(clips.values())))
    n, all_ = row(base)
    print(f'as it is: natural / all F1 {n:.3f} / {all_["all_F1"]:.3f}, 1:1 {all_["soft_one_to_one"]}, '
          f'false {all_["hard_false"]}+{all_["soft_false"]}, IoU {all_["IoU"]:.3f}, hard {all_["hard_F1"]:.3f}\n')
    print('| constant | from -> to | natural / all F1 | found 1:1 | false gradual | IoU | hard F1 |\n|---|---|---|---|---|---|---|')
    same = []
    for key, result in results.items():
        if key == 'as it is':
            continue
        n, total = row(result['clips'])
        if result['clips'] == base:
            same.append(f'{key.split()[0]} {key.split()[1]} {result["to"]}')
            continue
        print(f'| `{key.split()[0]}` `{key.split()[1]}` | {result["from"]} -> {result["to"]} | {n:.3f} / {total["all_F1"]:.3f} | {total["soft_one_to_one"]} '
              f'| {total["soft_false"]} | {total["IoU"]:.3f} | {total["hard_F1"]:.3f} |')
    print(f'\nno change at all: {", ".join(same)}\n')
    by_constant = {}
    for key, result in results.items():
        if key != 'as it is':
            by_constant.setdefault(' '.join(key.split()[:2]), []).append(result['clips'])
    spread = []
    for constant, variants in by_constant.items():
        f1, kept, sources = left_out(variants, base)
        spread.append(f1)
        if kept < sources:
            print(f'left one out, {constant}: F1 {f1:.4f}, the one in use chosen {kept} of {sources} times')
    every = [clips for variants in by_constant.values() for clips in variants]
    f1, kept, sources = left_out(every, base)
    print(f'left one out: over each constant {min(spread):.4f} to {max(spread):.4f}; over all {len(every)} settings at once {f1:.4f} '
          f'(the one in use {kept} of {sources} times); as it is {pooled(list(base.values()))["all_F1"]:.4f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--scratch', type=pathlib.Path)
    parser.add_argument('--shared', type=pathlib.Path, default=pathlib.Path('../shared'))
    parser.add_argument('--files', nargs='+', default=FILES)
    parser.add_argument('--only', default='', metavar='REGEX', help='only constants whose name matches')
    parser.add_argument('--skip', default='^$', metavar='REGEX', help='not the clips whose name matches: copies of one video')
    parser.add_argument('--report', type=pathlib.Path)
    options = parser.parse_args()
    if options.report:
        return report(json.loads(options.report.read_text()))
    if not options.scratch:
        parser.error('--scratch FOLDER or --report RESULTS.json is needed')
    options.shared, options.scratch = options.shared.resolve(), options.scratch.resolve()
    report(measure(options))


if __name__ == '__main__':
    main()
