#!/usr/bin/env python3
"""Checks that every C++ file is as clang-format makes it (.clang-format, 100 columns).

usage: check_format.py [ROOT]     names each file that is not; exit 1 when any is, 77 where clang-format 19 is not installed
"""
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ('apps', 'bench', 'fuzz', 'include', 'src', 'tests')
PROGRAM = 'clang-format-19'  # others break lines elsewhere


def main(root):
    if not shutil.which(PROGRAM):
        print(f'LEFT OUT  {PROGRAM} is not installed: tools/install-packages tools/debian-packages-format.txt')
        return 77
    files = sorted(str(path.relative_to(root)) for folder in FOLDERS for ending in ('*.h', '*.cc')
                   for path in (root / folder).rglob(ending))
    done = subprocess.run([PROGRAM, '--dry-run', '-Werror', *files], cwd=root, capture_output=True, text=True, check=False)
    wrong = sorted({line.split(':', 1)[0] for line in done.stderr.splitlines() if '[-Wclang-format-violations]' in line})
    for name in wrong:
        print(f'{name}: is not formatted: {PROGRAM} -i {name}')
    if done.returncode != 0 and not wrong:
        print(done.stderr)
    return 1 if done.returncode != 0 else 0


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()))
