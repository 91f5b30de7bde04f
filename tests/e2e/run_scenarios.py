#!/usr/bin/env python3
"""Runs text scenarios against the built program. A scenario needs no compiler: tests/scenarios/README.md has the words.

usage: run_scenarios.py FILE.scn [...]     $REELBATCH_PROGRAM and $REELBATCH_LAB name the programs
exit:  0 all hold, 1 one does not (file:line is printed), 77 left out (the reason is printed)
"""
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import sys
import tempfile

import harness


class Fails(Exception):
    pass


class LeftOut(Exception):
    pass


def statements(path):
    """Yields (line number, verb, rest of the line, here-document or None)."""
    lines = path.read_text(encoding='utf-8').split('\n')
    at = 0
    while at < len(lines):
        number, line = at + 1, lines[at].strip()
        at += 1
        if not line or line.startswith('#'):
            continue
        document = None
        here = re.search(r'\s*<<(\w+)$', line)
        if here:
            line = line[:here.start()]
            begin = at
            while at < len(lines) and lines[at] != here.group(1):
                at += 1
            if at == len(lines):
                raise Fails(f'{path.name}:{number}: no line {here.group(1)} ends this document')
            document = '\n'.join(lines[begin:at]) + '\n'
            at += 1
        verb, _, rest = line.partition(' ')
        yield number, verb, rest.strip(), document


def show(name):
    """A name or text as bytes show it, so that any file name can be printed."""
    return os.fsencode(name).decode('utf-8', 'backslashreplace')


