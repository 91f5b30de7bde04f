"""check_english.py is right only if it fails: one planted fault of every kind, each named by file and line."""
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name('check_english.py')

GLOSSARY = '# Glossary\n\n**unit**: the smallest piece of work.\n\n**lane**, **executor lane**: one worker.\n\n- **preset (named settings)**: a name.\n'
README = '# A program\n\nIt finds cuts in videos: `reelbatch cuts a.mp4`. See [how](docs/how.md#the-way).\n'
HOW = '# How\n\n## The way\n\nIt does it with `reelbatch costs show --color never`.\n'
TREE = {'README.md': README, 'docs/glossary.md': GLOSSARY, 'docs/how.md': HOW,
        'docs/decisions/0001-a-choice.md': '# A choice\n\nWhy.\n',
        'src/a/a.h': '/// Source: docs/how.md, "The way". Why: docs/decisions/0001.\nint a;\n/// docs/how.md, "The\n/// way" and "How".\n'}
# A program that answers --help.
PROGRAM = '''#!/bin/sh
case "$1 $2" in
  "--help "*) printf 'Usage: reelbatch COMMAND [OPTIONS] ...\\n\\n  cuts   Find cuts\\n  costs  Show costs\\n' ;;
  "cuts "*) printf 'Usage: reelbatch cuts [OPTIONS]\\n  --csv  a table\\n  %s\\n' "$PLANTED" ;;
  "costs show") printf 'Usage: reelbatch costs show [OPTIONS]\\n  --color  when\\n' ;;
  "costs "*) printf 'Usage: reelbatch costs SUBCOMMAND [OPTIONS] ...\\n\\n  show  Show rows\\n' ;;
esac
'''

# (file, its content, line of the fault, words of the message)
PLANTED = [
    ('docs/how.md', HOW + 'a ' * 60 + '\n', 6, 'has 120 columns'),
    ('docs/how.md', HOW + 'What stayed below the line is kept.\n', 6, '"below the line": write "low-confidence candidates"'),
    ('docs/how.md', HOW + '\n| table |\n|---|\n| its scalar twin |\n', 9, 'write "scalar reference"'),
    ('CHANGELOG.md', '# Changes\n\nWhat goes wrong is said.\n', 3, '"is said"'),
    ('docs/decisions/0001-a-choice.md', '# A choice\n\nTwo rivals.\n', 3, 'write "baseline"'),
    ('docs/how.md', HOW + 'Of 6 two are false.\n', 6, 'usual order'),
    ('docs/how.md', HOW + 'The binding constraint.\n', 6, 'write "limiting factor"'),
    ('README.md', README + 'It keeps a journal.\n', 4, 'does not explain "journal"'),
    ('README.md', README + 'See [more](docs/more.md).\n', 4, 'links to docs/more.md: there is no such file'),
    ('README.md', README + 'See [more](docs/how.md#no-way).\n', 4, 'links to docs/how.md#no-way: there is no such heading'),
    ('README.md', README + '```sh\nreelbatch cuts a.mp4 --cvs\n```\n', 5, '--cvs: no command has this option'),
    ('README.md', README + 'With `--colour` it is red.\n', 4, '--colour: no command has this option'),
    ('README.md', '# A program\n\nIt does `reelbatch costs show` only.\n', 1, 'mentions `reelbatch cuts`'),
    ('src/a/a.h', 'int a;\n/// Source: docs/where.md, "The way".\n', 2, 'docs/where.md: there is no such page'),
    ('src/a/a.h', 'int a;\n/// Source: docs/how.md, "No way".\n', 2, 'docs/how.md has no heading "No way"'),
    ('src/a/a.h', 'int a;\n/// Source: docs/how.md, "The\n/// other way".\n', 2, 'docs/how.md has no heading "The other way"'),
    ('tests/a.py', '# See docs/decisions/0002.\n', 1, 'docs/decisions/0002: there is no such page'),
]
PLANTED_HELP = [('the journal', 'does not explain "journal"'), ('a rival', 'write "baseline"'), ('--decision NAME', 'does not explain "seed rule"')]
INNOCENT = HOW + '''```
a line of code that is much longer than one hundred columns, which is no prose, and says what is said by a twin
```
<!-- not run: below the line -->
https://example.org/an/address/that/cannot/be/broken/whatever/is/done/to/it/because/it/has/no/white/space/inside
There is room for one more, and `the rival` is a name. [A link](https://example.org/#rivals) is too.
'''


class Planted(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix='reelbatch_english_')
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name) / 'tree'
        self.program = pathlib.Path(scratch.name) / 'reelbatch'
        self.program.write_text(PROGRAM)
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)
        for name, text in TREE.items():
            self.plant(name, text)

    def plant(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, help_line=''):
        done = subprocess.run([sys.executable, str(CHECK), str(self.root), '--program', str(self.program)], capture_output=True, text=True,
                              timeout=120, check=False, env={'PLANTED': help_line, 'PATH': '/usr/bin:/bin'})
        return done.returncode, done.stdout + done.stderr

    def test_a_good_tree_passes(self):
        self.assertEqual(self.check(), (0, ''))
        self.plant('docs/how.md', INNOCENT)
        self.assertEqual(self.check('units on a lane of a preset'), (0, ''))

    def test_each_fault_alone_is_named_with_its_line(self):
        for name, text, line, words in PLANTED:
            with self.subTest(words):
                self.plant(name, text)
                code, out = self.check()
                self.assertEqual(code, 1, out)
                where = 'reelbatch cuts --help:1: ' if 'mentions' in words else f'{name}:{line}: '
                self.assertTrue([hit for hit in out.splitlines() if hit.startswith(where) and words in hit], out)
                (self.root / name).unlink()
                if name in TREE:
                    self.plant(name, TREE[name])

    def test_faults_of_help_texts(self):
        for text, words in PLANTED_HELP:
            code, out = self.check(text)
            self.assertEqual(code, 1, text)
            self.assertRegex(out, rf'reelbatch cuts --help:3: .*{words}')

    def test_a_term_without_its_entry(self):
        self.plant('docs/glossary.md', GLOSSARY.replace('**unit**', '**units of work**'))
        self.assertIn('does not explain "unit"', self.check('units')[1])

    def test_no_source_tree(self):
        (self.root / 'README.md').unlink()
        self.assertEqual(self.check()[0], 2)


if __name__ == '__main__':
    unittest.main()
