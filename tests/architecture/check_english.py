#!/usr/bin/env python3
"""Checks the texts for users: pages (*.md), help texts, and what comments say of pages.

usage: check_english.py [ROOT] [--program BIN ...]     prints PATH:LINE: what is wrong; exit 1 when anything is

Pages          lines of prose have at most 100 columns (tables, headings and code excepted); no phrase of BANNED
Help           (of each BIN) no phrase of BANNED; every option that a page shows exists; every command is on a page
Glossary       a term of TERMS that README.md or a help text uses has an entry in docs/glossary.md: "**term**: explanation"
References     a page that a comment or a page names exists, and so does the heading: docs/requirements.md, "GPU budget"
Python standard library only.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

COLUMNS = 100
GLOSSARY = 'docs/glossary.md'
SOURCES = ('src', 'include', 'apps', 'tests', 'tools', 'bench', 'fuzz', 'cmake')
SOURCE_ENDINGS = {'.h', '.cc', '.py', '.txt', '.cmake', '.yaml', '.scn', ''}
# Folders of a source tree that are not its own.
FOREIGN = {'build', 'models', 'demo', 'out', '.git', 'node_modules'}

# (what is not to be written, what to write instead)
BANNED = [
    (r'\bbelow the line\b', '"low-confidence candidates" or "below the threshold"'),
    (r'\b(another|the) line (through|between events)\b', '"threshold"'),
    (r'\bbinding (constraint|factor)\b', '"limiting factor"'),
    (r'\bwhat (binds|bound) (it|them|a batch)\b', '"limiting factor"'),
    (r'\bis bound by\b|\bare bound by\b', '"is limited by"'),
    (r'\bno plan (ends|can end) before\b', '"lower bound"'),
    (r'\bleast possible (time|makespan)\b', '"lower bound"'),
    (r'\bfor so long\b', 'the duration, in a whole clause'),
    (r'\b(is|are|was) said\b', 'say who says it, or "is reported"'),
    (r"\btakes? nobody's word\b", '"is checked"'),
    (r'\b(scalar )?twins?\b', '"scalar reference"'),
    (r'\brivals?\b', '"baseline"'),
    (r'\bthe door\b|\bdoors\b', '"executor" or "model runner"'),
    (r'\b(an|the|its|whose) ears?\b', '"audio input"'),
    (r'\brooms?\b(?! (for|left|on)\b)', '"module"'),
    (r'\bhouses?\b', '"project"'),
    (r'\bthe arrows\b|\ban arrow of\b|\bno arrow\b', '"allowed dependencies"'),
    (r"\bthe seed's\b|\bthe origin's\b", '"the seed rule\'s", "of the first requirement" or "of the original system"'),
    (r'\b[Oo]f (\d+|three|four|five|six|ten) (one|two|three|four)\b', 'the words in their usual order'),
    (r'\bis nobody\'s\b|\bnobody knows\b', 'say who does not'),
    (r'\bmust not be (worse|more) than said\b', 'the bound'),
]

# Terms of art, and how a text may write them. What every reader knows (frame, file, thread) is not among them.
TERMS = {
    'adaptive rule': r'\badaptive\b', 'artifact': r'\bartifacts?\b', 'baseline': r'\bbaselines?\b', 'batch key': r'\bbatch keys?\b',
    'candidate': r'\bcandidates?\b', 'cascade': r'\bcascade\b', 'component': r'\bcomponents?\b', 'cost row': r'\bcost rows?\b|\brows? of costs\b',
    'event': r'\bevents?\b', 'executor': r'\bexecutors?\b', 'fade through': r'\bfade[ _]through\b', 'frame pair': r'\bframe pairs?\b|\bpairs? of frames\b',
    'input bucket': r'\b(input|size|resolution) buckets?\b|--bucket\b', 'IoU': r'\bIoU\b', 'journal': r'\bjournal\b', 'knob': r'\bknobs?\b',
    'lane': r'\blanes?\b|-lanes\b', 'learned limit': r'\blearned[ _]limits?\b', 'limiting factor': r'\blimiting factors?\b',
    'lower bound': r'\blower bounds?\b', 'makespan': r'\bmakespans?\b', 'manifest': r'\bmanifests?\b', 'model runner': r'\bmodel runners?\b',
    'model signature': r'\bmodel[ _]signatures?\b', 'NPZ': r'\bnpz\b|\bNPZ\b', 'observation': r'\bobservations?\b', 'OOM': r'\bOOMs?\b|--oom',
    'part': r'\b(hard|soft|motion) part\b|--parts?\b', 'preset': r'\bpresets?\b', 'run': r'\brun id\b|--force\b', 'scalar reference': r'\bscalar reference\b',
    'second pass': r'\bsecond pass(es)?\b', 'seed rule': r'\bseed rule\b|--decision\b', 'shot': r'\bshots?\b', 'signal': r'\bsignals?\b',
    'B-frames': r'\bB-frames?\b', 'CABAC': r'\bCABAC\b', 'codec': r'\bcodecs?\b', 'container': r'\bcontainers?\b', 'detector': r'\bdetectors?\b',
    'digest': r'\bdigests?\b', 'error code': r'\b(audio_missing|insufficient_memory|video_too_short|video_unreadable)\b', 'HDR': r'\bHDR\b',
    'keyframe': r'\bkeyframes?\b', 'outlier': r'\boutliers?\b', 'scorer': r'\bscorers?\b', 'stream': r'\bstreams?\b', 'tensor': r'\btensors?\b',
    'warm-up': r'\bwarm-?ups?\b', 'weights': r'\bweights\b', 'SSIM': r'\bSSIM\b', 'stage': r'\bstages?\b', 'timeline': r'\btimelines?\b', 'unit': r'\bunits?\b', 'watchdog': r'\bwatchdog\b|--stall-timeout\b',
}


def pages(root):
    """Every page of the tree, as (path, text)."""
    for folder, below, names in os.walk(root):
        at = pathlib.Path(folder).relative_to(root)
        below[:] = sorted(name for name in below if not (name.startswith('.') or (at.parts == () and name in FOREIGN)))
        for name in sorted(names):
            if name.endswith('.md'):
                yield (at / name).as_posix(), (root / at / name).read_text(encoding='utf-8')


def prose(text):
    """(line number, line, is_table) without blocks of code and comments."""
    fenced = commented = False
    for number, line in enumerate(text.split('\n'), 1):
        if re.match(r'\s*(```|~~~)', line):
            fenced = not fenced
            continue
        if fenced:
            continue
        commented |= line.lstrip().startswith('<!--')
        if not commented:
            yield number, line, line.lstrip().startswith('|')
        if '-->' in line:
            commented = False


def without_code(line):
    """The line without inline code and without the targets of links."""
    return re.sub(r'\]\([^)]*\)', ']', re.sub(r'`[^`]*`', '``', line))


def banned(number, line):
    for pattern, instead in BANNED:
        for hit in re.finditer(pattern, line, re.IGNORECASE):
            yield number, f'"{hit.group(0)}": write {instead}'


def check_prose(text):
    for number, line, table in prose(text):
        unbreakable = re.fullmatch(r'\s*(\S+\s+)?\S+\s*', line)
        if len(line) > COLUMNS and not (table or unbreakable or line.startswith('#')):
            yield number, f'has {len(line)} columns; prose has at most {COLUMNS}'
        yield from banned(number, without_code(line))


def slug(heading):
    """What GitHub makes of a heading."""
    return re.sub(r'[^\w\- ]', '', heading.strip().lower().replace('`', '')).replace(' ', '-')


def headings(path):
    return [line.lstrip('#').strip() for _, line, _ in prose(path.read_text(encoding='utf-8')) if re.match(r'#+ ', line)]


QUOTED = re.compile(r'(docs/[\w./-]+\.md)(?:,? ((?:"[^"]+"(?:,| and|;)? ?)+))?')
DECISION = re.compile(r'docs/decisions/(\d{4})(?![\w-]*\.md)')


def check_references(root, text):
    """Pages and headings that a text names; a comment may break a heading over two lines."""
    joined = re.sub(r'\s*\n\s*(///?|#|\*)?[ \t]*', lambda m: ' ' + '\0' * m.group(0).count('\n'), text)
    line_at = lambda position: joined.count('\0', 0, position) + 1
    for hit in QUOTED.finditer(joined):
        name = hit.group(1)
        if not (root / name).is_file():
            yield line_at(hit.start()), f'{name}: there is no such page'
            continue
        known = {re.sub(r'[`*]', '', heading) for heading in headings(root / name)}
        for heading in re.findall(r'"([^"]+)"', (hit.group(2) or '').replace('\0', '')):
            if heading not in known:
                yield line_at(hit.start()), f'{name} has no heading "{heading}"'
    for hit in DECISION.finditer(joined):
        if not list((root / 'docs/decisions').glob(f'{hit.group(1)}-*.md')):
            yield line_at(hit.start()), f'{hit.group(0)}: there is no such page'


def check_links(root, name, text):
    """Links of pages to files and headings of this tree."""
    for number, line, _ in prose(text):
        for target in re.findall(r'\]\(([^)\s]+)\)', re.sub(r'`[^`]*`', '', line)):
            if re.match(r'[a-z]+:', target):
                continue
            path, _, anchor = target.partition('#')
            file = (root / name).parent / path if path else root / name
            if not file.exists():
                yield number, f'links to {target}: there is no such file'
            elif anchor and file.suffix == '.md' and anchor not in map(slug, headings(file)):
                yield number, f'links to {target}: there is no such heading'


def sources(root):
    for folder in SOURCES:
        for path in sorted((root / folder).rglob('*')):
            if path.is_file() and path.suffix in SOURCE_ENDINGS and 'golden' not in path.parts and path.name != 'check_english_test.py':
                try:
                    yield path.relative_to(root).as_posix(), path.read_text(encoding='utf-8')
                except UnicodeDecodeError:
                    continue


def help_of(program, words=()):
    """{words: text} of a program's help and of all its commands'."""
    done = subprocess.run([str(program), *words, '--help'], capture_output=True, text=True, timeout=60, check=False)
    found = {words: done.stdout}
    if len(words) < 2:
        # The indented lines below headings that end with a colon, up to the options and the examples.
        listed = done.stdout.split('\nExamples:')[0]
        if 'COMMAND [OPTIONS]' in listed.split('\n')[0]:  # "COMMAND" or "SUBCOMMAND"
            for name in re.findall(r'^  ([a-z][\w-]*)  +\S', listed, re.M):
                found.update(help_of(program, (*words, name)))
    return found


OPTION = re.compile(r'(?<![\w-])--[a-z][a-z-]*')
# Options of other programs that pages name.
FOREIGN_OPTIONS = {'--preset', '--workflow', '--target', '--build', '--install', '--cflags', '--libs', '--kills', '--seed', '--depth',
                   '--benchmark', '--model-control-mode', '--dynamic-batching', '--grpc-port'}


def shown_commands(text):
    """(line, command) of inline code and code blocks that begin with our programs."""
    for number, line in enumerate(text.split('\n'), 1):
        for code in [line] if re.match(r'\s*(\$ )?(\w+ \S+ \| )?(build/release/)?reelbatch(-lab)? ', line) else re.findall(r'`([^`]+)`', line):
            code = re.sub(r'\s#\s.*', '', code)
            yield number, code


def check_options(name, text, options):
    """Every option that a page shows is one of ours, where it stands alone or behind one of our programs."""
    for number, code in shown_commands(text):
        ours = re.search(r'\breelbatch(-lab)?\s', code) or code.startswith('--')
        for option in OPTION.findall(code) if ours else ():
            if option not in options and option not in FOREIGN_OPTIONS:
                yield number, f'{option}: no command has this option (--help)'


def glossary_terms(text):
    """Lower-case terms with an entry; "**a**, **b**: ..." and "**a (b)**: ..." are entries of a and b."""
    terms = set()
    for line in text.split('\n'):
        entry = re.match(r'\s*(?:[-*] )?((?:\*\*[^*]+\*\*(?:,? (?:or |and )?)?)+)', line)
        if entry:
            for term in re.findall(r'\*\*([^*]+)\*\*', entry.group(1)):
                terms |= {name.strip('` :)').lower() for name in term.split('(')}
    return terms


def check_terms(text, known):
    for term, pattern in TERMS.items():
        hit = re.search(pattern, text)
        if hit and term.lower() not in known:
            yield text.count('\n', 0, hit.start()) + 1, f'"{hit.group(0)}": {GLOSSARY} does not explain "{term}"'


def check(root, programs=()):
    """A sorted list of (where, line, message)."""
    found = []
    tree = dict(pages(root))
    for name, text in tree.items():
        found += [(name, *rest) for rest in check_prose(text)]
        found += [(name, *rest) for rest in check_links(root, name, text)]
    for name, text in [*sources(root), *tree.items()]:
        found += [(name, *rest) for rest in check_references(root, text)]
    known = glossary_terms(tree.get(GLOSSARY, ''))
    found += [('README.md', *rest) for rest in check_terms(tree.get('README.md', ''), known)]
    helps = {}
    for program in programs:
        name = pathlib.Path(program).name
        helps.update({f'{" ".join((name, *words))} --help': text for words, text in help_of(program).items()})
    for where, text in helps.items():
        if not text:
            found.append((where, 1, 'prints nothing'))
        for number, line in enumerate(text.split('\n'), 1):
            found += [(where, *rest) for rest in banned(number, line)]
        found += [(where, *rest) for rest in check_terms(text, known)]
    if helps:
        options = set(OPTION.findall('\n'.join(helps.values())))
        everything = '\n'.join(text for name, text in tree.items() if name == 'README.md' or name.startswith('docs/'))
        for name, text in tree.items():
            if name != 'CHANGELOG.md' and not name.startswith('docs/decisions/'):
                found += [(name, *rest) for rest in check_options(name, text, options)]
        for where in helps:
            command = where.removesuffix(' --help')
            if ' ' in command and not re.search(rf'\b{command.split(" ", 1)[1]}\b', everything):
                found.append((where, 1, f'no page of README.md and docs/ mentions `{command}`'))
    return sorted(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('root', nargs='?', default=pathlib.Path(__file__).parents[2], type=pathlib.Path)
    parser.add_argument('--program', action='append', default=[])
    options = parser.parse_args()
    root = options.root.resolve()
    if not (root / 'README.md').is_file():
        print(f'check_english.py: {root} has no README.md; give the root of the source tree', file=sys.stderr)
        return 2
    found = check(root, options.program)
    for where, line, message in found:
        print(f'{where}:{line}: {message}')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