class Scenario:
    def __init__(self, path, work):
        self.path, self.work, self.last = path, work, None

    def run(self):
        for number, verb, rest, document in statements(self.path):
            step = getattr(self, 'do_' + verb, None)
            if step is None:
                words = sorted(name[3:] for name in dir(self) if name.startswith('do_'))
                raise Fails(f'{self.path.name}:{number}: unknown word "{verb}"; there are: {", ".join(words)}')
            try:
                step(rest, document)
            except (Fails, harness.CalledWrong) as error:
                raise Fails(f'{self.path.name}:{number}: {verb} {rest}\n{error}') from None

    # Making things

    def do_good(self, rest, _):
        for name in shlex.split(rest):
            target = self.work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(harness.clip(f'clip{target.suffix}'), target)

    def do_ffmpeg(self, rest, _):
        harness.ffmpeg(shlex.split(rest), self.work)

    def do_file(self, rest, document):
        target = self.work / rest
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(document or '')

    def do_shell(self, rest, document):
        done = harness.call('set -e\n' + (document or rest), self.work)
        if done.exit != 0:
            raise Fails(f'the shell step failed\n{done}')

    def do_cut(self, rest, _):
        """cut FROM TO PERCENT: the first part of a file."""
        source, target, percent = shlex.split(rest)
        data = (self.work / source).read_bytes()
        (self.work / target).write_bytes(data[:len(data) * int(percent) // 100])

    def do_rot(self, rest, _):
        """rot FILE COUNT SEED: flips COUNT bits anywhere after the first 1000 bytes."""
        name, count, seed = shlex.split(rest)
        data = bytearray((self.work / name).read_bytes())
        dice = random.Random(int(seed))
        for _ in range(int(count)):
            data[dice.randrange(1000, len(data))] ^= 1 << dice.randrange(8)
        (self.work / name).write_bytes(data)

    def do_patch(self, rest, document):
        """patch FILE <<END: Python with `data`, a bytearray of the file, to change in place."""
        path = self.work / rest
        names = {'data': bytearray(path.read_bytes())}
        exec(document, names)  # the scenario is part of this tree
        path.write_bytes(names['data'])

    # Running

    def do_run(self, rest, document, **extra):
        self.last = harness.call(document or rest, self.work, harness.environment(**extra)).checked()

    def do_unprivileged(self, rest, document):
        """As run, but never as root: permissions do not bind root."""
        if os.geteuid() != 0:
            return self.do_run(rest, document)
        copy = self.work / '.bin/reelbatch'  # the build folder may be closed to others
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(harness.PROGRAM, copy)
        os.chmod(self.work, 0o777)
        line = f'export PATH={shlex.quote(str(copy.parent))}:$PATH HOME={shlex.quote(str(self.work))}; {document or rest}'
        self.do_run(f'exec setpriv --reuid=65534 --regid=65534 --clear-groups bash -c {shlex.quote(line)}', None)
        return None

    def do_needs(self, rest, _):
        """needs WHY: COMMAND ...: the scenario is left out where the command fails."""
        why, _, command = rest.partition(': ')
        if harness.call(command, self.work).exit != 0:
            raise LeftOut(why)

    # Judging

    def text(self, stream):
        if self.last is None:
            raise Fails('nothing was run yet')
        return {'stdout': self.last.out, 'stderr': self.last.err}[stream]

    def do_exit(self, rest, _):
        if self.last is None or self.last.exit not in map(int, rest.split(' or ')):
            raise Fails(f'{self.last}')

    def judge_stream(self, stream, rest):
        kind, _, what = rest.partition(' ')
        text = self.text(stream)
        holds = {'has': lambda: what in text, 'lacks': lambda: what not in text,
                 'matches': lambda: re.search(what, text, re.M), 'avoids': lambda: not re.search(what, text, re.M),
                 'empty': lambda: not text.strip(), 'json': lambda: self.is_json(text)}
        if kind not in holds:
            raise Fails(f'{stream} {kind}: there are has, lacks, matches, avoids, empty, json')
        if not holds[kind]():
            raise Fails(f'{self.last}')

    def do_stdout(self, rest, _):
        self.judge_stream('stdout', rest)

    def do_stderr(self, rest, _):
        self.judge_stream('stderr', rest)

    @staticmethod
    def is_json(text):
        try:
            json.loads(text)
        except ValueError:
            return False
        return True

    def do_blames(self, rest, _):
        """blames NAME REGEX: one line of stderr names the file and gives the reason."""
        name, _, pattern = rest.partition(' ')
        for line in self.text('stderr').split('\n'):
            if name in line and re.search(pattern, line):
                return
        raise Fails(f'no line of stderr has "{name}" and /{pattern}/\n{self.last}')

    def find(self, pattern):
        return [show(str(p.relative_to(self.work))) for p in sorted(self.work.glob(pattern))]

    def do_exists(self, rest, _):
        for pattern in shlex.split(rest):
            if not self.find(pattern):
                raise Fails(f'there is no {pattern}; there are {self.find("**/*")}')

    def do_absent(self, rest, _):
        for pattern in shlex.split(rest):
            if self.find(pattern):
                raise Fails(f'there is {self.find(pattern)}')

    def do_count(self, rest, _):
        """count N PATTERN"""
        number, _, pattern = rest.partition(' ')
        if len(self.find(pattern)) != int(number):
            raise Fails(f'{self.find(pattern)}; there are {self.find("**/*")}')

    def do_json(self, rest, _):
        """json PATTERN a.b.0.c OPERATOR VALUE: of every file that matches; the operators are == != < > has."""
        pattern, steps, operator, value = rest.split(' ', 3)
        paths = sorted(self.work.glob(pattern)) if pattern != '-' else ['-']
        if not paths:
            raise Fails(f'there is no {pattern}; there are {self.find("**/*")}')
        for path in paths:
            here = json.loads(self.text('stdout') if path == '-' else path.read_text(encoding='utf-8'))
            try:
                for step in filter(None, steps.split('.')):
                    here = len(here) if step == '#' else here[int(step)] if isinstance(here, list) else here[step]
            except (KeyError, IndexError) as error:
                raise Fails(f'{path} has no {steps} ({error!r})') from None
            wanted = json.loads(value) if re.fullmatch(r'-?[\d.e]+|true|false|null|".*"|\[.*\]', value) else value
            holds = {'==': lambda: here == wanted, '!=': lambda: here != wanted, '<': lambda: here < wanted,
                     '>': lambda: here > wanted, 'has': lambda: str(wanted) in json.dumps(here, ensure_ascii=False)}
            if not holds[operator]():
                raise Fails(f'{path}: {steps} is {here!r}')


def run_one(path):
    work = pathlib.Path(tempfile.mkdtemp(prefix='reelbatch_scn_'))
    try:
        Scenario(path, work).run()
    finally:
        harness.call(f'chmod -R u+rwX {shlex.quote(str(work))}', '/')
        shutil.rmtree(work, ignore_errors=True)


def main(names):
    worst = 0
    for name in names:
        path = pathlib.Path(name)
        try:
            run_one(path)
            print(f'ok        {path.name}')
        except LeftOut as why:
            print(f'LEFT OUT  {path.name}: {why}')
            worst = worst or harness.SKIPPED
        except Fails as error:
            print(f'FAILED    {show(str(error))}')
            worst = 1
    return worst


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit('usage: run_scenarios.py FILE.scn [...]')
    sys.exit(main(sys.argv[1:]))
