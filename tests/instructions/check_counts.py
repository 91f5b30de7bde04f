#!/usr/bin/env python3
"""Compares the instructions of the hottest kernels, counted by callgrind, with those that counts.txt records.

usage: check_counts.py PROGRAM COUNTS [--update]

A count does not depend on the machine's load, so a regression shows without a clock. Counts belong to one compiler: with another
one nothing is compared, and the test says that it was left out (exit code 77). AVX-512 is unknown to valgrind, so AVX2 and SSE4
stand for it. Exit code 1: a kernel needs 3 % more, or less, than recorded; less is recorded with --update too.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 0.03
COUNTED = ('sse4', 'avx2')


def about(program):
    """The compiler, and the targets that can be counted here."""
    words = dict.fromkeys(('compiler', 'targets'))
    for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines():
        name, _, value = line.partition(' ')
        words[name] = value
    return words['compiler'], [t for t in COUNTED if t in words['targets'].split()]


def count(program, target):
    with tempfile.TemporaryDirectory() as folder:
        command = ['valgrind', '--tool=callgrind', f'--callgrind-out-file={folder}/out', program, target]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode != 0:
            sys.exit(f'{" ".join(command)}: exit code {ran.returncode}\n{ran.stderr}')
        counts = {}
        for dump in pathlib.Path(folder).glob('out.*'):
            text = dump.read_text()
            name = re.search(r'^desc: Trigger: Client Request: (\w+)$', text, re.M)
            if name:
                counts[name[1]] = int(re.search(r'^summary: (\d+)$', text, re.M)[1])
        return counts


def read(path):
    lines = [line.split() for line in path.read_text().splitlines() if line and not line.startswith('#')]
    compiler = ' '.join(lines[0][1:])
    return compiler, {(target, kernel): int(number) for target, kernel, number in lines[1:]}


def write(path, compiler, counts):
    rows = [f'{target} {kernel} {number}' for (target, kernel), number in sorted(counts.items())]
    path.write_text('# Instructions of one call, preset dev; written by check_counts.py --update\n'
                    f'compiler {compiler}\n' + '\n'.join(rows) + '\n')


def main():
    program, path = sys.argv[1], pathlib.Path(sys.argv[2])
    compiler, targets = about(program)
    now = {(target, kernel): number for target in targets for kernel, number in count(program, target).items()}
    if not now:
        print(f'left out: this machine has none of {", ".join(COUNTED)}')
        sys.exit(77)
    if sys.argv[3:] == ['--update']:
        return write(path, compiler, now)
    recorded_with, recorded = read(path)
    if recorded_with != compiler:
        print(f'left out: {path} holds the counts of {recorded_with}, this is {compiler}')
        sys.exit(77)
    wrong = 0
    for key, number in sorted(now.items()):
        before = recorded.get(key)
        change = number / before - 1 if before else float('inf')
        verdict = '' if abs(change) <= TOLERANCE else '  <-- more than 3 % off'
        wrong += bool(verdict)
        print(f'{key[0]:5} {key[1]:22} {number:10} instructions, recorded {before}, {change:+.2%}{verdict}')
    for target, kernel in sorted(set(recorded) - set(now)):
        if target in targets:
            wrong += 1
            print(f'{target:5} {kernel:22} is recorded and was not counted')
    if wrong:
        sys.exit(f'{wrong} of {len(now)} counts changed; where that is meant: {sys.argv[0]} {program} {path} --update')


main()
